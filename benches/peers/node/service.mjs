// The service as @grpc/proto-loader reads it, and what both Node.js peers answer.

import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'

import grpc from '@grpc/grpc-js'
import { loadSync } from '@grpc/proto-loader'

import { KEPT, replacement } from '../../node/replacement.mjs'

const PROTO = fileURLToPath(new URL('../../../proto/exhook_v3.proto', import.meta.url))
// Enums as numbers and 64-bit integers as they come cost the least.
const definition = loadSync(PROTO, { keepCase: true })

/** The service, for gRPC servers. */
export const { service } = grpc.loadPackageDefinition(definition).emqx.exhook.v3.HookProvider

const STOP_AND_RETURN = 2
const IGNORE = 1

/** What is answered to a request, by the name of the method. */
export const answers = {
  OnProviderLoaded: () => {
    const names = Object.keys(service).map((rpc) => rpc.slice('On'.length))
    const dotted = names.map((name) => name.replace(/(?<!^)[A-Z]/, '.$&').toLowerCase())
    const hooks = dotted.filter((name) => !name.startsWith('provider.'))
    return { hooks: hooks.map((name) => ({ name })) }
  },
  OnClientAuthenticate: () => ({ type: STOP_AND_RETURN, bool_result: true }),
  OnMessagePublish: ({ message }) => {
    const { payload } = message
    if (payload[0] === KEPT) {
      return { type: IGNORE }
    }
    message.payload = replacement(payload.length)
    return { type: STOP_AND_RETURN, message }
  },
}
for (const [rpc, { responseType }] of Object.entries(service)) {
  const isValued = responseType.type.name === 'ValuedResponse'
  answers[rpc] ??= () => (isValued ? { type: IGNORE } : {})
}

/** Where to listen. */
export const { bind } = parseArgs({ options: { bind: { type: 'string' } } }).values

/** Tells the harness which port was taken. */
export function announce(port) {
  console.log(`listening on ${bind.slice(0, bind.lastIndexOf(':'))}:${port}`)
}
