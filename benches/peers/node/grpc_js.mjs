// The Node.js peer: @grpc/grpc-js.

import grpc from '@grpc/grpc-js'

import { announce, answers, bind, service } from './service.mjs'

const handlers = {}
for (const [rpc, answer] of Object.entries(answers)) {
  handlers[rpc] = ({ request }, done) => done(null, answer(request))
}

const server = new grpc.Server()
server.addService(service, handlers)
server.bindAsync(bind, grpc.ServerCredentials.createInsecure(), (error, port) => {
  if (error) {
    throw error
  }
  announce(port)
})
process.once('SIGTERM', () => server.forceShutdown())
