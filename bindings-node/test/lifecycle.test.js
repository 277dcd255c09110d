'use strict'

// How an app starts, serves and closes inside one process.

const assert = require('node:assert/strict')
const { EventEmitter, once } = require('node:events')
const net = require('node:net')
const { test } = require('node:test')
const { setImmediate: turn } = require('node:timers/promises')
const { App, WrongStateError } = require('exhook')
const { Broker } = require('./support/broker.js')
const { eventually, settleable } = require('./support/eventually.js')
const { Records } = require('./support/records.js')
const { ANY, serve } = require('./support/serve.js')

const OWN = { signals: false, environment: false }

test('an app listens on a real port, once, and resolves to itself', async (t) => {
  const app = new App()
  assert.ok(app instanceof EventEmitter)
  assert.equal(app.listening, false)
  t.after(() => app.close())
  assert.equal(await app.listen(ANY, OWN), app)
  assert.equal(app.listening, true)
  assert.match(app.address, /^127\.0\.0\.1:[1-9]\d+$/)
  await assert.rejects(app.listen(ANY, OWN), (error) => {
    assert.ok(error instanceof WrongStateError)
    assert.match(error.message, /already/)
    return true
  })
})

test('two calls of listen at once: one of them is refused', async (t) => {
  const app = new App()
  t.after(() => app.close())
  const both = await Promise.allSettled([app.listen(ANY, OWN), app.listen(ANY, OWN)])
  assert.deepEqual(both.map((each) => each.status).sort(), ['fulfilled', 'rejected'])
  assert.ok(both.find((each) => each.reason)?.reason instanceof WrongStateError)
})

test('an app that does not listen has no address', async () => {
  const app = new App()
  const wrong = (error) => error instanceof WrongStateError && error.code === 'WRONG_STATE'
  assert.throws(() => app.address, wrong)
  await app.listen(ANY, OWN)
  await app.close()
  assert.throws(() => app.address, wrong)
  assert.equal(app.listening, false)
})

test('close and listen, again and again', async () => {
  const app = new App().onClientAuthenticate(() => true)
  await app.close()
  for (let round = 0; round < 3; round++) {
    await app.listen(ANY, OWN)
    const broker = new Broker(app.address)
    assert.equal(await broker.authenticate(), 'allow')
    broker.close()
    await app.close()
    await app.close()
  }
})

test('close is told once to those who listen for it', async () => {
  const app = new App()
  let told = 0
  app.on('close', () => {
    told += 1
    assert.equal(app.listening, false)
  })
  await app.close()
  assert.equal(told, 0)
  await app.listen(ANY, OWN)
  await Promise.all([app.close(), app.close(), app.close()])
  await turn()
  assert.equal(told, 1)
  await app.listen(ANY, OWN)
  const closed = once(app, 'close')
  await app.close()
  await closed
  assert.equal(told, 2)
})

test('close finishes what runs, and what waits', async (t) => {
  const release = settleable()
  const running = settleable()
  const seen = []
  const app = new App()
  app.onClientAuthenticate(async () => {
    running.resolve()
    await release.promise
    return true
  })
  app.onClientConnected(async ({ clientid }) => {
    await release.promise
    seen.push(clientid)
  })
  const broker = await serve(t, app)
  const { address } = app
  const login = broker.authenticate()
  for (const clientid of ['a', 'a', 'b']) await broker.notify('OnClientConnected', clientid)
  await running.promise
  let isClosed = false
  const closing = app.close().then(() => (isClosed = true))
  await eventually(() => refuses(address))
  assert.equal(isClosed, false)
  release.resolve()
  assert.equal(await login, 'allow')
  await closing
  assert.deepEqual(seen.sort(), ['a', 'a', 'b'])
})

/** Whether nobody accepts connections at an address. */
function refuses(address) {
  const [host, port] = address.split(':')
  return new Promise((resolve) => {
    const socket = net.connect(Number(port), host)
    socket
      .once('connect', () => resolve(socket.destroy() && false))
      .once('error', () => resolve(true))
  })
}

test('close waits for drainTimeoutMs at most', async (t) => {
  const app = new App({ drainTimeoutMs: 100, logger: false })
  const running = settleable()
  app.onClientAuthenticate(() => {
    running.resolve()
    return new Promise(() => {})
  })
  const broker = await serve(t, app)
  const login = broker.authenticate().catch((error) => error)
  await running.promise
  const begun = performance.now()
  await app.close()
  const took = performance.now() - begun
  assert.ok(took > 90 && took < 4_000, `${took} ms`)
  // It was answered with the fallback, or the connection was closed.
  const told = await login
  assert.ok(told === 'deny' || told instanceof Error)
})

for (const isAsync of [false, true]) {
  test(`${isAsync ? 'an async' : 'a'} handler may close its app`, async () => {
    const app = new App()
    const closed = once(app, 'close')
    const now = () => {
      app.close()
      return true
    }
    app.onClientAuthenticate(isAsync ? async () => now() : now)
    await app.listen(ANY, OWN)
    const broker = new Broker(app.address)
    assert.equal(await broker.authenticate(), 'allow')
    await closed
    broker.close()
    assert.equal(app.listening, false)
  })
}

test('a handler that awaits the close of its app is answered for', async (t) => {
  const app = new App({ drainTimeoutMs: 200, logger: false })
  app.onClientAuthenticate(async () => {
    await app.close()
    return true
  })
  const broker = await serve(t, app)
  const closed = once(app, 'close')
  await broker.authenticate().catch(() => {})
  await closed
})

test('what a handler started waits for the close, once the handler has ended', async (t) => {
  const seen = settleable()
  const app = new App()
  app.onClientAuthenticate(() => {
    setTimeout(async () => {
      await app.close()
      seen.resolve(app.listening)
    }, 20)
    return true
  })
  const broker = await serve(t, app)
  assert.equal(await broker.authenticate(), 'allow')
  assert.equal(await seen.promise, false)
})

test('an app is disposed of by closing it', { skip: !Symbol.asyncDispose }, async () => {
  const app = new App()
  await app.listen(ANY, OWN)
  await app[Symbol.asyncDispose]()
  assert.equal(app.listening, false)
})

test('two apps in one process know nothing of each other', async (t) => {
  const one = new App().onClientAuthenticate(() => true)
  const other = new App().onClientAuthenticate(async () => false)
  const [first, second] = [await serve(t, one), await serve(t, other)]
  assert.deepEqual([await first.authenticate(), await second.authenticate()], ['allow', 'deny'])
  await one.close()
  assert.equal(await second.authenticate(), 'deny')
  assert.equal(one.metrics().hooks[0].calls, 1)
  assert.equal(other.metrics().hooks[0].calls, 2)
})

test('no listener for signals is left behind, and none is there unless asked for', async (t) => {
  const listeners = () => ['SIGINT', 'SIGTERM'].map((name) => process.listenerCount(name))
  const before = listeners()
  const [one, other] = [new App(), new App()]
  t.after(() => Promise.all([one.close(), other.close()]))
  await one.listen(ANY, OWN)
  assert.deepEqual(listeners(), before)
  await one.close()
  await one.listen(ANY, { environment: false })
  await other.listen(ANY, { environment: false })
  assert.ok(listeners().every((count, index) => count > before[index]))
  await one.close()
  assert.ok(listeners().every((count, index) => count > before[index]))
  await other.close()
  assert.deepEqual(listeners(), before)
})

test('metrics count while the app listens, and afterwards', async (t) => {
  const app = new App()
  assert.throws(() => app.metrics(), WrongStateError)
  app.onClientAuthenticate((request) => request.clientid === 'good')
  const broker = await serve(t, app)
  await broker.authenticate('good')
  await broker.authenticate('bad')
  for (let round = 0; round < 2; round++) {
    const metrics = app.metrics()
    const [hook] = metrics.hooks
    assert.equal(metrics.hooks.length, 1)
    assert.deepEqual([hook.hook, hook.package, hook.calls], ['client.authenticate', 'v3', 2])
    assert.equal(hook.verdicts.allow, 1)
    assert.equal(hook.verdicts.deny, 1)
    assert.deepEqual([hook.late, hook.dropped], [0, 0])
    for (const latency of [hook.latencyUs, hook.waitedUs]) {
      assert.equal(latency.count, 2)
      assert.ok(latency.mean > 0 && latency.p50 <= latency.p90 && latency.p90 <= latency.p99)
    }
    assert.deepEqual([metrics.inflight, metrics.inboxDepth], [0, 0])
    assert.deepEqual([metrics.connectionsAccepted, metrics.badRequests], [1, 0])
    assert.equal(metrics.unknownMethods, 0)
    assert.ok(metrics.loopLagMs.count >= 1 && metrics.loopLagMs.max >= metrics.loopLagMs.p50)
    assert.deepEqual(JSON.parse(JSON.stringify(metrics)), metrics)
    await app.close()
  }
})

test('an app that is closed while it starts ends closed', async (t) => {
  const app = new App({ logger: new Records() })
  t.after(() => app.close())
  const starting = app
    .listen(ANY, OWN)
    .catch((error) => assert.ok(error instanceof WrongStateError))
  await app.close()
  await starting
  assert.equal(app.listening, false)
})
