'use strict'

// What happens when handlers are too late, or block the loop.

const assert = require('node:assert/strict')
const { test } = require('node:test')
const { App } = require('exhook')
const { callFromThread } = require('./support/caller.js')
const { eventually, settleable, sleep } = require('./support/eventually.js')
const { Failures } = require('./support/records.js')
const { serve } = require('./support/serve.js')

for (const fallback of ['allow', 'deny', 'ignore']) {
  test(`a handler that hangs is answered for at its deadline, with ${fallback}`, async (t) => {
    const app = new App({ drainTimeoutMs: 50, logger: false })
    app.onClientAuthenticate(() => new Promise(() => {}), { timeoutMs: 50, fallback })
    const broker = await serve(t, app)
    const begun = performance.now()
    assert.equal(await broker.authenticate(), fallback)
    assert.ok(performance.now() - begun > 45)
    const [hook] = app.metrics().hooks
    assert.equal(hook.failures.deadline, 1)
    assert.equal(hook.verdicts[fallback], 1)
  })
}

test('a handler that never answers a late ack is answered for at its deadline', async (t) => {
  const app = new App({ drainTimeoutMs: 50, logger: false })
  app.onClientConnected(() => new Promise(() => {}), { timeoutMs: 50, ack: 'late' })
  await (await serve(t, app)).notify()
  assert.equal(app.metrics().hooks[0].failures.deadline, 1)
})

test('a late answer is counted, and is no error', async (t) => {
  const app = new App({ timeoutMs: 1_000 })
  const failures = new Failures(app)
  const release = settleable()
  app.onClientAuthenticate(async () => {
    await release.promise
    return true
  })
  const broker = await serve(t, app)
  assert.equal(await broker.authenticate(), 'deny')
  assert.equal(app.metrics().hooks[0].late, 0)
  release.resolve()
  await eventually(() => app.metrics().hooks[0].late === 1)
  assert.deepEqual(failures.all, [])
})

test("the broker's own timeout counts where it is shorter", async (t) => {
  const app = new App({ drainTimeoutMs: 50, logger: false })
  const left = []
  app.onClientAuthenticate((request) => {
    left.push(request.deadlineMs)
    return new Promise(() => {})
  })
  const broker = await serve(t, app)
  // A busy machine may take the little that is left of the deadline for the answer.
  const told = await eventually(() => broker.authenticate('c1', {}, 1_000).catch(() => undefined))
  assert.equal(told, 'deny')
  assert.ok(left[0] > 0 && left[0] <= 900, `${left}`)
})

test('a blocked loop is answered for by the core, at the deadline', async (t) => {
  const blockedMs = 4_000
  const app = new App({ timeoutMs: 1_000, logger: false })
  const blocking = settleable()
  app.onClientAuthenticate((request) => {
    if (request.clientid !== 'blocker') return true
    blocking.resolve()
    const end = performance.now() + blockedMs
    while (performance.now() < end);
    return true
  })
  app.onMessagePublish(() => undefined, { fallback: 'block' })
  await serve(t, app)
  // From another thread, because the loop of this one is what is blocked.
  const answers = await callFromThread(t, app.address, [
    { rpc: 'authenticate', clientid: 'blocker' },
    { afterMs: 100, rpc: 'authenticate', clientid: 'waiting' },
    { rpc: 'publish', clientid: 'waiting' },
    { afterMs: 2 * blockedMs, rpc: 'authenticate', clientid: 'afterwards' },
  ])
  assert.deepEqual(
    answers.map(({ verdict }) => verdict),
    ['deny', 'deny', 'block', 'allow'],
  )
  for (const { tookMs } of answers) assert.ok(tookMs < blockedMs, `${tookMs} ms`)
  const metrics = app.metrics()
  const [login, publish] = metrics.hooks
  assert.equal(login.failures.deadline, 2)
  assert.equal(publish.failures.deadline, 1)
  assert.equal(login.verdicts.allow, 1)
  assert.equal(metrics.inflight, 0)
  assert.ok(metrics.loopLagMs.max > blockedMs / 2, JSON.stringify(metrics.loopLagMs))
  assert.ok(metrics.loopLagMs.count >= 2)
  assert.ok(metrics.loopLagMs.p50 <= metrics.loopLagMs.p99)
})

test('a handler that fails after its deadline is reported as well', async (t) => {
  const app = new App({ timeoutMs: 1_000 })
  const failures = new Failures(app)
  app.onClientAuthenticate(async () => {
    await sleep(1_500)
    throw new Error('too late')
  })
  assert.equal(await (await serve(t, app)).authenticate(), 'deny')
  const [error] = await failures.seen()
  assert.equal(error.cause.message, 'too late')
})
