'use strict'

// Brokers and networks that fail, and programs that are loaded again.

const assert = require('node:assert/strict')
const { test } = require('node:test')
const { App } = require('exhook')
const { Broker } = require('exhook/testing')
const { eventually } = require('../support/eventually.js')

function app() {
  return new App({ logger: false }).onClientAuthenticate(() => true)
}

test('a program is disabled and enabled', async (t) => {
  const broker = await Broker.start(app(), { version: '5.8', context: t })
  await broker.disable()
  assert.deepEqual(
    (await broker.status()).map(({ status, hooks }) => [status, hooks]),
    [['disabled', []]],
  )
  assert.deepEqual((await broker.client('c1').connect()).calls, [])
  await broker.enable()
  assert.equal((await broker.client('c1').connect()).calls.length, 1)
  const hooks = (await broker.calls()).map(({ hook }) => hook)
  assert.deepEqual(hooks, [
    ...['provider.loaded', 'provider.unloaded', 'provider.loaded'],
    'client.authenticate',
  ])
})

test('one program of several is disabled by its name', async (t) => {
  const programs = [
    { app: app(), name: 'one' },
    { app: app(), name: 'two' },
  ]
  const broker = await Broker.start(programs, { context: t })
  await broker.disable('two')
  assert.deepEqual(
    (await broker.status()).map(({ provider, status }) => [provider, status]),
    [
      ['one', 'connected'],
      ['two', 'disabled'],
    ],
  )
  await broker.enable('two')
  assert.ok((await broker.status()).every(({ status }) => status === 'connected'))
})

test('a restart loads the program anew, with an unload before where it is orderly', async (t) => {
  const broker = await Broker.start(app(), { context: t })
  await broker.restart()
  await broker.assertNotCalled('provider.unloaded')
  await broker.restart({ orderly: true })
  await broker.assertCalled('provider.unloaded', { times: 1 })
  await broker.assertCalled('provider.loaded', { times: 3 })
  assert.equal((await broker.client('c1').connect()).accepted, true)
})

for (const version of ['4.4', '5.3', '5.8', '5.10.5', '6.2']) {
  test(`EMQX ${version} comes back after its connections were cut`, async (t) => {
    const options = { version, pace: 200, autoReconnectMs: 5_000, context: t }
    const broker = await Broker.start(app(), options)
    await broker.cutConnections()
    const answered = async () => {
      const { calls } = await broker.client('c1').connect()
      return calls.length === 1 && calls[0].result === 'answered'
    }
    await eventually(answered, () => 'an answer')
  })
}

test('a program that comes late is loaded when it is there', async (t) => {
  const late = app()
  await late.listen('127.0.0.1:0', { signals: false, environment: false })
  const { address } = late
  await late.close()
  const options = { load: false, autoReconnectMs: 2_000, pace: 100, context: t }
  const broker = await Broker.start(`http://${address}`, options)
  assert.equal((await broker.status())[0].status, 'connecting')
  await assert.rejects(broker.waitUntilLoaded({ timeoutMs: 1 }), { code: 'IO' })
  await late.listen(address, { signals: false, environment: false })
  t.after(() => late.close())
  await broker.waitUntilLoaded()
  assert.equal((await broker.status())[0].status, 'connected')
})

for (const version of ['5.3', '5.8', '6.2']) {
  test(`a program that stops and starts again is called by EMQX ${version}`, async (t) => {
    const options = { version, pace: 200, requestTimeoutMs: 1_000, context: t }
    const broker = await Broker.start(app(), options)
    await broker.stopApps()
    const { calls, accepted } = await broker.client('c1').connect()
    assert.equal(accepted, false)
    assert.ok(calls.every(({ result }) => result === 'failed'))
    await broker.startApps()
    await broker.startApps()
    const isAccepted = async () => (await broker.client('c1').connect()).accepted
    await eventually(isAccepted, () => 'a login')
  })
}

test('a program that runs elsewhere is not stopped', async (t) => {
  const elsewhere = await app().listen('127.0.0.1:0', { signals: false, environment: false })
  t.after(() => elsewhere.close())
  const broker = await Broker.start(elsewhere.address, { context: t })
  const refusal = { code: 'WRONG_STATE', message: /the program runs elsewhere/ }
  await assert.rejects(broker.stopApps(), refusal)
  await assert.rejects(broker.startApps(), refusal)
})

test('a slow network delays calls, until it does not', async (t) => {
  const broker = await Broker.start(app(), { context: t })
  await broker.delayCalls(40)
  const [slow] = (await broker.client('c1').connect()).calls
  assert.ok(slow.elapsedMs >= 40, String(slow.elapsedMs))
  await broker.delayCalls(60_000)
  // What a test leaves behind does not delay its end.
  await broker.close()
})
