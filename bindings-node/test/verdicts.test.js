'use strict'

// What handlers return, and what brokers are told.

const assert = require('node:assert/strict')
const { test } = require('node:test')
const { setImmediate: turn } = require('node:timers/promises')
const { App, allow, block, deny, ignore, keepGoing } = require('exhook')
const { message, verdict } = require('./support/broker.js')
const { Failures, Records } = require('./support/records.js')
const { serve } = require('./support/serve.js')

const PACKAGES = ['v1', 'v2', 'v3']

const BOOLS = [
  [true, 'allow'],
  [allow(), 'allow'],
  [false, 'deny'],
  [deny(), 'deny'],
  [keepGoing(true), 'keep_going true'],
  [keepGoing(false), 'keep_going false'],
  [undefined, 'ignore'],
  [null, 'ignore'],
  [ignore(), 'ignore'],
]

const MESSAGES = [
  ['replace a/b new 1', (request) => request.message.replace({ payload: 'new' })],
  ['replace a/b ärger 😀 1', (request) => request.message.replace({ payload: 'ärger 😀' })],
  [
    'replace a/b buffer 1',
    (request) => request.message.replace({ payload: Buffer.from('buffer') }),
  ],
  ['replace a/b AB 1', (request) => request.message.replace({ payload: part('xABx') })],
  ['replace a/b  1', (request) => request.message.replace({ payload: '' })],
  ['replace a/b  1', (request) => request.message.replace({ payload: new Uint8Array(0) })],
  ['replace c payload 0', (request) => request.message.replace({ topic: 'c', qos: 0 })],
  ['replace ü/火 payload 1', (request) => request.message.replace({ topic: 'ü/火' })],
  ['replace a/b x 2', (request) => request.message.replace({ payload: 'x' }).replace({ qos: 2 })],
  ['block', (request) => request.message.block()],
  ['block', (request) => request.message.replace({ payload: 'x' }).block()],
  ['block', () => block()],
  ['ignore', () => undefined],
  ['ignore', () => null],
  ['ignore', () => ignore()],
]

/** All but the first and the last byte, in the same memory. */
function part(text) {
  return new Uint8Array(new TextEncoder().encode(text).buffer, 1, text.length - 2)
}

/** The ways in which a handler gives its verdict. */
const WAYS = {
  'at once': (decide) => (request) => decide(request),
  'as an async function': (decide) => async (request) => decide(request),
  'after a turn of the loop': (decide) => async (request) => {
    await turn()
    return decide(request)
  },
  'as a promise': (decide) => (request) => new Promise((resolve) => resolve(decide(request))),
  'as a thenable': (decide) => (request) => ({
    // biome-ignore lint/suspicious/noThenProperty: libraries have promises of their own
    then: (resolve) => resolve(decide(request)),
  }),
}

for (const speaks of PACKAGES) {
  for (const [way, wrap] of Object.entries(WAYS)) {
    test(`authenticate tells every verdict to ${speaks}, given ${way}`, async (t) => {
      const app = new App({ logger: false })
      app.onClientAuthenticate(wrap((request) => BOOLS[Number(request.clientid)][0]))
      const broker = await serve(t, app, speaks)
      const told = await Promise.all(BOOLS.map((_, index) => broker.authenticate(String(index))))
      assert.deepEqual(
        told,
        BOOLS.map(([, expected]) => expected),
      )
    })

    test(`authorize tells every verdict to ${speaks}, given ${way}`, async (t) => {
      const app = new App({ logger: false })
      app.onClientAuthorize(wrap((request) => BOOLS[Number(request.topic)][0]))
      const broker = await serve(t, app, speaks)
      const told = await Promise.all(BOOLS.map((_, index) => broker.authorize(String(index))))
      assert.deepEqual(
        told,
        BOOLS.map(([, expected]) => expected),
      )
    })

    test(`publish tells every verdict to ${speaks}, given ${way}`, async (t) => {
      const app = new App({ logger: false })
      app.onMessagePublish(wrap((request) => MESSAGES[Number(request.clientid)][1](request)))
      const broker = await serve(t, app, speaks)
      const told = await Promise.all(
        MESSAGES.map((_, index) => broker.publish({ clientid: String(index) })),
      )
      assert.deepEqual(
        told,
        MESSAGES.map(([expected]) => expected),
      )
    })
  }
}

test('ingress takes final answers only', async (t) => {
  const answers = [
    [true, 'allow'],
    [allow(), 'allow'],
    [false, 'deny'],
    [deny(), 'deny'],
    [undefined, 'ignore'],
    [ignore(), 'ignore'],
    [keepGoing(true), 'ignore'],
  ]
  const app = new App()
  const failures = new Failures(app)
  app.onMessageIngress((request) => answers[Number(request.clientid)][0])
  const broker = await serve(t, app)
  for (const [index, [, expected]] of answers.entries()) {
    const clientinfo = { clientid: String(index) }
    const response = await broker.call('OnMessageIngress', { clientinfo, message: message() })
    assert.equal(verdict(response), expected)
  }
  const [error] = await failures.seen()
  assert.equal(failures.all.length, 1)
  assert.equal(error.clientid, '6')
})

const WRONG = {
  'a string': 'yes',
  'a number': 1,
  zero: 0,
  NaN,
  'a bigint': 5n,
  'a symbol': Symbol('no'),
  'a buffer': Buffer.from('true'),
  'an object': {},
  'an array': [true],
  'an error': new Error('no'),
  'a function': () => true,
  'a Boolean object': Object(true),
}

for (const [name, wrong] of Object.entries(WRONG)) {
  test(`${name} is no verdict: the fallback is answered and an error emitted`, async (t) => {
    const app = new App()
    const failures = new Failures(app)
    app.onClientAuthenticate(() => wrong)
    app.onClientAuthorize(async () => wrong)
    app.onMessagePublish(() => wrong)
    const broker = await serve(t, app)
    assert.equal(await broker.authenticate(), 'deny')
    assert.equal(await broker.authorize(), 'deny')
    assert.equal(await broker.publish(), 'ignore')
    const hooks = (await failures.seen(3)).map((error) => error.hook)
    assert.deepEqual(hooks, ['client.authenticate', 'client.authorize', 'message.publish'])
    for (const error of failures.all) {
      assert.match(error.message, /a handler of [a-z.]+ returns .*; this one returned /)
    }
    const counted = app.metrics().hooks.map((hook) => hook.failures.bad_answer)
    assert.deepEqual(counted, [1, 1, 1])
  })
}

test('the error of a wrong verdict says what can be returned', async (t) => {
  const app = new App()
  const failures = new Failures(app)
  app.onClientAuthenticate(() => 'yes')
  await (await serve(t, app)).authenticate()
  const [error] = await failures.seen()
  const words =
    'a handler of client.authenticate returns true, false, undefined, allow(), deny(), ' +
    'keepGoing(...) or ignore(); this one returned a string'
  assert.ok(error.message.includes(words), error.message)
  assert.ok(!error.message.includes('yes'))
})

test('verdicts of other hooks are wrong', async (t) => {
  const app = new App()
  const failures = new Failures(app)
  app.onClientAuthorize(() => block())
  app.onMessagePublish((request) => [keepGoing(true), allow(), true][request.message.qos])
  const broker = await serve(t, app)
  assert.equal(await broker.authorize(), 'deny')
  for (const qos of [0, 1, 2]) assert.equal(await broker.publish({ qos }), 'ignore')
  await failures.seen(4)
})

for (const isAsync of [false, true]) {
  const kind = isAsync ? 'an async handler' : 'a handler'
  test(`${kind} of a notification that returns something is warned of once`, async (t) => {
    const logger = new Records()
    const app = new App({ logger })
    app.onClientConnected(isAsync ? async () => false : () => false, { ack: 'late' })
    app.onClientDisconnected(isAsync ? async () => {} : () => null, { ack: 'late' })
    const broker = await serve(t, app)
    for (let count = 0; count < 3; count++) {
      await broker.notify()
      await broker.notify('OnClientDisconnected')
    }
    await logger.sees('warn', /client\.connected/)
    assert.equal(logger.of('warn').length, 1, logger.text)
    assert.deepEqual(logger.of('error'), [])
  })
}

test('verdicts are frozen singletons that tell their kind', () => {
  const makers = [allow, deny, ignore, block, () => keepGoing(true), () => keepGoing(false)]
  for (const make of makers) {
    const made = make()
    assert.equal(made, make())
    assert.ok(Object.isFrozen(made))
    assert.equal(made.constructor.name, 'Verdict')
    assert.throws(() => {
      made.kind = 'another'
    }, TypeError)
  }
  assert.equal(new Set(makers.map((make) => make())).size, makers.length)
  const kinds = makers.map((make) => make().kind)
  assert.deepEqual(kinds, [
    'allow()',
    'deny()',
    'ignore()',
    'block()',
    'keepGoing(true)',
    'keepGoing(false)',
  ])
  assert.deepEqual(
    makers.map((make) => String(make())),
    kinds,
  )
  for (const wrong of ['yes', 1, undefined, null]) assert.throws(() => keepGoing(wrong))
})
