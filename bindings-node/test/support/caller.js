'use strict'

// Calls made by a thread of their own, for tests that keep the loop of their own thread busy.

const { isMainThread, parentPort, Worker, workerData } = require('node:worker_threads')
const { Broker } = require('./broker.js')
const { sleep } = require('./eventually.js')

/**
 * Makes calls, each so many milliseconds after the one before it was begun, and resolves to
 * `{ verdict, tookMs }` of each.
 *
 * @param {import('node:test').TestContext} t
 * @param {string} address
 * @param {{ afterMs?: number, rpc: string, clientid: string, times?: number }[]} calls
 */
async function callFromThread(t, address, calls) {
  const thread = new Worker(__filename, { workerData: { address, calls } })
  t.after(() => thread.terminate())
  return new Promise((resolve, reject) => {
    thread.once('message', resolve).once('error', reject)
  })
}

async function make(broker, { rpc, clientid }) {
  const begun = performance.now()
  const verdict =
    rpc === 'publish' ? await broker.publish({ clientid }) : await broker.authenticate(clientid)
  return { verdict, tookMs: performance.now() - begun }
}

async function run({ address, calls }) {
  const broker = new Broker(address)
  const answers = []
  for (const { afterMs = 0, times = 1, ...call } of calls) {
    await sleep(afterMs)
    for (let count = 0; count < times; count++) answers.push(make(broker, call))
  }
  parentPort.postMessage(await Promise.all(answers))
  broker.close()
}

if (!isMainThread && workerData?.calls) run(workerData)

module.exports = { callFromThread }
