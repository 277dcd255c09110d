'use strict'

// The current request, and the signal that tells when its time is over.

const assert = require('node:assert/strict')
const { AsyncLocalStorage } = require('node:async_hooks')
const { test } = require('node:test')
const timers = require('node:timers/promises')
const { App, currentRequest } = require('exhook')
const { eventually, settleable } = require('./support/eventually.js')
const { ANY, serve } = require('./support/serve.js')

/** Everything that a handler can wait for. */
const WAITS = {
  'a resolved promise': () => Promise.resolve(),
  'a timer': () => timers.setTimeout(2),
  setImmediate: () => timers.setImmediate(),
  'process.nextTick': () => new Promise((resolve) => process.nextTick(resolve)),
  queueMicrotask: () => new Promise((resolve) => queueMicrotask(resolve)),
  'a file': () => require('node:fs/promises').stat(__filename),
  'a thenable': async () => ({
    // biome-ignore lint/suspicious/noThenProperty: libraries have promises of their own
    then: (resolve) => setImmediate(resolve),
  }),
}

test('what a handler enters into async storage is not there for the next one', async (t) => {
  const { AsyncLocalStorage } = require('node:async_hooks')
  const storage = new AsyncLocalStorage()
  const seen = []
  const app = new App()
  app.onClientAuthenticate(({ clientid }) => {
    seen.push(storage.getStore())
    storage.enterWith(clientid)
    return true
  })
  const broker = await serve(t, app)
  await Promise.all(['c1', 'c2', 'c3'].map((clientid) => broker.authenticate(clientid)))
  assert.deepEqual(seen, [undefined, undefined, undefined])
})

test('there is no current request outside of handlers', async (t) => {
  assert.equal(currentRequest(), undefined)
  const app = new App().onClientAuthenticate(() => currentRequest() !== undefined)
  const broker = await serve(t, app)
  assert.equal(await broker.authenticate(), 'allow')
  assert.equal(currentRequest(), undefined)
  await timers.setImmediate()
  assert.equal(currentRequest(), undefined)
})

for (const [what, wait] of Object.entries(WAITS)) {
  test(`the current request is known across ${what}, in each of many calls`, async (t) => {
    const seen = []
    const deeper = (request) => {
      seen.push(currentRequest() === request)
      return currentRequest().clientid === request.clientid
    }
    const app = new App().onClientAuthenticate(async (request) => {
      const first = deeper(request)
      await wait()
      const second = deeper(request)
      await Promise.all([wait(), wait()])
      return first && second && deeper(request)
    })
    const broker = await serve(t, app)
    const calls = Array.from({ length: 30 }, (_, number) => broker.authenticate(`c${number}`))
    assert.deepEqual(new Set(await Promise.all(calls)), new Set(['allow']))
    assert.deepEqual(seen, Array(90).fill(true))
  })
}

test('what a handler starts keeps its request', async (t) => {
  const seen = []
  const app = new App().onClientConnected(() => {
    setTimeout(() => setImmediate(() => seen.push(currentRequest()?.clientid)), 5)
  })
  const broker = await serve(t, app)
  await broker.notify('OnClientConnected', 'c7')
  await broker.notify('OnClientConnected', 'c8')
  await eventually(() => seen.length === 2)
  assert.deepEqual(seen, ['c7', 'c8'])
})

test('each handler of a chain has a request of its own hook', async (t) => {
  const hooks = []
  const note = () => void hooks.push(currentRequest().hook)
  const app = new App()
    .onClientConnected(note)
    .onMessagePublish(note)
    .onMessagePublish(async () => {
      await timers.setImmediate()
      note()
    })
  const broker = await serve(t, app)
  await broker.publish()
  await broker.notify()
  await eventually(() => hooks.length === 3)
  assert.deepEqual(hooks, ['message.publish', 'message.publish', 'client.connected'])
})

test('a handler that calls another app sees its own request afterwards', async (t) => {
  const inner = new App().onClientAuthenticate(() => currentRequest().clientid === 'inner')
  const innerBroker = await serve(t, inner)
  const outer = new App().onClientAuthenticate(async (request) => {
    const answer = await innerBroker.authenticate('inner')
    return answer === 'allow' && currentRequest() === request
  })
  const broker = await serve(t, outer)
  assert.equal(await broker.authenticate('outer'), 'allow')
})

test('errors are emitted within their request', async (t) => {
  const seen = []
  const app = new App().on('error', () => seen.push(currentRequest()?.clientid))
  app.onClientAuthenticate(async () => {
    await timers.setImmediate()
    throw new Error('boom')
  })
  await (await serve(t, app)).authenticate('c5')
  await eventually(() => seen.length === 1)
  assert.ok(seen[0] === 'c5' || seen[0] === undefined)
})

test('async storage of others does not disturb the current request', async (t) => {
  const storage = new AsyncLocalStorage()
  const app = new App().onClientAuthenticate((request) => {
    assert.equal(currentRequest(), request)
    return true
  })
  await storage.run('startup', () => app.listen(ANY, { signals: false, environment: false }))
  t.after(() => app.close())
  assert.equal(storage.getStore(), undefined)
})

test('without context there is no current request', async (t) => {
  const app = new App({ context: false })
  app.onClientAuthenticate(() => currentRequest() === undefined)
  app.onClientAuthorize(async () => {
    await timers.setImmediate()
    return currentRequest() === undefined
  })
  const broker = await serve(t, app)
  assert.equal(await broker.authenticate(), 'allow')
  assert.equal(await broker.authorize(), 'allow')
})

test('the signal is aborted at the deadline', async (t) => {
  const app = new App({ drainTimeoutMs: 50, logger: false })
  const aborted = settleable()
  app.onClientAuthenticate(
    async (request) => {
      assert.ok(request.signal instanceof AbortSignal)
      assert.equal(request.signal, request.signal)
      assert.equal(request.signal.aborted, false)
      request.signal.addEventListener('abort', () => aborted.resolve(request.signal.reason))
      await aborted.promise
      // The core goes by a clock of its own, which may be a little late.
      await timers.setTimeout(500)
      return true
    },
    { timeoutMs: 1_000 },
  )
  assert.equal(await (await serve(t, app)).authenticate(), 'deny')
  const reason = await aborted.promise
  assert.ok(reason instanceof DOMException)
  assert.equal(reason.name, 'TimeoutError')
})

test('a wait that is given the signal ends at the deadline', async (t) => {
  const ended = settleable()
  const app = new App({ timeoutMs: 1_000, logger: false }).onMessagePublish(async ({ signal }) => {
    await timers.setTimeout(60_000, undefined, { signal }).catch(ended.resolve)
  })
  assert.equal(await (await serve(t, app)).publish(), 'ignore')
  assert.equal((await ended.promise).name, 'AbortError')
})

test('a signal that is first looked at after the deadline is aborted', async (t) => {
  const seen = settleable()
  const app = new App({ timeoutMs: 1_000, logger: false }).onClientAuthenticate(async (request) => {
    await timers.setTimeout(1_100)
    seen.resolve([request.signal.aborted, request.signal.reason?.name, request.deadlineMs])
  })
  assert.equal(await (await serve(t, app)).authenticate(), 'deny')
  const [isAborted, name, left] = await seen.promise
  assert.deepEqual([isAborted, name], [true, 'TimeoutError'])
  assert.ok(left <= 0, `${left}`)
})

test('signals of calls that were answered in time are not aborted', async (t) => {
  const signals = []
  const app = new App({ timeoutMs: 1_000 }).onClientAuthenticate(async ({ signal }) => {
    signals.push(signal)
    await timers.setImmediate()
    return true
  })
  const broker = await serve(t, app)
  assert.equal(await broker.authenticate(), 'allow')
  await timers.setTimeout(1_100)
  assert.equal(signals[0].aborted, false)
})

test('a notification has no deadline, and its signal is aborted when close stops waiting', async (t) => {
  const app = new App({ timeoutMs: 50, drainTimeoutMs: 200, logger: false })
  const seen = settleable()
  const ended = settleable()
  app.onClientConnected(async ({ signal, deadlineMs }) => {
    seen.resolve(deadlineMs)
    await timers.setTimeout(60_000, undefined, { signal }).catch(() => ended.resolve(signal))
  })
  const broker = await serve(t, app)
  await broker.notify()
  assert.equal(await seen.promise, undefined)
  await app.close()
  assert.equal((await ended.promise).aborted, true)
})

test('a notification with a late ack has a deadline', async (t) => {
  const left = []
  const app = new App({ timeoutMs: 10_000 })
  app.onClientConnected(({ deadlineMs }) => void left.push(deadlineMs), { ack: 'late' })
  await (await serve(t, app)).notify()
  assert.ok(left[0] > 0 && left[0] <= 10_000, `${left}`)
})

test('what is left of the time grows less', async (t) => {
  const left = []
  const app = new App({ timeoutMs: 10_000 }).onClientAuthenticate(async (request) => {
    left.push(request.deadlineMs)
    await timers.setTimeout(20)
    left.push(request.deadlineMs)
    return true
  })
  await (await serve(t, app)).authenticate()
  assert.ok(left[0] > left[1] && left[0] <= 10_000 && left[1] > 0, `${left}`)
})
