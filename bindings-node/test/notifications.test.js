'use strict'

// Hooks that only inform: in which order their handlers run, and when brokers are answered.

const assert = require('node:assert/strict')
const { test } = require('node:test')
const { App } = require('exhook')
const { eventually, settleable, sleep } = require('./support/eventually.js')
const { hooksOfKind } = require('./support/hooks.js')
const { serve } = require('./support/serve.js')

for (const kind of ['sync', 'async']) {
  test(`each client's notifications keep their order, ${kind}`, async (t) => {
    const seen = { c0: [], c1: [], c2: [], c3: [], c4: [] }
    const note = (request) => void seen[request.clientid].push(Number(request.topic))
    const later = async (request) => {
      await sleep(Number(request.topic) % 3 === 0 ? 2 : 0)
      note(request)
    }
    const app = new App().onSessionSubscribed(kind === 'sync' ? note : later)
    const broker = await serve(t, app)
    for (let number = 0; number < 60; number++) {
      const fields = { topic: String(number) }
      const calls = Object.keys(seen).map((id) => broker.notify('OnSessionSubscribed', id, fields))
      await Promise.all(calls)
    }
    await eventually(() => Object.values(seen).every((numbers) => numbers.length === 60))
    const inOrder = Array.from({ length: 60 }, (_, number) => number)
    for (const numbers of Object.values(seen)) assert.deepEqual(numbers, inOrder)
  })
}

test('notifications of one client run one after another, of several beside each other', async (t) => {
  let [running, most] = [{}, 0]
  const together = settleable()
  const app = new App()
  app.onClientConnected(async ({ clientid }) => {
    running[clientid] = (running[clientid] ?? 0) + 1
    most = Math.max(most, running[clientid])
    if (Object.keys(running).length === 3) together.resolve()
    await together.promise
    running[clientid] -= 1
  })
  const broker = await serve(t, app)
  for (const clientid of ['a', 'a', 'a', 'b', 'c'])
    await broker.notify('OnClientConnected', clientid)
  await together.promise
  await eventually(() => app.metrics().hooks[0].verdicts.done === 5)
  assert.equal(most, 1)
})

test('many events of one client leave the event loop its turns', async (t) => {
  const many = 600
  const held = settleable()
  const order = []
  const app = new App().onSessionSubscribed(({ topic }) =>
    topic === 'first' ? held.promise : void order.push(Number(topic)),
  )
  const broker = await serve(t, app)
  await broker.notify('OnSessionSubscribed', 'c1', { topic: 'first' })
  for (let number = 0; number < many; number++)
    await broker.notify('OnSessionSubscribed', 'c1', { topic: String(number) })
  assert.equal(order.length, 0)
  held.resolve()
  await new Promise(setImmediate)
  assert.ok(order.length < many)
  await eventually(() => order.length === many)
  assert.deepEqual(order, [...Array(many).keys()])
})

test('a client keeps the order of its different notifications', async (t) => {
  const order = []
  const app = new App()
  for (const { method, name } of hooksOfKind('notification')) {
    app[method](async () => {
      await sleep(order.length % 2)
      order.push(name)
    })
  }
  const broker = await serve(t, app)
  const life = [
    'OnClientConnected',
    'OnSessionCreated',
    'OnClientSubscribe',
    'OnClientDisconnected',
  ]
  for (const rpc of life) await broker.notify(rpc)
  await eventually(() => order.length === life.length)
  const names = ['client.connected', 'session.created', 'client.subscribe', 'client.disconnected']
  assert.deepEqual(order, names)
})

test('notifications are answered before their handler, unless the ack is late', async (t) => {
  const release = settleable()
  const done = []
  const app = new App()
  app.onClientConnected(async () => {
    await release.promise
    done.push('early')
  })
  app.onClientDisconnected(
    async () => {
      await sleep(5)
      done.push('late')
    },
    { ack: 'late' },
  )
  app.onSessionCreated(() => void done.push('early as well'), { ack: 'early' })
  const broker = await serve(t, app)
  await broker.notify('OnClientConnected')
  assert.deepEqual(done, [])
  await broker.notify('OnClientDisconnected', 'c2')
  assert.deepEqual(done, ['late'])
  release.resolve()
  await eventually(() => done.length === 2)
})

test('a call that the broker waits for does not wait behind notifications', async (t) => {
  const release = settleable()
  const app = new App().onClientConnected(() => release.promise).onClientAuthenticate(() => true)
  const broker = await serve(t, app)
  for (let count = 0; count < 5; count++) await broker.notify()
  assert.equal(await broker.authenticate(), 'allow')
  release.resolve()
})
