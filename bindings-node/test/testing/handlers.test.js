'use strict'

// Handlers that take their time: waiting for them, and what the broker makes of them.

const assert = require('node:assert/strict')
const { test } = require('node:test')
const { App } = require('exhook')
const { Broker } = require('exhook/testing')
const { eventually, settleable } = require('../support/eventually.js')

test('waitUntilHandled waits for handlers that run after the answer', async (t) => {
  const done = []
  const gate = settleable()
  const app = new App({ logger: false }).onClientConnected(async ({ clientid }) => {
    await gate.promise
    done.push(clientid)
  })
  const broker = await Broker.start(app, { context: t })
  for (const clientid of ['c1', 'c2', 'c3']) await broker.client(clientid).connect()
  assert.deepEqual(done, [])
  await assert.rejects(broker.waitUntilHandled({ timeoutMs: 20 }), (error) => {
    assert.ok(error instanceof assert.AssertionError)
    assert.equal(error.message, 'after 20 ms, 3 handlers still run and 0 calls wait')
    return true
  })
  gate.resolve()
  await broker.waitUntilHandled()
  assert.deepEqual(done.sort(), ['c1', 'c2', 'c3'])
})

test("waitUntilHandled waits for the events of a client that wait for the client's first", async (t) => {
  const done = []
  const gate = settleable()
  const app = new App({ logger: false })
    .onClientConnect(() => gate.promise)
    .onClientConnected(() => void done.push('connected'))
    .onClientDisconnected(() => void done.push('disconnected'))
  const broker = await Broker.start(app, { context: t })
  const client = broker.client('c1')
  await client.connect()
  await client.disconnect()
  await assert.rejects(
    broker.waitUntilHandled({ timeoutMs: 20 }),
    /1 handlers still run and 2 calls wait/,
  )
  gate.resolve()
  await broker.waitUntilHandled()
  assert.deepEqual(done, ['connected', 'disconnected'])
})

test('waitUntilHandled waits for a handler whose deadline is over', async (t) => {
  const gate = settleable()
  let isDone = false
  const app = new App({ logger: false }).onClientAuthenticate(async () => {
    await gate.promise
    isDone = true
    return true
  })
  const broker = await Broker.start(app, { context: t })
  await broker.withRequestTimeout(1_000, () => broker.client('c1').connect())
  await assert.rejects(broker.waitUntilHandled({ timeoutMs: 10 }), /1 handlers still run/)
  gate.resolve()
  await broker.waitUntilHandled()
  assert.equal(isDone, true)
})

test('waitUntilHandled is at once where nothing runs', async (t) => {
  const app = new App({ logger: false }).onClientConnected(() => {
    throw new Error('oops')
  })
  const broker = await Broker.start(app, { context: t })
  await broker.waitUntilHandled({ timeoutMs: 0 })
  await broker.client('c1').connect()
  await broker.waitUntilHandled()
})

test('waitUntilHandled is refused for programs that run elsewhere', async (t) => {
  const app = new App({ logger: false }).onClientConnected(() => {})
  await app.listen('127.0.0.1:0', { signals: false, environment: false })
  t.after(() => app.close())
  const broker = await Broker.start(`http://${app.address}`, { context: t })
  await assert.rejects(broker.waitUntilHandled(), {
    code: 'WRONG_STATE',
    message: /runs elsewhere.*ack: 'late'/,
  })
})

/** An app that never answers, with the fallback that is given. */
function stuck(fallback) {
  const options = fallback === undefined ? {} : { fallback }
  return new App({ logger: false, drainTimeoutMs: 10 }).onClientAuthenticate(
    () => new Promise(() => {}),
    options,
  )
}

for (const [fallback, accepted] of [
  [undefined, false],
  ['allow', true],
]) {
  test(`the fallback ${fallback ?? 'of a login'} shows after a short deadline`, async (t) => {
    const broker = await Broker.start(stuck(fallback), { version: '5.8', context: t })
    // A busy machine may take the little that is left of the deadline for the answer.
    const { connected, call } = await eventually(async () => {
      const connected = await broker.withRequestTimeout(500, () => broker.client('c1').connect())
      const call = connected.calls.find(({ hook }) => hook === 'client.authenticate')
      return call.result === 'answered' && { connected, call }
    })
    assert.equal(connected.accepted, accepted)
    assert.ok(call.elapsedMs < 4_000, String(call.elapsedMs))
  })
}

test('a deadline holds as long as its function, and returns what that does', async (t) => {
  const seen = []
  const app = new App({ logger: false }).onClientAuthenticate(({ deadlineMs }) => {
    seen.push(deadlineMs)
    return true
  })
  const broker = await Broker.start(app, { requestTimeoutMs: 10_000, context: t })
  const connect = () => broker.client('c1').connect()
  await connect()
  const result = await broker.withRequestTimeout(3_000, async () => {
    await connect()
    await broker.withRequestTimeout(2_000, connect)
    await connect()
    return 'result'
  })
  assert.equal(result, 'result')
  await assert.rejects(
    broker.withRequestTimeout(3_000, () => {
      throw new Error('from the function')
    }),
    /from the function/,
  )
  await connect()
  // What the broker announces less a tenth, and less what has passed of it.
  const most = [10_000, 3_000, 2_000, 3_000, 10_000].map((timeout) => timeout * 0.9)
  seen.forEach((deadline, place) => {
    assert.ok(deadline <= most[place], `${place}: ${deadline}`)
  })
  assert.ok(seen[4] > 3_000 * 0.9, String(seen))
})

test('failed calls do what failedAction says', async (t) => {
  for (const [failedAction, accepted] of [
    ['deny', false],
    ['ignore', true],
  ]) {
    const options = { version: '5.9', failedAction, context: t }
    const broker = await Broker.start(stuck(), options)
    await broker.delayCalls(1_000)
    const connected = await broker.withRequestTimeout(30, () => broker.client('c1').connect())
    assert.equal(connected.accepted, accepted, failedAction)
    assert.deepEqual(
      connected.calls.map(({ result, verdict }) => [result, verdict]),
      [['failed', undefined]],
    )
    assert.match(connected.calls[0].reason, /time|slow/)
  }
})

test('handlers see the same request as from a real broker', async (t) => {
  const { promise, resolve } = settleable()
  const app = new App({ logger: false }).onMessagePublish('a/#', (request) => {
    resolve(request.toJSON())
  })
  const broker = await Broker.start(app, { version: '5.9.2', context: t })
  const client = broker.client('c1', { username: 'alice' })
  await client.connect()
  await client.publish('a/1', 'x', { qos: 1, userProperties: { unit: 'C' } })
  const { message, meta, user_props } = await promise
  assert.deepEqual(
    [message.topic, message.from, message.qos, message.payload],
    ['a/1', 'c1', 1, Buffer.from('x').toString('base64')],
  )
  assert.deepEqual([meta.version, meta.node], ['5.9.2', 'emqx1@127.0.0.1'])
  assert.deepEqual(user_props, [{ name: 'unit', value: 'C' }])
})
