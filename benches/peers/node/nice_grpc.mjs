// The Node.js peer that is written with async functions: nice-grpc, on top of @grpc/grpc-js.

import { createServer } from 'nice-grpc'

import { announce, answers, bind, service } from './service.mjs'

const methods = {}
for (const [rpc, answer] of Object.entries(answers)) {
  methods[rpc] = async (request) => answer(request)
}

const server = createServer()
server.add(service, methods)
announce(await server.listen(bind))
process.once('SIGTERM', () => server.forceShutdown())
