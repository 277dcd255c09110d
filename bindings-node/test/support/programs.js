'use strict'

// What the tests of processes have in common.

const assert = require('node:assert/strict')

/** Handlers that take their time, or more than that; `busy` never lets go of the loop. */
const SLOW = `
  import { App } from 'exhook'
  import { setTimeout as sleep } from 'node:timers/promises'

  const app = new App({ drainTimeoutMs: Number(process.env.DRAIN ?? 5_000), timeoutMs: 60_000 })

  app.onClientAuthenticate(async (request) => {
    console.log('called')
    await sleep(request.clientid === 'forever' ? 1e8 : 300)
    return true
  })
  app.onMessagePublish(function busy() {
    console.log('called')
    for (;;);
  })
  app.onClientConnected(async () => {
    console.log('called')
    await sleep(300)
    console.log('notified')
  })
`
const LISTEN = `
  await app.listen('127.0.0.1:0')
  console.log('serving on', app.address)
`

/** Asserts that the native module did not fail. */
function isSound(run) {
  assert.doesNotMatch(run.output, /FATAL|panicked|Segmentation|core dumped/i)
}

/** Begins a call whose answer may never come. */
function begin(broker, clientid) {
  return broker.authenticate(clientid).catch((error) => error)
}

module.exports = { LISTEN, SLOW, begin, isSound }
