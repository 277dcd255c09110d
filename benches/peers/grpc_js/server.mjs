// The Node.js peer: @grpc/grpc-js, with the service that @grpc/proto-loader reads.

import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'

import grpc from '@grpc/grpc-js'
import { loadSync } from '@grpc/proto-loader'

const PROTO = fileURLToPath(new URL('../../../proto/exhook_v3.proto', import.meta.url))
// Enums as numbers and 64-bit integers as they come cost the least.
const definition = loadSync(PROTO, { keepCase: true })
const { HookProvider } = grpc.loadPackageDefinition(definition).emqx.exhook.v3
const STOP_AND_RETURN = 2
const IGNORE = 1

const replacements = new Map()

/** The payload that replaces one of so many bytes. */
function replacement(length) {
  let payload = replacements.get(length)
  if (payload === undefined) {
    payload = Buffer.alloc(length, 'r')
    replacements.set(length, payload)
  }
  return payload
}

const handlers = {
  OnProviderLoaded: (_call, answer) => {
    const names = Object.keys(HookProvider.service).map((rpc) => rpc.slice('On'.length))
    const dotted = names.map((name) => name.replace(/(?<!^)[A-Z]/, '.$&').toLowerCase())
    const hooks = dotted.filter((name) => !name.startsWith('provider.'))
    answer(null, { hooks: hooks.map((name) => ({ name })) })
  },
  OnClientAuthenticate: (_call, answer) => {
    answer(null, { type: STOP_AND_RETURN, bool_result: true })
  },
  OnMessagePublish: ({ request: { message } }, answer) => {
    message.payload = replacement(message.payload.length)
    answer(null, { type: STOP_AND_RETURN, message })
  },
}
for (const [rpc, { responseType }] of Object.entries(HookProvider.service)) {
  const isValued = responseType.type.name === 'ValuedResponse'
  handlers[rpc] ??= (_call, answer) => answer(null, isValued ? { type: IGNORE } : {})
}

const { bind } = parseArgs({ options: { bind: { type: 'string' } } }).values
const server = new grpc.Server()
server.addService(HookProvider.service, handlers)
server.bindAsync(bind, grpc.ServerCredentials.createInsecure(), (error, port) => {
  if (error) {
    throw error
  }
  console.log(`listening on ${bind.slice(0, bind.lastIndexOf(':'))}:${port}`)
})
process.once('SIGTERM', () => server.forceShutdown())
