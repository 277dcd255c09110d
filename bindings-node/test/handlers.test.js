'use strict'

// How handlers are registered, which of them are called, and in which order.

const assert = require('node:assert/strict')
const { test } = require('node:test')
const { App, WrongStateError, block } = require('exhook')
const { message, verdict } = require('./support/broker.js')
const { eventually, settleable } = require('./support/eventually.js')
const { HOOKS, hooksOfKind, onEvery } = require('./support/hooks.js')
const { Failures } = require('./support/records.js')
const { serve } = require('./support/serve.js')

test('every hook has a method and reaches its handler', async (t) => {
  const seen = []
  const app = onEvery(new App(), (request) => void seen.push(request.hook))
  const broker = await serve(t, app)
  for (const { rpc } of HOOKS) await broker.call(rpc)
  const names = HOOKS.map((hook) => hook.name).sort()
  await eventually(() => seen.length === names.length)
  assert.deepEqual(seen.sort(), names)
})

test('every way to register returns the app', () => {
  const app = new App()
  const handler = () => undefined
  for (const hook of HOOKS) assert.equal(app[hook.method](handler), app)
  assert.equal(app.onMessagePublish('a', handler), app)
  assert.equal(app.onMessagePublish(['a', 'b/#'], handler, { timeoutMs: 5 }), app)
  assert.equal(app.onMessagePublish(handler, { timeoutMs: 5 }), app)
})

test('a provider is told of brokers that load and unload it', async (t) => {
  const seen = []
  const app = new App()
    .onProviderLoaded(async ({ broker, meta }) => void seen.push(['loaded', broker.version, meta]))
    .onProviderUnloaded(({ meta }) => void seen.push(['unloaded', meta.node]))
  const broker = await serve(t, app)
  await broker.call('OnProviderLoaded', { broker: { version: '5.9.2' } })
  await eventually(() => seen.length === 1)
  await broker.call('OnProviderUnloaded', { meta: { node: 'n1' } })
  await eventually(() => seen.length === 2)
  assert.deepEqual(seen, [
    ['loaded', '5.9.2', undefined],
    ['unloaded', 'n1'],
  ])
})

async function announced(broker, version = '5.9.2') {
  const { hooks } = await broker.call('OnProviderLoaded', { broker: { version } })
  return Object.fromEntries(hooks.map(({ name, topics }) => [name, topics]))
}

test('topics reach the broker and choose the handler', async (t) => {
  const app = new App()
    .onMessagePublish(['sensors/+/temp', '$SYS/#'], () => block())
    .onMessagePublish('alerts/#', (request) => request.message.replace({ qos: 2 }))
    .onMessageDelivered(() => {})
    .onClientConnected(() => {})
  const broker = await serve(t, app)
  assert.deepEqual(await announced(broker), {
    'client.connected': [],
    'message.publish': ['sensors/+/temp', '$SYS/#', 'alerts/#'],
    'message.delivered': [],
  })
  assert.deepEqual(
    Object.fromEntries(app.hooks.map(({ name, topics }) => [name, topics])),
    await announced(broker),
  )
  assert.equal(await broker.publish({ topic: 'sensors/a/temp' }), 'block')
  assert.equal(await broker.publish({ topic: 'sensors/a/b/temp' }), 'ignore')
  assert.equal(await broker.publish({ topic: 'alerts' }), 'replace alerts payload 2')
  assert.equal(await broker.publish({ topic: 'other' }), 'ignore')
})

test('a companion answers ignore to hooks without a handler', async (t) => {
  const app = new App({ companion: true, logger: false }).onClientConnected(() => {})
  const broker = await serve(t, app)
  assert.ok('client.authenticate' in (await announced(broker)))
  assert.equal(await broker.authenticate(), 'ignore')
})

test('a hook without a handler is answered all the same', async (t) => {
  const broker = await serve(t, new App({ logger: false }))
  assert.deepEqual(await announced(broker), {})
  assert.equal(await broker.authorize(), 'ignore')
  await broker.notify()
})

test('the names of package v1 are those of v1', async (t) => {
  const seen = []
  const app = new App({ logger: false })
  app.onClientAuthorize((request) => {
    seen.push([request.package, request.hook, request.topic])
    return true
  })
  app.onSessionTakenover((request) => void seen.push([request.package, request.hook]))
  const broker = await serve(t, app, 'v1')
  assert.deepEqual(await announced(broker, '4.4.19'), {
    'client.check_acl': [],
    'session.takeovered': [],
  })
  assert.equal(await broker.authorize('a'), 'allow')
  await broker.notify('OnSessionTakenover')
  await eventually(() => seen.length === 2)
  assert.deepEqual(seen, [
    ['v1', 'client.authorize', 'a'],
    ['v1', 'session.takenover'],
  ])
})

test('a name of no hook has no method', () => {
  assert.equal(new App().onClientAuthenticte, undefined)
})

test('registering while the app listens is refused, and after close is not', async (t) => {
  const app = new App()
  const broker = await serve(t, app)
  assert.throws(
    () => app.onClientAuthenticate(() => true),
    (error) => {
      assert.ok(error instanceof WrongStateError)
      assert.equal(error.code, 'WRONG_STATE')
      assert.match(error.message, /onClientAuthenticate.*before listen/)
      return true
    },
  )
  assert.equal(await broker.authenticate(), 'ignore')
  await app.close()
  app.onClientAuthenticate(() => true)
  assert.equal(await (await serve(t, app)).authenticate(), 'allow')
})

test('the fallback of a handler is answered when it fails', async (t) => {
  const fail = () => {
    throw new Error('broken')
  }
  const ingress = { message: message() }
  for (const fallback of ['allow', 'deny', 'ignore']) {
    const app = new App({ logger: false })
    for (const { method } of hooksOfKind('bool')) app[method](fail, { fallback })
    const broker = await serve(t, app)
    assert.equal(await broker.authenticate(), fallback)
    assert.equal(await broker.authorize(), fallback)
    assert.equal(verdict(await broker.call('OnMessageIngress', ingress)), fallback)
  }
  for (const [fallback, told] of [
    ['unchanged', 'ignore'],
    ['block', 'block'],
  ]) {
    const app = new App({ logger: false }).onMessagePublish(fail, { fallback })
    assert.equal(await (await serve(t, app)).publish(), told)
  }
})

test('without a fallback logins are denied, and messages and ingress go on', async (t) => {
  const fail = async () => {
    throw new Error('broken')
  }
  const app = onEvery(new App({ logger: false }), fail)
  const broker = await serve(t, app)
  assert.equal(await broker.authenticate(), 'deny')
  assert.equal(await broker.authorize(), 'deny')
  assert.equal(await broker.publish(), 'ignore')
  assert.equal(verdict(await broker.call('OnMessageIngress', { message: message() })), 'ignore')
})

test('async handlers run beside each other', async (t) => {
  let running = 0
  const all = settleable()
  const app = new App().onClientAuthenticate(async () => {
    running += 1
    if (running === 50) all.resolve()
    await all.promise
    return true
  })
  const broker = await serve(t, app)
  const calls = Array.from({ length: 50 }, (_, number) => broker.authenticate(`c${number}`))
  assert.deepEqual(new Set(await Promise.all(calls)), new Set(['allow']))
})

test('a handler is called with the request alone, and this is not the app', async (t) => {
  const seen = []
  const app = new App().onClientAuthenticate(function handler(...values) {
    seen.push(values.length, this === app)
    return true
  })
  await (await serve(t, app)).authenticate()
  assert.deepEqual(seen, [1, false])
})

test('calls above maxInflight are answered with the fallback', async (t) => {
  const release = settleable()
  const app = new App({ maxInflight: 2, logger: false })
  const failures = new Failures(app)
  let running = 0
  app.onClientAuthenticate(async () => {
    running += 1
    await release.promise
    return true
  })
  const broker = await serve(t, app)
  const first = [broker.authenticate('one'), broker.authenticate('two')]
  await eventually(() => running === 2)
  assert.equal(await broker.authenticate('three'), 'deny')
  release.resolve()
  assert.deepEqual(await Promise.all(first), ['allow', 'allow'])
  assert.equal(app.metrics().hooks[0].failures.overload, 1)
  assert.deepEqual(failures.all, [])
})

test('an option that is undefined is as good as none', async (t) => {
  const app = new App({ timeoutMs: undefined, companion: undefined })
  app.onClientAuthenticate(() => true, { timeoutMs: undefined, fallback: undefined })
  const broker = await serve(t, app)
  assert.equal(await broker.authenticate(), 'allow')
})
