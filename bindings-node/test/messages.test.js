'use strict'

// Messages that are published instead, and those that cannot be.

const assert = require('node:assert/strict')
const { test } = require('node:test')
const { App, InvalidOptionError } = require('exhook')
const { message } = require('./support/broker.js')
const { Failures } = require('./support/records.js')
const { serve } = require('./support/serve.js')

test('a publish answered with the message itself stays as it is', async (t) => {
  const app = new App().onMessagePublish((request) => request.message)
  const broker = await serve(t, app)
  assert.match(await broker.publish(), /^(ignore|replace a\/b payload 1)$/)
})

test('a message of another call can be published instead', async (t) => {
  const kept = []
  const app = new App().onMessagePublish((request) => {
    kept.push(request.message)
    return kept[0].replace({ qos: 2 })
  })
  const broker = await serve(t, app)
  assert.equal(await broker.publish({ topic: 'first', payload: 'one' }), 'replace first one 2')
  assert.equal(await broker.publish({ topic: 'second', payload: 'two' }), 'replace first one 2')
})

test('replacing leaves the message of the request as it was', async (t) => {
  const seen = []
  const app = new App().onMessagePublish((request) => {
    const changed = request.message.replace({ topic: 'new', payload: 'changed', qos: 0 })
    seen.push(request.message, changed, request.message.replace({}), changed.block())
  })
  const broker = await serve(t, app)
  await broker.publish()
  const [original, changed, same, blocked] = seen
  const fields = (each) => [each.topic, each.payload.toString(), each.qos]
  assert.deepEqual(fields(original), ['a/b', 'payload', 1])
  assert.deepEqual(fields(changed), ['new', 'changed', 0])
  assert.deepEqual(fields(same), fields(original))
  assert.deepEqual([changed.from, changed.id], ['c1', '0005'])
  assert.equal(changed.timestamp, original.timestamp)
  assert.equal(changed.constructor, original.constructor)
  assert.ok(Buffer.isBuffer(changed.payload))
  assert.equal(original.headers.allow_publish, undefined)
  assert.equal(blocked.headers.allow_publish, 'false')
})

test('a payload that is changed after replace() took it is sent as it was', async (t) => {
  const payload = Buffer.from('before')
  const app = new App().onMessagePublish((request) => {
    const replaced = request.message.replace({ payload })
    setImmediate(() => payload.fill('x'))
    return replaced
  })
  assert.equal(await (await serve(t, app)).publish(), 'replace a/b before 1')
})

test('a payload of one MiB goes there and back', async (t) => {
  const size = 1024 * 1024
  const app = new App().onMessagePublish(({ message }) =>
    message.replace({ payload: Buffer.from(message.payload).reverse() }),
  )
  const broker = await serve(t, app)
  const payload = Buffer.alloc(size, 'abcdefghijklmnopqrstuvwxyz')
  const response = await broker.call('OnMessagePublish', { message: message({ payload }) })
  assert.ok(response.message.payload.equals(payload.reverse()))
})

// What replace() refuses, as what.
const REFUSED = [
  ['an empty topic', { topic: '' }, RangeError],
  ['a topic with #', { topic: 'a/#' }, RangeError],
  ['a topic with +', { topic: '+/b' }, RangeError],
  ['a topic with NUL', { topic: 'a\0b' }, RangeError],
  ['a topic that is too long', { topic: 'x'.repeat(65_536) }, RangeError],
  ['a topic of too many bytes', { topic: 'ü'.repeat(32_768) }, RangeError],
  ['qos 3', { qos: 3 }, RangeError],
  ['a negative qos', { qos: -1 }, RangeError],
  ['a fraction as qos', { qos: 1.5 }, RangeError],
  ['a huge qos', { qos: 2 ** 32 + 1 }, RangeError],
  ['NaN as qos', { qos: NaN }, RangeError],
  ['a number as payload', { payload: 5 }, TypeError],
  ['null as payload', { payload: null }, TypeError],
  ['an array as payload', { payload: [1, 2] }, TypeError],
  ['an object as payload', { payload: { a: 1 } }, TypeError],
  ['an ArrayBuffer as payload', { payload: new ArrayBuffer(2) }, TypeError],
  ['wide numbers as payload', { payload: new Uint16Array(2) }, TypeError],
  ['an unknown name', { payloads: 'x' }, InvalidOptionError],
]

for (const [name, changes, kind] of REFUSED) {
  test(`replace() refuses ${name}, and the message goes on unchanged`, async (t) => {
    const app = new App()
    const failures = new Failures(app)
    app.onMessagePublish((request) => request.message.replace(changes))
    assert.equal(await (await serve(t, app)).publish(), 'ignore')
    const [error] = await failures.seen()
    assert.ok(error.cause instanceof kind, `${error.cause}`)
    if (kind === InvalidOptionError) assert.match(error.cause.message, /payload/)
  })
}

test('a message that was replaced cannot be spoilt afterwards', async (t) => {
  const app = new App({ logger: false }).onMessagePublish((request) => {
    const changed = request.message.replace({ topic: 'good' })
    assert.throws(() => {
      changed.topic = 'bad/#'
    }, TypeError)
    return changed
  })
  assert.equal(await (await serve(t, app)).publish(), 'replace good payload 1')
})
