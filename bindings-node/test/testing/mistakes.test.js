'use strict'

// How a broker cannot be started, and the words that say so.

const assert = require('node:assert/strict')
const net = require('node:net')
const { once } = require('node:events')
const { test } = require('node:test')
const exhook = require('exhook')
const { App, ExhookError } = exhook
const { Broker } = require('exhook/testing')

function app() {
  return new App({ logger: false }).onClientAuthenticate(() => true)
}

// What is given to `start`, and the words of the refusal.
const MISTAKES = [
  ['no program', [], /not nothing/],
  ['an empty array', [[]], /at least one app or URL/],
  ['a module', [{ default: app() }], /a module: give its default export/],
  ['a promise', [Promise.resolve(app())], /a promise: await it/],
  ['a function', [() => app()], /a function/],
  ['an app and a URL as one', [{ app: app(), url: '127.0.0.1:9' }], /\{ app \} or \{ url \}/],
  ['neither of them', [{ name: 'x' }], /\{ app \} or \{ url \}/],
  ['an app without handlers', [new App()], /the app has no handlers/],
  [
    'an option of a program',
    [{ app: app(), failed_action: 'deny' }],
    /failed_action.*failedAction/,
  ],
  ['a program without a name', [{ app: app(), name: '' }], /name is ''/],
  ['a URL of something else', ['ftp://127.0.0.1:9'], /http and https/],
  ['a URL without a port', ['http://localhost'], /no port/],
  [
    'an unknown version',
    [app(), { version: '7' }],
    /"7" is no EMQX that can be played.*4\.3 or newer$/,
  ],
  ['an ancient version', [app(), { version: '4.2' }], /older ones have no exhook/],
  ['a number as version', [app(), { version: 5.8 }], /version is 5\.8; it takes a text/],
  ['a misspelled option', [app(), { requestTimeout: 5 }], /requestTimeout.*requestTimeoutMs\?/],
  ['an option in snake case', [app(), { no_match: 'deny' }], /no_match.*noMatch/],
  ['a misspelled option of the kit', [app(), { contxt: {} }], /contxt.*context\?/],
  ['no node', [app(), { nodes: 0 }], /nodes is 0; it takes a whole number from 1/],
  ['half a node', [app(), { nodes: 1.5 }], /nodes is 1\.5/],
  ['no time', [app(), { requestTimeoutMs: 0 }], /requestTimeoutMs is 0/],
  ['a text as time', [app(), { requestTimeoutMs: '5s' }], /requestTimeoutMs is '5s'/],
  ['an action that is none', [app(), { failedAction: 'drop' }], /'drop'.*'deny' or 'ignore'/],
  ['a permission that is none', [app(), { noMatch: true }], /noMatch is true.*'allow' or 'deny'/],
  ['no pace', [app(), { pace: 0 }], /pace is 0; it takes a number above 0/],
  ['an endless pace', [app(), { pace: Number.POSITIVE_INFINITY }], /pace/],
  ['a context that is none', [app(), { context: true }], /node:test and vitest/],
  ['options that are none', [app(), 'deny'], /options of a broker are an object, not a string/],
  ['null as options', [app(), null], /options of a broker are an object, not null/],
  ['a switch that is none', [app(), { load: 'no' }], /load is 'no'; it takes true or false/],
]

for (const [name, given, words] of MISTAKES) {
  test(`${name} is explained`, async () => {
    await assert.rejects(Broker.start(...given), (error) => {
      assert.ok(error instanceof ExhookError, error)
      assert.ok(['INVALID_OPTION', 'INVALID_ADDRESS'].includes(error.code), error.code)
      assert.match(error.message, words)
      assert.doesNotMatch(error.message, /line \d|column|serde/)
      return true
    })
    const listening = [given].flat(2).filter((each) => each instanceof App && each.listening)
    assert.deepEqual(listening, [])
  })
}

test('an app that listens already is explained, and left alone', async (t) => {
  const busy = await app().listen('127.0.0.1:0', { signals: false, environment: false })
  t.after(() => busy.close())
  await assert.rejects(Broker.start(busy), (error) => {
    assert.equal(error.code, 'WRONG_STATE')
    assert.match(error.message, /listens already, on 127\.0\.0\.1:\d+\. .*give the URL/)
    return true
  })
  assert.equal(busy.listening, true)
  const twice = app()
  await assert.rejects(Broker.start([twice, twice]), /given twice/)
})

test('an app that starts to listen meanwhile ends nothing but the broker', async (t) => {
  const [first, second] = [app(), app()]
  t.after(() => second.close())
  const refused = assert.rejects(Broker.start([first, second]), { code: 'WRONG_STATE' })
  await second.listen('127.0.0.1:0', { signals: false, environment: false })
  await refused
  assert.equal(first.listening, false)
})

test('programs of one name are explained', async () => {
  const programs = [app(), app()].map((each) => ({ app: each, name: 'one' }))
  await assert.rejects(Broker.start(programs), /two providers are called one/)
  assert.ok(programs.every(({ app }) => !app.listening))
})

/** A port of this machine at which nobody listens. */
async function freePort() {
  const server = net.createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address()
  server.close()
  await once(server, 'close')
  return port
}

test('a URL at which nobody listens is explained', async (t) => {
  const url = `http://127.0.0.1:${await freePort()}`
  for (const version of ['4.4', '5.3', '5.8', '6.2']) {
    await assert.rejects(Broker.start(url, { version, requestTimeoutMs: 1_000 }), (error) => {
      assert.equal(error.code, 'IO')
      const words = /^the program could not be loaded: default on emqx1@127\.0\.0\.1: .*refused/
      assert.match(error.message, words)
      assert.match(error.message, /load: false/)
      return true
    })
  }
  const broker = await Broker.start(url, { load: false, context: t })
  const [{ status, reason }] = await broker.status()
  assert.equal(status, 'connecting')
  assert.match(reason, /refused/)
  // As with EMQX, nobody is asked, so everybody is let in.
  assert.equal((await broker.client('c1').connect()).accepted, true)
})

test('a program that is no hook program is explained', async (t) => {
  const server = net.createServer((socket) => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n'))
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.after(() => server.close())
  const url = `http://127.0.0.1:${server.address().port}`
  await assert.rejects(Broker.start(url, { requestTimeoutMs: 500 }), {
    code: 'IO',
    message: /could not be loaded/,
  })
})

test('what the broker is asked for that means nothing is explained', async (t) => {
  const broker = await Broker.start(app(), { context: t })
  const tries = [
    [() => broker.delayCalls('long'), /delayMs is 'long'/],
    [() => broker.delayCalls(), /delayMs|delay_ms/],
    [() => broker.withRequestTimeout(0, () => {}), /timeoutMs is 0/],
    [() => broker.withRequestTimeout(5), /takes a function, not nothing/],
    [() => broker.disable('defualt'), /no provider defualt; did you mean default\?/],
    [() => broker.enable('other'), /no provider other/],
    [() => broker.restart({ ordered: true }), /ordered.*orderly/],
    [() => broker.calls({ hook: 'message.published' }), /message\.publish\?/],
    [() => broker.waitUntilHandled({ timeout: 5 }), /timeout.*timeoutMs/],
    [() => broker.waitUntilLoaded({ timeoutMs: -1 }), /timeoutMs is -1/],
  ]
  for (const [attempt, words] of tries) {
    await assert.rejects(attempt(), (error) => {
      assert.equal(error.code, 'INVALID_OPTION', error.stack)
      assert.match(error.message, words)
      return true
    })
  }
})

test('a closed broker says so', async () => {
  const broker = await Broker.start(app())
  const client = broker.client('c1')
  await client.connect()
  await broker.close()
  const tries = [
    () => client.publish('a'),
    () => client.received(),
    () => broker.client('c2').connect(),
    () => broker.status(),
    () => broker.calls(),
    () => broker.waitUntilHandled(),
    () => broker.assertCalled('client.authenticate'),
    () => broker.withRequestTimeout(5, () => {}),
  ]
  for (const attempt of tries) {
    await assert.rejects(attempt(), { code: 'WRONG_STATE', message: 'the broker is closed' })
  }
})

test('what is under way when the broker is closed is rejected', async () => {
  const stuck = new App({ logger: false, timeoutMs: 3_000, drainTimeoutMs: 50 })
  const called = new Promise((resolve) => {
    stuck.onClientAuthenticate(() => {
      resolve()
      return new Promise(() => {})
    })
  })
  const broker = await Broker.start(stuck)
  const connecting = broker.client('c1').connect()
  await called
  const refused = assert.rejects(connecting, { message: 'the broker is closed' })
  await broker.close()
  await refused
})

test('errors are of the classes of exhook', async () => {
  await assert.rejects(Broker.start(), exhook.InvalidOptionError)
  await assert.rejects(Broker.start(`http://127.0.0.1:${await freePort()}`), exhook.IoError)
})
