'use strict'

// The MQTT clients of the simulated broker.

const assert = require('node:assert/strict')
const { test } = require('node:test')
const { App, InvalidOptionError, WrongStateError } = require('exhook')
const { Broker } = require('exhook/testing')

/** Lets everybody in but nobody, and blocks what is published to `blocked`. */
function app() {
  return new App({ logger: false })
    .onClientAuthenticate(({ clientinfo }) => clientinfo.username !== 'nobody')
    .onClientAuthorize(({ topic }) => (topic.startsWith('secret') ? false : undefined))
    .onMessagePublish('blocked', ({ message }) => message.block())
}

/** The clients of a broker, connected. */
async function connected(t, options, ...clientids) {
  const broker = await Broker.start(app(), { ...options, context: t })
  const clients = clientids.map((clientid) => broker.client(clientid))
  for (const client of clients) await client.connect()
  return { broker, clients }
}

test('messages reach those who subscribe', async (t) => {
  const {
    clients: [one, other],
  } = await connected(t, {}, 'c1', 'c2')
  assert.deepEqual((await other.subscribe(['a/+', { filter: 'b', qos: 1 }], { qos: 2 })).filters, [
    { filter: 'a/+', granted: true, reasonCode: 2 },
    { filter: 'b', granted: true, reasonCode: 1 },
  ])
  assert.deepEqual((await one.publish('a/1', 'text', { qos: 2 })).deliveredTo, ['c2'])
  await one.publish('b', new Uint8Array([1, 2]), { qos: 2 })
  await one.publish('c')
  assert.equal((await other.unsubscribe(['a/+', 'x'])).calls.length, 0)
  assert.equal((await one.publish('a/1', '', { qos: 1 })).reasonCode, 16)
  assert.deepEqual(
    (await other.received()).map(({ topic, payload, qos }) => [topic, [...payload], qos]),
    [
      ['a/1', [...Buffer.from('text')], 2],
      ['b', [1, 2], 1],
    ],
  )
  assert.deepEqual(await one.received(), [])
})

test('a client that does not want its own messages gets none of them', async (t) => {
  const {
    clients: [client],
  } = await connected(t, {}, 'c1')
  await client.subscribe('a', { noLocal: true })
  assert.deepEqual((await client.publish('a')).deliveredTo, [])
})

test('of a shared subscription one has each message', async (t) => {
  const {
    clients: [one, two, three],
  } = await connected(t, {}, 'c1', 'c2', 'c3')
  await two.subscribe('$share/group/a')
  await three.subscribe('$share/group/a')
  for (let number = 0; number < 4; number += 1) await one.publish('a', String(number))
  const counts = [await two.received(), await three.received()].map(({ length }) => length)
  assert.equal(counts[0] + counts[1], 4)
})

test('what is retained waits for subscribers', async (t) => {
  const {
    clients: [client],
  } = await connected(t, {}, 'c1')
  await client.publish('a', 'kept', { retain: true })
  await client.subscribe('a')
  const [message] = await client.received()
  assert.deepEqual([message.payload.toString(), message.retain], ['kept', true])
})

test('a will is published where the connection is lost, and not where the client leaves', async (t) => {
  const {
    broker,
    clients: [watcher],
  } = await connected(t, {}, 'watcher')
  await watcher.subscribe('wills/#')
  const will = { topic: 'wills/1', payload: Buffer.from([255]), qos: 1 }
  const client = broker.client('c1', { will })
  await client.connect()
  await client.disconnect()
  assert.deepEqual(await watcher.received(), [])
  await client.connect()
  assert.equal(await client.isConnected(), true)
  await client.loseConnection()
  assert.equal(await client.isConnected(), false)
  assert.deepEqual(
    (await watcher.received()).map(({ topic, payload }) => [topic, [...payload]]),
    [['wills/1', [255]]],
  )
})

test('a session outlives its connection where it was asked to', async (t) => {
  const { broker } = await connected(t, {})
  const settings = { cleanStart: false, sessionExpiryInterval: 60 }
  const client = broker.client('c1', settings)
  assert.equal((await client.connect()).sessionPresent, false)
  await client.subscribe('a', { qos: 1 })
  await client.disconnect()
  await broker.publish('a', 'meanwhile', { qos: 1 })
  assert.equal((await client.connect()).sessionPresent, true)
  const [{ payload }] = await client.received()
  assert.equal(payload.toString(), 'meanwhile')
})

test('hooks see what a client is', async (t) => {
  const seen = []
  const app = new App({ logger: false })
    .onClientConnect(({ conninfo, user_props }) => {
      const { clientid, username, peerhost, proto_ver, keepalive } = conninfo
      const properties = [...user_props].map(({ name, value }) => [name, value])
      seen.push({ clientid, username, peerhost, proto_ver, keepalive, properties })
    })
    .onClientAuthenticate(({ clientinfo }) => clientinfo.password === 'pässword')
  const broker = await Broker.start(app, { version: '5.9', context: t })
  const settings = { username: 'müller', password: 'pässword', peerhost: '10.0.0.7', keepalive: 9 }
  for (const userProperties of [{ a: '1', b: '2' }, Object.entries({ a: '1', b: '2' })]) {
    const client = broker.client('c1', { ...settings, userProperties })
    assert.equal(client.clientid, 'c1')
    assert.equal((await client.connect()).accepted, true)
  }
  await broker.waitUntilHandled()
  const properties = [
    ['a', '1'],
    ['b', '2'],
  ]
  const { username, peerhost, keepalive } = settings
  const expected = { clientid: 'c1', username, peerhost, proto_ver: '5', keepalive, properties }
  assert.deepEqual(seen, [expected, expected])
})

test('what is blocked or refused says so', async (t) => {
  const {
    clients: [client],
  } = await connected(t, { version: '5.8' }, 'c1')
  const blocked = await client.publish('blocked', 'x', { qos: 1 })
  assert.deepEqual([blocked.authorized, blocked.blocked, blocked.reasonCode], [true, true, 16])
  assert.equal(blocked.deliveredAs, undefined)
  const refused = await client.publish('secret/1', 'x', { qos: 1 })
  assert.deepEqual([refused.authorized, refused.blocked, refused.reasonCode], [false, false, 135])
  const { accepted, filters } = await client.subscribe(['secret/#', 'open'])
  assert.equal(accepted, false)
  assert.deepEqual(
    filters.map(({ granted, reasonCode }) => [granted, reasonCode]),
    [
      [false, 135],
      [true, 0],
    ],
  )
})

test('a client does one thing after the other, whether awaited or not', async (t) => {
  const { broker } = await connected(t, {})
  const client = broker.client('c1')
  const [{ accepted }, , { deliveredTo }, received] = await Promise.all([
    client.connect(),
    client.subscribe('a'),
    client.publish('a', 'x'),
    client.received(),
    client.disconnect(),
  ])
  assert.deepEqual([accepted, deliveredTo, received.length], [true, ['c1'], 1])
})

test('a client that is not connected is told how to be', async (t) => {
  const { broker } = await connected(t, {})
  const client = broker.client('c1')
  const tries = [
    () => client.publish('a'),
    () => client.subscribe('a'),
    () => client.unsubscribe('a'),
    () => client.disconnect(),
    () => client.loseConnection(),
  ]
  const fail = async (message) => {
    for (const attempt of tries) {
      await assert.rejects(attempt(), (error) => {
        assert.ok(error instanceof WrongStateError, error)
        assert.match(error.message, message)
        return true
      })
    }
  }
  await fail(/client c1 is not connected; await connect\(\) first/)
  await client.connect()
  await client.disconnect()
  await fail(/client c1 has disconnected; connect it again/)
  await client.connect()
  await client.loseConnection()
  await fail(/client c1 has lost its connection; connect it again/)
  assert.deepEqual(await client.received(), [])
  const nobody = broker.client('c9', { username: 'nobody' })
  await nobody.connect()
  await assert.rejects(
    nobody.publish('a'),
    /client c9 was refused when it connected: not_authorized/,
  )
})

test('a client whose session another has taken is told so', async (t) => {
  const {
    broker,
    clients: [client],
  } = await connected(t, {}, 'c1')
  const other = broker.client('c1')
  await other.connect()
  assert.equal(await client.isConnected(), false)
  for (const attempt of [() => client.publish('a'), () => client.subscribe('a')]) {
    await assert.rejects(attempt(), /client c1 has lost its session to another of its client id/)
  }
  assert.equal((await other.publish('a')).authorized, true)
})

// What is wrong, and the words that say so.
const MISTAKES = [
  ['no client id', (broker) => broker.client(), /client id is nothing/],
  ['a number as client id', (broker) => broker.client(5), /client id is a number/],
  ['an unknown option', (broker) => broker.client('c', { userName: 'a' }), /userName.*username/],
  ['a password that is no text', (broker) => broker.client('c', { password: 5 }), /password is 5/],
  ['an old protocol', (broker) => broker.client('c', { protocolVersion: 2 }), /from 3 to 5/],
  [
    'a node that is not there',
    (broker) => broker.client('c', { node: 1 }),
    /node is 1.*from 0 to 0/,
  ],
  ['a will without a topic', (broker) => broker.client('c', { will: {} }), /topic is nothing/],
  ['a will that is a text', (broker) => broker.client('c', { will: 'x' }), /will is a string/],
  [
    'properties that are no texts',
    (b) => b.client('c', { userProperties: [['a', 1]] }),
    /userProp/,
  ],
  ['a wildcard in a topic', (_, client) => client.publish('a/#'), /a\/#|wildcard/],
  ['an empty topic', (_, client) => client.publish(''), /topic/],
  ['no topic', (_, client) => client.publish(), /topic is nothing/],
  ['a number as payload', (_, client) => client.publish('a', 5), /payload is a number/],
  ['a quality of service of 3', (_, client) => client.publish('a', 'x', { qos: 3 }), /qos is 3/],
  ['an unknown option of a message', (_, c) => c.publish('a', 'x', { retained: true }), /retain\?/],
  ['options that are none', (_, client) => client.publish('a', 'x', 1), /options of a message/],
  ['an empty filter', (_, client) => client.subscribe(''), /empty text/],
  ['no filter', (_, client) => client.subscribe([]), /at least one/],
  ['a filter that is none', (_, client) => client.subscribe({ topic: 'a' }), /topic.*subscription/],
  ['a number to unsubscribe', (_, client) => client.unsubscribe(5), /filter is a number/],
]

for (const [name, wrong, words] of MISTAKES) {
  test(`${name} is explained`, async (t) => {
    const {
      broker,
      clients: [client],
    } = await connected(t, {}, 'c1')
    await assert.rejects(
      async () => wrong(broker, client),
      (error) => {
        assert.ok(error instanceof InvalidOptionError, error)
        assert.match(error.message, words)
        return true
      },
    )
    assert.equal((await client.publish('a')).authorized, true)
  })
}
