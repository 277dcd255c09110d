// Our Node.js package, with the same handlers as the peers.

import { setImmediate as nextTurn } from 'node:timers/promises'
import { parseArgs } from 'node:util'

import { App } from '../../bindings-node/lib/index.mjs'
import { KEPT, replacement } from './replacement.mjs'

function published(message) {
  const { payload } = message
  return payload[0] === KEPT ? undefined : message.replace({ payload: replacement(payload.length) })
}

const MODES = {
  /** Functions, in the way that needs no thought. */
  sync: {
    authenticate: () => true,
    connected: () => {},
    publish: ({ message }) => published(message),
  },
  /** Async functions that have nothing to wait for. */
  async: {
    authenticate: async () => true,
    connected: async () => {},
    publish: async ({ message }) => published(message),
  },
  /** Async functions that give way to the event loop once. */
  'async-suspending': {
    authenticate: async () => {
      await nextTurn()
      return true
    },
    connected: async () => {
      await nextTurn()
    },
    publish: async ({ message }) => {
      await nextTurn()
      return published(message)
    },
  },
}

const { mode, bind } = parseArgs({
  options: { mode: { type: 'string' }, bind: { type: 'string' } },
}).values
const handlers = MODES[mode]
if (handlers === undefined) {
  throw new Error(`--mode takes ${Object.keys(MODES).join(', ')}`)
}
const app = new App()
app
  .onClientAuthenticate(handlers.authenticate)
  .onClientConnected(handlers.connected)
  .onMessagePublish(handlers.publish)
await app.listen(bind)
console.log(`listening on ${app.address}`)
