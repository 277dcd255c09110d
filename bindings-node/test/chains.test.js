'use strict'

// Several handlers of one hook.

const assert = require('node:assert/strict')
const { test } = require('node:test')
const { setImmediate: turn } = require('node:timers/promises')
const { App, allow, block, deny, keepGoing } = require('exhook')
const { Failures } = require('./support/records.js')
const { serve } = require('./support/serve.js')

test('the first decision ends the chain', async (t) => {
  const order = []
  const now = (name, result) => () => {
    order.push(name)
    return result
  }
  const later = (name, result) => async () => {
    order.push(name)
    await turn()
    return result
  }
  const app = new App()
    .onClientAuthorize(now('first', undefined))
    .onClientAuthorize(later('second', keepGoing(true)))
    .onClientAuthorize(now('third', null))
    .onClientAuthorize(later('fourth', deny()))
    .onClientAuthorize(now('fifth', allow()))
  const broker = await serve(t, app)
  assert.equal(await broker.authorize(), 'deny')
  assert.deepEqual(order, ['first', 'second', 'third', 'fourth'])
})

test('the last keepGoing is answered when nobody decides', async (t) => {
  const app = new App({ logger: false })
    .onClientAuthenticate(() => keepGoing(false))
    .onClientAuthenticate(async () => keepGoing(true))
    .onClientAuthenticate(() => undefined)
  for (const speaks of ['v1', 'v2', 'v3']) {
    const one = new App({ logger: false })
    one.onClientAuthenticate(() => keepGoing(false)).onClientAuthenticate(() => keepGoing(true))
    assert.equal(await (await serve(t, one, speaks)).authenticate(), 'keep_going true')
  }
  assert.equal(await (await serve(t, app)).authenticate(), 'keep_going true')
})

test('each handler sees the verdict so far', async (t) => {
  const seen = []
  const note = (result) => (request) => {
    seen.push(request.result)
    return result
  }
  const app = new App()
    .onClientAuthorize(note(keepGoing(true)))
    .onClientAuthorize(note(undefined))
    .onClientAuthorize(note(keepGoing(false)))
    .onClientAuthorize(note(undefined))
  const broker = await serve(t, app)
  assert.equal(await broker.authorize(), 'keep_going false')
  assert.deepEqual(seen, [false, true, true, false])
})

test('each publish handler sees what the one before it made of the message', async (t) => {
  const append = (word, changes) => (request) =>
    request.message.replace({ payload: `${request.message.payload}-${word}`, ...changes })
  const app = new App()
    .onMessagePublish(append('one'))
    .onMessagePublish('a/#', async (request) => append('two', { topic: 'b' })(request))
    .onMessagePublish('a/#', () => block())
    .onMessagePublish('b', append('three', { qos: 2 }))
    .onMessagePublish(['b', 'c'], (request) => {
      assert.equal(request.topic, 'b')
      assert.equal(request.message.qos, 2)
    })
  const broker = await serve(t, app)
  assert.equal(await broker.publish(), 'replace b payload-one-two-three 2')
})

test('a blocked message is shown to nobody else', async (t) => {
  const app = new App().onMessagePublish((request) => request.message.block())
  app.onMessagePublish(() => assert.fail('it has been blocked'))
  assert.equal(await (await serve(t, app)).publish(), 'block')
})

test('a handler that fails ends the chain, and what others changed is kept', async (t) => {
  const app = new App()
  const failures = new Failures(app)
  app.onMessagePublish((request) => request.message.replace({ payload: 'without the secret' }))
  app.onMessagePublish(async () => {
    throw new Error('broken')
  })
  app.onMessagePublish(() => assert.fail('the chain has ended'))
  assert.equal(await (await serve(t, app)).publish(), 'replace a/b without the secret 1')
  const [error] = await failures.seen()
  assert.equal(error.cause.message, 'broken')
})

test('notifications reach every handler', async (t) => {
  const seen = []
  const app = new App()
    .onClientConnected(() => void seen.push('one'), { ack: 'late' })
    .onClientConnected(async () => void seen.push('two'))
    .onClientConnected(() => void seen.push('three'))
  await (await serve(t, app)).notify()
  assert.deepEqual(seen, ['one', 'two', 'three'])
})

test('a chain has the time of its most impatient handler', async (t) => {
  const app = new App({ timeoutMs: 60_000, drainTimeoutMs: 100 })
  app.onClientAuthenticate(async () => turn(), { timeoutMs: 1_000 })
  app.onClientAuthenticate(() => new Promise(() => {}), { fallback: 'allow' })
  assert.equal(await (await serve(t, app)).authenticate(), 'allow')
})
