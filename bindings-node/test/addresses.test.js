'use strict'

// Where apps listen, by what the code and the environment say.

const assert = require('node:assert/strict')
const { once } = require('node:events')
const fs = require('node:fs')
const net = require('node:net')
const path = require('node:path')
const { test } = require('node:test')
const { App, AddressInUseError, ExhookError, InvalidAddressError } = require('exhook')
const { InvalidOptionError, IoError } = require('exhook')
const { directory } = require('./support/program.js')
const { ANY, connect, serve } = require('./support/serve.js')

const OWN = { signals: false, environment: false }

/** Sets environment variables until the test ends. */
function environment(t, variables) {
  Object.assign(process.env, variables)
  t.after(() =>
    Object.keys(variables).forEach((name) => {
      delete process.env[name]
    }),
  )
}

test('a port in use, or of another program, is refused', async (t) => {
  const taken = net.createServer().listen(0, '127.0.0.1')
  await once(taken, 'listening')
  t.after(() => taken.close())
  const address = `127.0.0.1:${taken.address().port}`
  const app = new App()
  await assert.rejects(app.listen(address, OWN), (error) => {
    assert.ok(error instanceof AddressInUseError && error instanceof ExhookError)
    assert.equal(error.code, 'ADDRESS_IN_USE')
    assert.ok(error.message.includes(address), error.message)
    return true
  })
  assert.equal(app.listening, false)
  assert.equal(await app.listen(ANY, OWN), app)
  await app.close()
})

test('a second app of the same thread cannot have the address of the first', async (t) => {
  const app = new App()
  await serve(t, app)
  await assert.rejects(new App().listen(app.address, OWN), AddressInUseError)
})

test('addresses that are none are refused', async () => {
  for (const bind of ['nowhere', '', 'localhost:', '127.0.0.1:99999', ':::', 'unix:']) {
    await assert.rejects(new App().listen(bind, OWN), (error) => {
      assert.ok(error instanceof InvalidAddressError, `${bind}: ${error}`)
      assert.equal(error.code, 'INVALID_ADDRESS')
      return true
    })
  }
  for (const bind of [5, {}]) {
    await assert.rejects(async () => new App().listen(bind, OWN), ExhookError, `${bind}`)
  }
})

test('an address that cannot be had is an IoError', async () => {
  await assert.rejects(new App().listen('unix:/nowhere/at/all', OWN), (error) => {
    assert.ok(error instanceof IoError, `${error}`)
    assert.equal(error.code, 'IO')
    return true
  })
})

test('unknown options of listen are explained', async (t) => {
  const app = new App()
  t.after(() => app.close())
  await assert.rejects(
    async () => app.listen(ANY, { signal: false }),
    (error) => error instanceof InvalidOptionError && /did you mean '?signals/.test(error.message),
  )
})

test('a Unix socket', async (t) => {
  const socket = path.join(directory(t), 'socket')
  const app = new App().onClientAuthenticate(() => true)
  const broker = await serve(t, app, 'v3', `unix:${socket}`)
  assert.equal(app.address, `unix:${socket}`)
  assert.equal(await broker.authenticate(), 'allow')
  await app.close()
  assert.ok(!fs.existsSync(socket))
})

test('environment variables override what the code says', async (t) => {
  environment(t, { EXHOOK_BIND: ANY, EXHOOK_TIMEOUT_MS: '500', EXHOOK_COMPANION: 'yes' })
  const left = []
  const app = new App({ timeoutMs: 60_000, logger: false })
  app.onClientAuthenticate((request) => left.push(request.deadlineMs) > 0)
  t.after(() => app.close())
  await app.listen('nowhere', { signals: false })
  const broker = connect(t, app.address)
  assert.equal(await broker.authenticate(), 'allow')
  assert.ok(left[0] <= 500, `${left}`)
  const { hooks } = await broker.call('OnProviderLoaded', { broker: { version: '5.9.2' } })
  assert.ok(hooks.some(({ name }) => name === 'client.authorize'))
})

test('variables that are empty say nothing', async (t) => {
  environment(t, { EXHOOK_BIND: '', EXHOOK_TIMEOUT_MS: '' })
  const app = new App()
  t.after(() => app.close())
  await app.listen(ANY, { signals: false })
  assert.match(app.address, /^127\.0\.0\.1:/)
})

test('variables that cannot be read are explained', async (t) => {
  const wrong = { EXHOOK_TIMEOUT_MS: 'soon', EXHOOK_COMPANION: 'perhaps', EXHOOK_IO_THREADS: '1.5' }
  for (const [name, text] of Object.entries(wrong)) {
    process.env[name] = text
    t.after(() => delete process.env[name])
    const app = new App()
    t.after(() => app.close())
    await assert.rejects(
      async () => app.listen(ANY, { signals: false }),
      (error) => error instanceof InvalidOptionError && error.message.includes(name),
      name,
    )
    delete process.env[name]
  }
})

test('environment variables are left alone where the code says so', async (t) => {
  environment(t, { EXHOOK_BIND: 'nowhere', EXHOOK_TIMEOUT_MS: 'soon' })
  const app = new App()
  t.after(() => app.close())
  await app.listen(ANY, OWN)
  assert.match(app.address, /^127\.0\.0\.1:/)
})
