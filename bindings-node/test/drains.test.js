'use strict'

// What else runs on the loop gets its turns while many calls are handled.

const assert = require('node:assert/strict')
const { once } = require('node:events')
const http = require('node:http')
const { test } = require('node:test')
const { App } = require('exhook')
const { callFromThread } = require('./support/caller.js')
const { serve } = require('./support/serve.js')

const CALLS = 5_000
const MOST_IN_A_ROW = 1_000

for (const kind of ['sync', 'async']) {
  test(`timers and requests get their turns among ${CALLS} calls, ${kind}`, async (t) => {
    const page = http.createServer((_, response) => response.end('page')).listen(0, '127.0.0.1')
    await once(page, 'listening')
    t.after(() => page.close())
    const app = new App({ timeoutMs: 120_000, maxInflight: 2 * CALLS })
    let handled = 0
    const turns = { immediate: [0], interval: [0] }
    let immediate
    const note = () => {
      turns.immediate.push(handled)
      if (handled < CALLS) immediate = setImmediate(note)
    }
    const interval = setInterval(() => turns.interval.push(handled), 1)
    t.after(() => {
      clearInterval(interval)
      clearImmediate(immediate)
    })
    let pageAfter
    const handle = () => {
      handled += 1
      if (handled === 1) {
        untilAllWait(app)
        note()
        fetchPage(page).then(() => (pageAfter = handled))
      }
      const end = performance.now() + 0.02
      while (performance.now() < end);
      return true
    }
    app.onClientAuthenticate(kind === 'sync' ? handle : async () => handle())
    await serve(t, app)
    const calls = [{ rpc: 'authenticate', clientid: 'c1', times: CALLS }]
    const answers = await callFromThread(t, app.address, calls)
    assert.ok(answers.every(({ verdict }) => verdict === 'allow'))
    assert.equal(handled, CALLS)
    assert.ok(longest(turns.immediate) <= MOST_IN_A_ROW, `${longest(turns.immediate)} in a row`)
    assert.ok(longest(turns.interval) <= 2 * MOST_IN_A_ROW, `${longest(turns.interval)} in a row`)
    assert.ok(pageAfter < CALLS, `the page came after ${pageAfter} calls`)
    assert.ok(app.metrics().loopLagMs.count > 0)
  })
}

/** Keeps the loop until all calls are in flight: what is measured is how they are taken. */
function untilAllWait(app) {
  while (app.metrics().inflight < CALLS);
}

function longest(counts) {
  const steps = counts.map((count, index) => count - (counts[index - 1] ?? 0))
  return Math.max(...steps, CALLS - counts.at(-1))
}

function fetchPage(page) {
  return new Promise((resolve, reject) => {
    const { port } = page.address()
    http
      .get({ host: '127.0.0.1', port, agent: false }, (response) => {
        response.resume().once('end', resolve)
      })
      .once('error', reject)
  })
}
