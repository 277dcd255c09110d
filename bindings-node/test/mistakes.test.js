'use strict'

// What is refused, and the words that say why.

const assert = require('node:assert/strict')
const { test } = require('node:test')
const { App, InvalidOptionError } = require('exhook')
const { ANY } = require('./support/serve.js')

// What is wrong, and the words that say so.
const MISTAKES = [
  ['an unknown option of the app', () => new App({ timeout: 5 }), /timeoutMs/],
  ['a snake-case option', () => new App({ timeout_ms: 5 }), /timeoutMs/],
  [
    'an unknown option of a handler',
    (app) => app.onClientConnected(() => {}, { akc: 'late' }),
    /'?ack/,
  ],
  [
    'a zero timeout',
    (app) => app.onClientConnected(() => {}, { timeoutMs: 0 }),
    /timeoutMs|timeout_ms/,
  ],
  ['a text as timeout', (app) => app.onClientConnected(() => {}, { timeoutMs: '5' }), /timeoutMs/],
  [
    'a fraction as timeout',
    (app) => app.onClientConnected(() => {}, { timeoutMs: 1.5 }),
    /timeoutMs/,
  ],
  ['NaN as timeout', (app) => app.onClientConnected(() => {}, { timeoutMs: NaN }), /timeoutMs/],
  ['a negative timeout', (app) => app.onClientConnected(() => {}, { timeoutMs: -1 }), /timeoutMs/],
  [
    'a fallback of another hook',
    (app) => app.onClientAuthenticate(() => true, { fallback: 'block' }),
    /client\.authenticate.*allow, deny, ignore/,
  ],
  [
    'allow as fallback of publish',
    (app) => app.onMessagePublish(() => {}, { fallback: 'allow' }),
    /message\.publish.*unchanged, block/,
  ],
  [
    'a fallback of a notification',
    (app) => app.onClientConnected(() => {}, { fallback: 'deny' }),
    /client\.connected only informs/,
  ],
  ['an ack of a valued hook', (app) => app.onClientAuthorize(() => true, { ack: 'late' }), /ack/],
  ['an unknown ack', (app) => app.onClientConnected(() => {}, { ack: 'never' }), /early.*late/],
  ['topics of another hook', (app) => app.onClientConnected('a', () => {}), /onClientConnected/],
  ['a wildcard that is no level', (app) => app.onMessagePublish('a/b#', () => {}), /a\/b#/],
  ['a # before the end', (app) => app.onMessagePublish('a/#/b', () => {}), /a\/#\/b/],
  ['an empty filter', (app) => app.onMessagePublish('', () => {}), /empty/],
  ['a shared subscription', (app) => app.onMessagePublish(['$share/g/a'], () => {}), /shared/],
  ['topics that are no texts', (app) => app.onMessagePublish([5], () => {}), /topic/],
  ['no handler', (app) => app.onClientConnected(), /function|handler/],
  ['topics without a handler', (app) => app.onMessagePublish('a/#'), /function|handler/],
  ['a handler that is no function', (app) => app.onClientConnected(5), /function|handler/],
  ['a logger without methods', () => new App({ logger: {} }), /logger/],
  ['a logger that is true', () => new App({ logger: true }), /logger/],
]

for (const [name, wrong, words] of MISTAKES) {
  test(`${name} is explained`, () => {
    const app = new App()
    assert.throws(
      () => wrong(app),
      (error) => {
        assert.ok(error instanceof InvalidOptionError, error)
        assert.equal(error.code, 'INVALID_OPTION')
        assert.equal(error.name, 'InvalidOptionError')
        assert.match(error.message, words)
        return true
      },
    )
    // What was refused has left nothing behind.
    app.onClientAuthenticate(() => true)
  })
}

test('options of the server that have no meaning are refused at the latest by listen', async (t) => {
  const wrong = [
    { timeoutMs: 0 },
    { maxInflight: 0 },
    { ioThreads: 0 },
    { ioThreads: 1_000 },
    { timeoutMs: 'soon' },
    { companion: 5 },
    { admin: 9090 },
    { admin: 'nowhere' },
    { maxMessageBytes: 2 ** 40 },
  ]
  for (const options of wrong) {
    const [name] = Object.keys(options)
    await assert.rejects(
      async () => {
        const app = await new App(options).listen(ANY, { signals: false })
        t.after(() => app.close())
      },
      (error) => error instanceof InvalidOptionError && error.message.includes(name),
      JSON.stringify(options),
    )
  }
})

test('options that need each other may be given in different places', async (t) => {
  const app = new App({ tlsCert: 'no-such-cert.pem' })
  const refused = (environment) => app.listen(ANY, { signals: false, environment })
  await assert.rejects(refused(false), (error) => {
    assert.ok(error instanceof InvalidOptionError, error)
    assert.match(error.message, /tlsCert.*tlsKey/)
    return true
  })
  process.env.EXHOOK_TLS_KEY = 'no-such-key.pem'
  t.after(() => delete process.env.EXHOOK_TLS_KEY)
  await assert.rejects(refused(true), /no-such-/)
})
