'use strict'

// The simulated broker: what it calls, and what its options change.

const assert = require('node:assert/strict')
const { once } = require('node:events')
const { test } = require('node:test')
const { inspect } = require('node:util')
const { App } = require('exhook')
const { Broker } = require('exhook/testing')
const { HOOKS } = require('../support/hooks.js')

const VERSIONS = ['4.3', '4.4', '5.0', '5.3', '5.8', '5.9.2', '6.2', '6.3']

/** What a release sends of a request: the port of a client only since 5.4. */
function sent({ clientinfo, ...request }, version) {
  const { peerport, ...rest } = clientinfo ?? {}
  return { ...request, clientinfo: version === '4.4' ? rest : { ...rest, peerport } }
}

/** An app that knows alice, and moves messages from `in` to `out/…`. */
function mover() {
  const app = new App({ logger: false })
  app.onClientAuthenticate(({ clientinfo }) => clientinfo.username === 'alice')
  app.onMessagePublish('in', ({ message }) => {
    const payload = Buffer.concat([Buffer.from([0, 255]), message.payload])
    return message.replace({ topic: `out/${message.from}`, payload })
  })
  app.onClientConnected(() => {})
  return app
}

for (const version of VERSIONS) {
  test(`EMQX ${version} asks, and does what it is told`, async (t) => {
    const seen = []
    const app = mover().onProviderLoaded(({ broker }) => seen.push(broker.version))
    const broker = await Broker.start(app, { version, context: t })
    const alice = broker.client('c1', { username: 'alice' })
    assert.deepEqual(
      (await alice.connect()).calls.map(({ hook, verdict }) => [hook, verdict]),
      [
        ['client.authenticate', 'allow'],
        ['client.connected', 'done'],
      ],
    )
    assert.equal((await broker.client('c2', { username: 'bob' }).connect()).accepted, false)
    await alice.subscribe('out/#', { qos: 2 })
    const { deliveredAs, deliveredTo } = await alice.publish('in', Buffer.from([7]), { qos: 1 })
    assert.deepEqual(deliveredTo, ['c1'])
    const message = { topic: 'out/c1', payload: Buffer.from([0, 255, 7]), qos: 1 }
    assert.deepEqual(deliveredAs, { ...message, retain: false, from: 'c1' })
    assert.deepEqual(await alice.received(), [deliveredAs])
    await broker.waitUntilHandled()
    assert.ok(seen.length === 1 && seen[0].startsWith(version), seen)
  })
}

test('all options are those of the broker', async (t) => {
  const broker = await Broker.start(mover(), {
    ...{ version: '5.8', nodes: 2, authentication: 'allow', authorization: 'allow' },
    ...{ noMatch: 'deny', authorizationCache: false, pace: 10, keepCalls: true, load: true },
    ...{ requestTimeoutMs: 900, failedAction: 'ignore', autoReconnectMs: 0, poolSize: 1 },
    context: t,
  })
  const client = broker.client('c1', {
    ...{ username: 'alice', password: '', protocolVersion: 3, cleanStart: false, node: 1 },
    ...{ sessionExpiryInterval: 1, keepalive: 0, peerhost: '::1', userProperties: {} },
    will: { topic: 'a', payload: 'x', qos: 2, retain: true, userProperties: { a: 'b' } },
  })
  assert.equal((await client.connect()).accepted, true)
})

test('what a client experiences is the same to the letter', async (t) => {
  const broker = await Broker.start(mover(), { context: t })
  const { elapsedMs, ...call } = (await broker.client('c1').connect()).calls[0]
  assert.ok(elapsedMs > 0 && elapsedMs < 5_000, String(elapsedMs))
  assert.deepEqual(call, {
    number: 1,
    node: 'emqx1@127.0.0.1',
    provider: 'default',
    hook: 'client.authenticate',
    clientid: 'c1',
    topic: undefined,
    result: 'answered',
    verdict: 'deny',
  })
})

test('the broker publishes without a client, as its REST API does', async (t) => {
  const broker = await Broker.start(mover(), { context: t })
  const { deliveredAs, deliveredTo, calls } = await broker.publish('in', 'x')
  assert.deepEqual([deliveredAs.topic, deliveredAs.from, deliveredTo], ['out/', '', []])
  assert.deepEqual(
    calls.map(({ hook, clientid, verdict }) => [hook, clientid, verdict]),
    [['message.publish', '', 'replace']],
  )
})

test('every node loads every program', async (t) => {
  const broker = await Broker.start([mover(), mover()], { nodes: 2, context: t })
  const statuses = await broker.status()
  assert.deepEqual(
    statuses.map(({ node, provider, status, loads }) => [node, provider, status, loads]),
    ['emqx1@127.0.0.1', 'emqx2@127.0.0.1'].flatMap((node) => [
      [node, 'program1', 'connected', 1],
      [node, 'program2', 'connected', 1],
    ]),
  )
  assert.deepEqual(statuses[0].hooks, [
    { hook: 'client.connected', topics: [] },
    { hook: 'client.authenticate', topics: [] },
    { hook: 'message.publish', topics: ['in'] },
  ])
  const client = broker.client('c1', { username: 'alice', node: 1 })
  const { calls } = await client.connect()
  assert.ok(calls.every(({ node }) => node === 'emqx2@127.0.0.1'))
})

test('programs are apps and URLs, with names and options of their own', async (t) => {
  const elsewhere = await mover().listen('127.0.0.1:0', { signals: false, environment: false })
  t.after(() => elsewhere.close())
  const undecided = new App({ logger: false }).onClientAuthenticate(() => {})
  const broker = await Broker.start(
    [
      { app: undecided, name: 'undecided', failedAction: 'ignore' },
      { url: `http://${elsewhere.address}`, name: 'elsewhere', poolSize: 1 },
    ],
    { version: '5.8', context: t },
  )
  const { calls } = await broker.client('c1', { username: 'alice' }).connect()
  assert.deepEqual(
    calls.map(({ provider, hook, verdict }) => [provider, hook, verdict]),
    [
      ['undecided', 'client.authenticate', 'ignore'],
      ['elsewhere', 'client.authenticate', 'allow'],
      ['elsewhere', 'client.connected', 'done'],
    ],
  )
  assert.equal(elsewhere.metrics().connectionsAccepted, 1)
})

test("the broker's own authentication and authorization come where EMQX has them", async (t) => {
  const app = new App({ logger: false })
    .onClientAuthenticate(() => true)
    .onClientAuthorize(() => false)
  const options = { authentication: 'deny', authorization: 'allow', version: '5.8' }
  const strict = await Broker.start(app, { ...options, context: t })
  assert.equal((await strict.client('c1').connect()).accepted, false)
  await strict.assertNotCalled('client.authenticate')
  await strict.close()
  const open = await Broker.start(app, { ...options, authentication: 'allow', context: t })
  const client = open.client('c1')
  await client.connect()
  assert.equal((await client.publish('a')).authorized, true)
  await open.assertNotCalled('client.authorize')
  await open.close()
  const asking = await Broker.start(app, { noMatch: 'deny', context: t })
  const asked = asking.client('c1')
  await asked.connect()
  assert.deepEqual(await asked.publish('a'), {
    authorized: false,
    blocked: false,
    deliveredAs: undefined,
    deliveredTo: [],
    reasonCode: 135,
    calls: await asking.calls({ hook: 'client.authorize' }),
  })
  assert.equal((await asked.subscribe('a')).accepted, false)
})

test('an app is told of the end, and listens no more', async () => {
  const app = mover().onProviderUnloaded(() => {})
  const unloaded = once(app, 'close')
  const broker = await Broker.start(app)
  await broker.close()
  await unloaded
  assert.equal(app.listening, false)
  const [{ calls }] = app.metrics().hooks.filter(({ hook }) => hook === 'provider.unloaded')
  assert.equal(calls, 1)
})

test('calls are chosen by what they are', async (t) => {
  const broker = await Broker.start(mover(), { context: t })
  const alice = broker.client('alice', { username: 'alice' })
  await alice.connect()
  await broker.client('bob').connect()
  await alice.publish('in', '1')
  await alice.publish('elsewhere', '2')
  const count = async (filter) => (await broker.calls(filter)).length
  assert.equal(await count({ hook: 'client.authenticate' }), 2)
  assert.equal(await count({ hook: 'client.authenticate', verdict: 'deny' }), 1)
  assert.equal(await count({ clientid: 'alice' }), 3)
  assert.equal(await count({ clientid: 'alice', topic: 'in' }), 1)
  assert.equal(await count({ node: 'emqx2@127.0.0.1' }), 0)
  assert.equal(await count({ result: 'failed' }), 0)
  assert.deepEqual(
    (await broker.calls()).map(({ number }) => number),
    [0, 1, 2, 3, 4],
  )
  await broker.forgetCalls()
  assert.equal(await count(), 0)
})

for (const [version, speaks] of [
  ['4.4', 'v1'],
  ['5.8', 'v2'],
  ['5.9', 'v3'],
]) {
  test(`calls of EMQX ${version} have the request that handlers see`, async (t) => {
    const seen = []
    const app = new App({ logger: false })
      .onClientAuthenticate((request) => void seen.push(request))
      .onMessagePublish((request) => void seen.push(request))
    const broker = await Broker.start(app, { version, failedAction: 'ignore', context: t })
    const payload = Buffer.alloc(100_000, 7)
    await broker.client('ü', { username: 'alice', password: 'secret' }).connect()
    await broker.publish('a', payload)
    const [{ request: login }] = await broker.assertCalled('client.authenticate')
    const [{ request: message }] = await broker.calls({ hook: 'message.publish' })
    for (const [request, other] of [login, message].map((request, place) => [
      request,
      seen[place],
    ])) {
      assert.ok(request instanceof other.constructor)
      assert.deepEqual(sent(request.toJSON(), version), sent(other.toJSON(), version))
      assert.deepEqual([request.hook, request.package], [other.hook, speaks])
      assert.deepEqual([request.topic, request.clientid], [other.topic, other.clientid])
      assert.equal(request.deadlineMs, undefined)
      assert.equal(request.signal.aborted, false)
    }
    assert.deepEqual([login.clientid, login.clientinfo.password], ['ü', 'secret'])
    assert.deepEqual(message.message.payload, payload)
    assert.doesNotMatch(inspect(await broker.calls()), /secret/)
  })
}

test('a broker that keeps no calls tells them to their client only', async (t) => {
  const broker = await Broker.start(mover(), { keepCalls: false, context: t })
  const { calls } = await broker.client('c1', { username: 'alice' }).connect()
  assert.equal(calls.length, 2)
  assert.deepEqual(await broker.calls(), [])
})

test('every hook has a name that assertions know', async (t) => {
  const broker = await Broker.start(mover(), { context: t })
  for (const { name } of HOOKS.filter(({ name }) => name !== 'provider.loaded')) {
    await broker.assertNotCalled(name)
  }
})
