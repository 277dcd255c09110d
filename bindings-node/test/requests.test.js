'use strict'

// What handlers see of what brokers send.

const assert = require('node:assert/strict')
const { test } = require('node:test')
const { inspect } = require('node:util')
const exhook = require('exhook')
const { App } = exhook
const { message } = require('./support/broker.js')
const { HOOKS, hooksOf } = require('./support/hooks.js')
const { listening } = require('./support/listening.js')
const { json, read, sample, seen } = require('./support/samples.js')
const { serve } = require('./support/serve.js')

const PACKAGES = ['v1', 'v2', 'v3']

const WORDS = {
  'plain text': ['plain', 'text'],
  'non-ASCII text and emoji': [
    'ärger',
    '😀',
    '火事だ',
    '\u{10ffff}',
    'e\u0301',
    '\u0000',
    '\ufffd',
  ],
  'Latin-1 text': ['é', 'ÿ', '\u0080'],
  'long text': [
    'a'.repeat(70_000),
    'é'.repeat(35_000),
    '😀'.repeat(20_000),
    `${'x'.repeat(65_535)}ß`,
  ],
}

for (const speaks of PACKAGES) {
  for (const [kind, words] of Object.entries(WORDS)) {
    test(`every field of every request of ${speaks} is read, ${kind}`, async (t) => {
      const call = await listening(t, speaks)
      for (const { rpc } of hooksOf(speaks)) {
        const fields = sample(speaks, rpc, words)
        const request = await call(rpc, fields)
        const expected = seen(speaks, rpc, fields)
        assert.deepEqual(read(rpc, request), expected, rpc)
        // Once more: what is read twice is the same.
        assert.deepEqual(read(rpc, request), expected, rpc)
        assert.deepEqual(JSON.parse(JSON.stringify(request)), json(expected), rpc)
      }
    })
  }

  test(`empty requests of ${speaks} have empty fields and no meta`, async (t) => {
    const call = await listening(t, speaks)
    for (const { rpc } of hooksOf(speaks)) {
      const request = await call(rpc, {})
      assert.deepEqual(read(rpc, request), seen(speaks, rpc, {}), rpc)
      assert.equal(request.meta, undefined)
      assert.equal(request.node, '')
      assert.deepEqual(JSON.parse(JSON.stringify(request)), json(seen(speaks, rpc, {})), rpc)
    }
  })

  test(`requests of ${speaks} tell hook, package, client, topic and node`, async (t) => {
    const call = await listening(t, speaks)
    for (const { name, rpc } of hooksOf(speaks)) {
      const fields = sample(speaks, rpc)
      const shown = seen(speaks, rpc, fields)
      const request = await call(rpc, fields)
      assert.equal(request.hook, name)
      assert.equal(request.package, speaks)
      const about = shown.clientinfo ?? shown.conninfo
      assert.equal(request.clientid ?? '', about?.clientid ?? shown.message?.from ?? '', rpc)
      assert.equal(request.topic, shown.topic ?? shown.message?.topic, rpc)
      assert.equal(request.node, shown.meta.node)
    }
  })
}

test('requests are of the class of their hook', async (t) => {
  const call = await listening(t, 'v3')
  for (const hook of HOOKS) {
    const request = await call(hook.rpc, sample('v3', hook.rpc))
    assert.equal(request.constructor.name, hook.request)
    assert.ok(request instanceof exhook[hook.request], hook.request)
  }
})

test('fields cannot be set', async (t) => {
  const call = await listening(t, 'v3')
  const request = await call('OnClientAuthorize', sample('v3', 'OnClientAuthorize'))
  for (const name of ['topic', 'clientinfo', 'hook', 'clientid']) {
    assert.throws(() => {
      request[name] = 'x'
    }, TypeError)
  }
})

test('parts of a request are made once', async (t) => {
  const call = await listening(t, 'v3')
  const request = await call('OnMessagePublish', sample('v3', 'OnMessagePublish'))
  for (const name of ['message', 'meta', 'props', 'user_props']) {
    assert.equal(request[name], request[name], name)
  }
})

test('the type of an authorize request is publish or subscribe', async (t) => {
  for (const speaks of PACKAGES) {
    const call = await listening(t, speaks)
    assert.equal((await call('OnClientAuthorize', { type: 'PUBLISH' })).type, 'publish')
    assert.equal((await call('OnClientAuthorize', { type: 'SUBSCRIBE' })).type, 'subscribe')
  }
})

test('lists are arrays, of any length', async (t) => {
  const call = await listening(t, 'v3')
  for (const count of [0, 1, 2, 50, 2_000]) {
    const topic_filters = Array.from({ length: count }, (_, index) => ({
      name: `filter/${index}`,
      subopts: { qos: index % 3, rh: 1, rap: 1, nl: 1 },
    }))
    const user_props = topic_filters.map(({ name }) => ({ name: 'same', value: name }))
    const request = await call('OnClientSubscribe', { topic_filters, user_props })
    assert.ok(Array.isArray(request.topic_filters))
    assert.equal(request.topic_filters.length, count)
    assert.deepEqual(request.toJSON().topic_filters, topic_filters)
    assert.deepEqual(
      request.user_props.map(({ value }) => value),
      user_props.map((each) => each.value),
    )
    assert.deepEqual(request.props, [])
  }
})

test('properties can be taken apart', async (t) => {
  const call = await listening(t, 'v3')
  const user_props = [
    { name: 'a', value: '1' },
    { name: 'b', value: '2' },
  ]
  const request = await call('OnClientConnect', { user_props })
  const pairs = []
  for (const [name, value] of request.user_props) pairs.push(`${name}=${value}`)
  assert.deepEqual(pairs, ['a=1', 'b=2'])
})

test('older filters have subopts, and user properties of older brokers are read', async (t) => {
  const first = await listening(t, 'v1')
  const subscribe = await first('OnClientSubscribe', { topic_filters: [{ name: 'a', qos: 2 }] })
  assert.deepEqual(subscribe.toJSON().topic_filters, [
    { name: 'a', subopts: { qos: 2, rh: 0, rap: 0, nl: 0 } },
  ])
  const second = await listening(t, 'v2')
  const props = [{ name: 'User-Property', value: '[{<<"team">>,<<"ops">>}]' }]
  const connect = await second('OnClientConnect', { props })
  assert.deepEqual(connect.toJSON().user_props, [{ name: 'team', value: 'ops' }])
  assert.deepEqual(connect.props, [])
})

test('headers are an object without prototype, whatever their names', async (t) => {
  const headers = { username: 'alice', '': 'empty', toString: 'x', constructor: 'y' }
  const call = await listening(t, 'v3')
  const request = await call('OnMessagePublish', { message: { ...message(), headers } })
  assert.equal(Object.getPrototypeOf(request.message.headers), null)
  assert.deepEqual({ ...request.message.headers }, { ...headers })
})

test('a header named __proto__ is a header', async (t) => {
  const kept = []
  const app = new App().onMessagePublish((request) => void kept.push(request.message.headers))
  const broker = await serve(t, app)
  const part = (tag, content) => Buffer.concat([Buffer.from([tag, content.length]), content])
  const entry = Buffer.concat([part(0x0a, Buffer.from('__proto__')), part(0x12, Buffer.from('x'))])
  await broker.callBytes('OnMessagePublish', part(0x0a, part(0x42, entry)))
  assert.deepEqual(Object.entries(kept[0]), [['__proto__', 'x']])
  assert.equal(Object.getPrototypeOf(kept[0]), null)
})

test('64-bit integers are numbers', async (t) => {
  const call = await listening(t, 'v3')
  const values = [0, 1, 2 ** 31, 2 ** 32 - 1, 2 ** 32, 1_700_000_000_000, Number.MAX_SAFE_INTEGER]
  for (const value of values) {
    const publish = await call('OnMessagePublish', { message: { timestamp: value } })
    assert.equal(publish.message.timestamp, value)
    const loaded = await call('OnProviderLoaded', { broker: { uptime: value } })
    assert.equal(loaded.broker.uptime, value)
  }
  const negative = await call('OnProviderLoaded', { broker: { uptime: -5 } })
  assert.equal(negative.broker.uptime, -5)
})

test('neither password nor payload is shown', async (t) => {
  const call = await listening(t, 'v3')
  const clientinfo = { clientid: 'c1', username: 'alice', password: 'secret-word' }
  const login = await call('OnClientAuthenticate', { clientinfo })
  const hidden = message({ payload: 'hidden-payload' })
  const publish = await call('OnMessagePublish', { message: hidden })
  const delivered = await call('OnMessageDelivered', { clientinfo, message: hidden })
  const shown = [login, login.clientinfo, publish, publish.message, delivered]
  const texts = shown.flatMap((each) => [
    inspect(each),
    inspect(each, { depth: 10, showHidden: true, getters: true }),
    inspect({ each }, { depth: 10, compact: false }),
    JSON.stringify(each),
    String(each),
  ])
  for (const text of texts) assert.doesNotMatch(text, /secret-word|hidden-payload/)
  assert.equal(login.clientinfo.password, 'secret-word')
  for (const each of [login, login.clientinfo, delivered]) assert.match(inspect(each), /<redacted>/)
  for (const each of [publish, publish.message]) assert.match(inspect(each), /<14 bytes>/)
  assert.match(inspect(login), /ClientAuthenticateRequest[\s\S]*username: 'alice'/)
  assert.match(inspect(publish), /MessagePublishRequest[\s\S]*topic: 'a\/b'/)
  assert.equal(publish.toJSON().message.payload, Buffer.from('hidden-payload').toString('base64'))
  assert.ok(!('password' in login.toJSON().clientinfo))
})

test('a request that cannot be read is answered with the fallback', async (t) => {
  const app = new App({ logger: false })
  app.onClientAuthenticate(() => true).onMessagePublish(() => assert.fail('it cannot be read'))
  const broker = await serve(t, app)
  const login = await broker.callBytes('OnClientAuthenticate', Buffer.from([0x0a, 0xff, 0xff]))
  assert.equal(login.bool_result, false)
  await broker.callBytes('OnMessagePublish', Buffer.from('not protobuf'))
  assert.equal(await broker.authenticate(), 'allow')
})
