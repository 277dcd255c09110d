'use strict'

// What failed assertions say.

const assert = require('node:assert/strict')
const { test } = require('node:test')
const { App, InvalidOptionError } = require('exhook')
const { Broker } = require('exhook/testing')

/** A broker of which one client is refused, and another publishes. */
async function started(t) {
  const app = new App({ logger: false })
    .onClientAuthenticate(({ clientinfo }) => clientinfo.username === 'alice')
    .onMessagePublish('in', ({ message }) => message.block())
    .onClientConnected(() => {})
  const broker = await Broker.start(app, { version: '5.8', context: t })
  const alice = broker.client('c1', { username: 'alice' })
  await alice.connect()
  await broker.client('c2').connect()
  await alice.publish('in')
  return broker
}

/** The message with which an assertion fails. */
async function complaint(assertion) {
  const error = await assertion.then(
    () => assert.fail('it did not fail'),
    (error) => error,
  )
  assert.ok(error instanceof assert.AssertionError, error)
  assert.match(error.stack, /assertions\.test\.js/)
  return error.message
}

test('assertCalled resolves to the calls', async (t) => {
  const broker = await started(t)
  const [call, ...others] = await broker.assertCalled('client.connected', { clientid: 'c1' })
  assert.deepEqual([call.hook, call.clientid, others], ['client.connected', 'c1', []])
  await broker.assertCalled('client.authenticate', { times: 2 })
  await broker.assertCalled('client.disconnected', { times: 0 })
  await broker.assertCalled('message.publish', { topic: 'in', verdict: 'block', times: 1 })
})

test('assertCalled shows the calls that were made', async (t) => {
  const broker = await started(t)
  assert.equal(
    await complaint(broker.assertCalled('client.connected', { clientid: 'c2' })),
    [
      "client.connected with clientid 'c2' was not called.",
      'The calls so far:',
      '  provider.loaded: loaded',
      '  client.authenticate c1: allow',
      '  client.connected c1: done',
      '  client.authenticate c2: deny',
      '  message.publish c1 in: block',
    ].join('\n'),
  )
})

test('assertCalled tells how often a hook was called', async (t) => {
  const broker = await started(t)
  const said = await complaint(broker.assertCalled('client.authenticate', { times: 3 }))
  assert.match(said, /^client\.authenticate was called 2 times, not 3 times\.\n/)
  const never = await complaint(broker.assertCalled('client.connected', { times: 0 }))
  assert.match(never, /^client\.connected was called once, not 0 times\.\n/)
  const unloaded = await complaint(broker.assertCalled('provider.unloaded'))
  assert.match(unloaded, /^provider\.unloaded was not called\.\n/)
})

test('assertCalled tells where nobody handles a hook', async (t) => {
  const broker = await started(t)
  const said = await complaint(broker.assertCalled('client.disconnected'))
  assert.match(said, /^client\.disconnected was not called; no program that is loaded has/)
})

test('assertCalled shows failures with their reason', async (t) => {
  const app = new App({ logger: false }).onClientAuthenticate(() => new Promise(() => {}))
  const broker = await Broker.start(app, { context: t })
  await broker.delayCalls(1)
  await broker.withRequestTimeout(1, () => broker.client('c1').connect())
  const said = await complaint(broker.assertCalled('client.authenticate', { verdict: 'allow' }))
  assert.match(said, /\n {2}client\.authenticate c1: failed, \S/)
})

test('assertNotCalled shows the calls that should not be there', async (t) => {
  const broker = await started(t)
  await broker.assertNotCalled('client.connected', { clientid: 'c2' })
  assert.equal(
    await complaint(broker.assertNotCalled('client.authenticate')),
    [
      'client.authenticate was called 2 times.',
      'The calls so far:',
      '  client.authenticate c1: allow',
      '  client.authenticate c2: deny',
    ].join('\n'),
  )
})

test('of many calls the last ones are shown', async (t) => {
  const broker = await started(t)
  for (let number = 0; number < 50; number += 1) {
    await broker.publish('in', String(number))
  }
  const said = await complaint(broker.assertCalled('client.connected', { clientid: 'c9' }))
  assert.match(said, /\nThe last calls of 55:\n/)
  assert.equal(said.split('\n').length, 42)
})

test('a hook that is misspelled is none that was not called', async (t) => {
  const broker = await started(t)
  for (const assertion of ['assertCalled', 'assertNotCalled']) {
    await assert.rejects(
      broker[assertion]('client.conected'),
      (error) =>
        error instanceof InvalidOptionError &&
        error.message === 'there is no hook client.conected; did you mean client.connected?',
    )
    await assert.rejects(broker[assertion]('client.connected', { clientId: 'c1' }), {
      code: 'INVALID_OPTION',
      message: /there is no option clientId of a call.*clientid/,
    })
  }
  await assert.rejects(broker.assertCalled(), { code: 'INVALID_OPTION', message: /hook/ })
})
