'use strict'

// What happens when handlers fail.

const assert = require('node:assert/strict')
const { test } = require('node:test')
const { setImmediate: turn } = require('node:timers/promises')
const { App, ExhookError, HandlerError } = require('exhook')
const { Failures, Records } = require('./support/records.js')
const { serve } = require('./support/serve.js')

const PAYLOAD = 'hidden-payload'

/** Ways to fail; each is given what is thrown. */
const WAYS = {
  'throws at once': (error) => {
    throw error
  },
  rejects: (error) => Promise.reject(error),
  'throws after a while': async (error) => {
    await turn()
    throw error
  },
  'is a thenable that rejects': (error) => ({
    // biome-ignore lint/suspicious/noThenProperty: libraries have promises of their own
    then: (_, reject) => reject(error),
  }),
}

for (const [way, fail] of Object.entries(WAYS)) {
  test(`a handler that ${way} is reported, and the fallback is answered`, async (t) => {
    const app = new App()
    const failures = new Failures(app)
    const boom = new TypeError('boom')
    app.onClientAuthenticate(function authenticate(request) {
      return request.clientid === 'good' ? true : fail(boom)
    })
    app.onMessagePublish('a/#', function enrich() {
      return fail(boom)
    })
    app.onClientConnected(function greet() {
      return fail(boom)
    })
    const broker = await serve(t, app)
    const fields = {
      meta: { node: 'n1' },
      clientinfo: { clientid: 'bad-1', password: 'secret-word' },
    }
    assert.equal((await broker.call('OnClientAuthenticate', fields)).bool_result, false)
    assert.equal(await broker.publish({ payload: PAYLOAD, clientid: 'bad-2' }), 'ignore')
    await broker.notify('OnClientConnected', 'bad-3')
    assert.equal(await broker.authenticate('good'), 'allow')
    const [login, publish, connected] = await failures.seen(3)
    assert.deepEqual(
      [login, publish, connected].map((error) => [error.hook, error.clientid, error.topic]),
      [
        ['client.authenticate', 'bad-1', undefined],
        ['message.publish', 'bad-2', 'a/b'],
        ['client.connected', 'bad-3', undefined],
      ],
    )
    assert.equal(login.node, 'n1')
    for (const error of failures.all) {
      assert.ok(error instanceof HandlerError && error instanceof ExhookError)
      assert.equal(error.name, 'HandlerError')
      assert.equal(error.code, 'HANDLER')
      assert.equal(error.cause, boom)
      assert.match(error.cause.stack, /failures\.test\.js/)
      assert.doesNotMatch(`${error.stack}${JSON.stringify(error)}`, /secret-word|hidden-payload/)
    }
    assert.equal(
      login.message,
      'handler authenticate of client.authenticate for client "bad-1": threw TypeError: boom; ' +
        'the fallback is answered',
    )
    assert.equal(
      publish.message,
      'handler enrich of message.publish for client "bad-2", topic "a/b": threw TypeError: boom; ' +
        'the fallback is answered',
    )
    assert.match(connected.message, /^handler greet of client\.connected for client "bad-3": threw/)
    // Brokers that only inform are told nothing.
    assert.doesNotMatch(connected.message, /fallback/)
    const counted = app.metrics().hooks.map((hook) => hook.failures.exception)
    assert.deepEqual(counted, [1, 1, 1])
  })
}

test('whatever is thrown is the cause', async (t) => {
  const thrown = ['text', '', 5, null, undefined, Symbol('odd'), { code: 7 }, () => {}, NaN]
  thrown.push(Object.create(null), new Proxy({}, { get: () => assert.fail('it is odd') }))
  const app = new App()
  const failures = new Failures(app)
  app.onClientAuthenticate((request) => {
    throw thrown[Number(request.clientid)]
  })
  app.onClientAuthorize((request) => Promise.reject(thrown[Number(request.clientid)]))
  const broker = await serve(t, app)
  for (const index of thrown.keys()) {
    assert.equal(await broker.authenticate(String(index)), 'deny')
    assert.equal(await broker.authorize('a', String(index)), 'deny')
  }
  await failures.seen(2 * thrown.length)
  for (const error of failures.all) {
    assert.ok(Object.is(error.cause, thrown[Number(error.clientid)]), error.clientid)
    assert.match(error.message, /threw/)
  }
})

test('a handler without a name is reported all the same', async (t) => {
  const app = new App()
  const failures = new Failures(app)
  app.onClientAuthenticate(
    (() => () => {
      throw new Error('boom')
    })(),
  )
  await (await serve(t, app)).authenticate('c"1')
  const [error] = await failures.seen()
  assert.match(error.message, /of client\.authenticate for client "c\\?"1": threw Error: boom/)
})

test('without a listener errors go to the logger, once', async (t) => {
  const logger = new Records()
  const app = new App({ logger })
  app.onMessagePublish(function enrich() {
    throw new RangeError('boom')
  })
  const broker = await serve(t, app)
  assert.equal(await broker.publish({ payload: PAYLOAD }), 'ignore')
  const text = await logger.sees('error', /boom/)
  assert.match(text, /handler enrich of message\.publish for client "c1", topic "a\/b"/)
  assert.match(text, /failures\.test\.js/, 'the stack of what was thrown is shown')
  assert.doesNotMatch(logger.text, /hidden-payload/)
  await turn()
  assert.equal(logger.of('error').length, 1)
})

test('a kind of error that repeats is logged once in a while, and told to listeners each time', async (t) => {
  const logger = new Records()
  const app = new App({ logger })
  app.onClientAuthenticate(({ clientid }) => {
    throw new (clientid.startsWith('range') ? RangeError : TypeError)(clientid)
  })
  const broker = await serve(t, app)
  for (const clientid of ['range-1', 'range-2', 'type-1', 'range-3', 'type-2']) {
    assert.equal(await broker.authenticate(clientid), 'deny')
  }
  await logger.sees('error', /type-1/)
  assert.equal(logger.of('error').length, 2)
  assert.match(logger.text, /range-1/)
  const failures = new Failures(app)
  await broker.authenticate('range-4')
  await broker.authenticate('range-5')
  await failures.seen(2)
})

test('with a listener errors do not go to the logger', async (t) => {
  const logger = new Records()
  const app = new App({ logger })
  const failures = new Failures(app)
  app.onClientAuthenticate(() => {
    throw new Error('boom')
  })
  await (await serve(t, app)).authenticate()
  await failures.seen()
  assert.deepEqual(logger.of('error'), [])
})

test('a listener or a logger that throws harms nobody', async (t) => {
  const fail = () => {
    throw new Error('of the listener')
  }
  const logger = new Records()
  const listened = new App({ logger }).on('error', fail)
  const logged = new App({ logger: { debug: fail, info: fail, warn: fail, error: fail } })
  for (const app of [listened, logged]) {
    app.onClientAuthenticate((request) => {
      if (request.clientid === 'bad') throw new Error('boom')
      return true
    })
    app.onClientConnected(() => 'warned of')
    const broker = await serve(t, app)
    assert.equal(await broker.authenticate('bad'), 'deny')
    await broker.notify()
    assert.equal(await broker.authenticate('good'), 'allow')
  }
  await logger.sees('error', /of the listener/)
})
