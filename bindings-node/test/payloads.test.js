'use strict'

// Payloads and requests that handlers keep.

const assert = require('node:assert/strict')
const { test } = require('node:test')
const { App } = require('exhook')
const { message } = require('./support/broker.js')
const { eventually } = require('./support/eventually.js')
const { HOOKS, onEvery } = require('./support/hooks.js')
const { listening } = require('./support/listening.js')
const { sample } = require('./support/samples.js')
const { serve } = require('./support/serve.js')

test('payloads are Buffers, empty, binary or large', async (t) => {
  const call = await listening(t, 'v3')
  const large = Buffer.alloc(1024 * 1024, Buffer.from(Array.from({ length: 251 }, (_, n) => n)))
  const payloads = [Buffer.alloc(0), Buffer.from([0]), Buffer.from([0, 255, 128]), large]
  for (const size of [63, 64, 65, 65_535, 65_536, 65_537]) payloads.push(large.subarray(0, size))
  for (const payload of payloads) {
    const request = await call('OnMessagePublish', { message: message({ payload }) })
    assert.ok(Buffer.isBuffer(request.message.payload))
    assert.equal(request.message.payload.length, payload.length)
    assert.ok(request.message.payload.equals(payload))
  }
})

test('payloads that are kept stay what they were', async (t) => {
  const kept = new Map()
  const app = new App().onMessagePublish(({ message }) => void kept.set(message.topic, message))
  const app2 = new App().onMessageDelivered(
    ({ message }) => void kept.set(message.topic, message.payload),
  )
  const [one, two] = [await serve(t, app), await serve(t, app2)]
  const payloadOf = (number) => Buffer.alloc(number % 400, `payload ${number} `)
  const numbers = Array.from({ length: 2_000 }, (_, number) => number)
  const collect = collector()
  for (let from = 0; from < numbers.length; from += 250) {
    await Promise.all(
      numbers.slice(from, from + 250).map(async (number) => {
        const fields = (topic) => ({ message: message({ topic, payload: payloadOf(number) }) })
        await one.call('OnMessagePublish', fields(`publish/${number}`))
        await two.call('OnMessageDelivered', fields(`delivered/${number}`))
      }),
    )
    collect()
  }
  await eventually(() => kept.size === 2 * numbers.length)
  for (const number of numbers) {
    assert.deepEqual(kept.get(`publish/${number}`).payload, payloadOf(number))
    assert.deepEqual(kept.get(`delivered/${number}`), payloadOf(number))
  }
})

/** Returns a function that collects garbage. */
function collector() {
  require('node:v8').setFlagsFromString('--expose-gc')
  return require('node:vm').runInNewContext('gc')
}

test('requests that are kept can be read long after', async (t) => {
  const kept = []
  const app = onEvery(new App({ logger: false }), (request) => void kept.push(request))
  const broker = await serve(t, app)
  for (let round = 0; round < 20; round++) {
    for (const { rpc } of HOOKS) await broker.call(rpc, sample('v3', rpc, [`round ${round}`, '😀']))
  }
  await eventually(() => kept.length === 20 * HOOKS.length)
  await app.close()
  collector()()
  const rounds = kept.map((request) => JSON.stringify(request).match(/round (\d+)/)[1])
  for (let round = 0; round < 20; round++) {
    assert.equal(rounds.filter((each) => Number(each) === round).length, HOOKS.length)
  }
})

test('a payload that is moved to another thread takes no other calls with it', async (t) => {
  const app = new App()
  app.onMessagePublish(({ message }) => {
    try {
      structuredClone(message.payload, { transfer: [message.payload.buffer] })
    } catch {
      // Newer versions refuse, older ones copy.
    }
    return message.replace({ payload: Buffer.concat([message.payload, Buffer.from('!')]) })
  })
  const broker = await serve(t, app)
  assert.equal(await broker.publish({ payload: 'moved' }), 'replace a/b moved! 1')
})
