'use strict'

// What brokers see, the log says and the metrics count when handlers fail: the table of
// docs/operations.md.

const assert = require('node:assert/strict')
const fs = require('node:fs')
const { test } = require('node:test')
const v8 = require('node:v8')
const vm = require('node:vm')
const { App } = require('exhook')
const { Broker } = require('exhook/testing')
const { eventually, settleable } = require('./support/eventually.js')
const { Records } = require('./support/records.js')

const DEADLINE_MS = 1_000
const CALLS = 50
const PAYLOAD_BYTES = 128 * 1024
const NO_ROOM = { skip: !fs.existsSync('/dev/full') && 'there is no device that is always full' }

/** An app whose decisions are logged, with the broker that calls it. */
async function faulty(t, register, options = {}, brokerOptions = {}) {
  const logger = new Records()
  const app = new App({
    decisionLog: 'log',
    timeoutMs: DEADLINE_MS,
    drainTimeoutMs: 50,
    logger,
    ...options,
  })
  register(app)
  const broker = await Broker.start(app, { context: t, ...brokerOptions })
  return { app, broker, logger }
}

/** Connects, and resolves to whether that was accepted and to its call, answered in time. */
async function login(broker, clientid) {
  const { accepted, calls } = await broker.client(clientid).connect()
  const [call] = calls.filter(({ hook }) => hook === 'client.authenticate')
  assert.equal(call.result, 'answered', call.reason)
  return { accepted, call }
}

/** Returns a function that collects garbage. */
function collector() {
  v8.setFlagsFromString('--expose-gc')
  return vm.runInNewContext('gc')
}

/** What was counted of a hook. */
function counted(app, name) {
  return app.metrics().hooks.find(({ hook }) => hook === name)
}

/** A line of the decision log about a client. */
function decided(clientid, verdict, cause) {
  return new RegExp(
    `decided.*clientid="?${clientid}\\b.*verdict="?${verdict}\\b.*cause="?${cause}\\b`,
  )
}

// What a handler does, the cause that is counted, and what is logged as an error.
const FAULTS = [
  [
    'throws',
    () => {
      throw new Error('boom')
    },
    'exception',
    /handler act of client\.authenticate for client "bad": threw Error: boom[\s\S]*faults\.test\.js/,
  ],
  [
    'returns rubbish',
    () => 'yes',
    'bad_answer',
    /returns true, false.*; this one returned a string/,
  ],
  ['hangs for ever', () => new Promise(() => {}), 'deadline'],
]

for (const [fault, fail, cause, said] of FAULTS) {
  test(`a handler that ${fault}: fallback, ${cause} in log and metrics, and all goes on`, async (t) => {
    const { app, broker, logger } = await faulty(t, (app) =>
      app.onClientAuthenticate(function act({ clientid }) {
        return clientid === 'good' || fail()
      }),
    )
    const { accepted, call } = await login(broker, 'bad')
    assert.deepEqual([accepted, call.verdict], [false, 'deny'])
    assert.equal((await login(broker, 'good')).accepted, true)
    await logger.sees('info', decided('bad', 'deny', cause))
    await logger.sees('info', decided('good', 'allow', 'handler'))
    if (said === undefined) assert.deepEqual(logger.of('error'), [])
    else await logger.sees('error', said)
    const { calls, failures, verdicts } = counted(app, 'client.authenticate')
    assert.deepEqual([calls, failures[cause], verdicts.allow, verdicts.deny], [2, 1, 1, 1])
    assert.equal(app.metrics().inflight, 0)
  })
}

test('a handler that answers late: fallback at the deadline, and the answer is dropped', async (t) => {
  const release = settleable()
  const { app, broker, logger } = await faulty(t, (app) =>
    app.onClientAuthenticate(async () => {
      await release.promise
      return true
    }),
  )
  assert.equal((await login(broker, 'c1')).accepted, false)
  await logger.sees('info', decided('c1', 'deny', 'deadline'))
  release.resolve()
  await eventually(() => counted(app, 'client.authenticate').late === 1)
  const { failures, verdicts } = counted(app, 'client.authenticate')
  assert.deepEqual([failures.deadline, verdicts.deny, verdicts.allow ?? 0], [1, 1, 0])
  assert.deepEqual(logger.of('error'), [])
  assert.equal((await login(broker, 'c2')).accepted, true)
})

test('calls that are kept and never answered: fallbacks, and the memory returns', async (t) => {
  const kept = []
  const { app, broker, logger } = await faulty(
    t,
    (app) =>
      app.onMessagePublish(function keep(request) {
        if (request.topic === 'last') return undefined
        kept.push(request)
        return new Promise((resolve) => kept.push(resolve))
      }),
    { timeoutMs: 2_000 },
    { keepCalls: false, requestTimeoutMs: 60_000 },
  )
  const payload = Buffer.alloc(PAYLOAD_BYTES, 'x')
  const memory = () => process.memoryUsage().arrayBuffers
  const before = memory()
  const publish = async (number) => {
    const { deliveredAs, calls } = await broker.publish(`kept/${number}`, payload)
    assert.equal(deliveredAs.payload.length, payload.length)
    assert.deepEqual([calls[0].result, calls[0].verdict], ['answered', 'ignore'])
  }
  await Promise.all(Array.from({ length: CALLS }, (_, number) => publish(number)))
  await logger.sees('info', /decided.*kept.*cause="?deadline/)
  assert.equal(counted(app, 'message.publish').failures.deadline, CALLS)
  assert.equal(app.metrics().inflight, 0)
  // On a busy machine some are answered before their handler has its turn.
  const { running } = app._unhandled
  assert.ok(running > 0 && memory() - before > running * PAYLOAD_BYTES)
  kept.length = 0
  // The memory that calls are read into is let go once other memory is in use.
  await broker.publish('last', payload)
  const collect = collector()
  await eventually(() => {
    collect()
    return app._unhandled.running === 0 && memory() - before < (CALLS * PAYLOAD_BYTES) / 10
  })
  assert.deepEqual(logger.of('error'), [])
})

// So few that their objects make no collection of the whole heap due.
const FEW_CALLS = 20

// How handlers end.
const ENDS = {
  returns: ({ message }) => message.replace({ payload: 'short' }),
  throws: () => {
    throw new Error('on purpose')
  },
  'returns rubbish': () => 42,
  'resolves soon': async () => void (await null),
  rejects: () => Promise.reject(new Error('on purpose')),
  'resolves late': (_, late) => late,
}

for (const [end, handle] of Object.entries(ENDS)) {
  test(`a handler that ${end}: the memory of its call waits for no collection of the whole heap`, async (t) => {
    let late = settleable()
    const { app, broker } = await faulty(
      t,
      (app) => app.onMessagePublish((request) => handle(request, late.promise)),
      { timeoutMs: 20 },
      { keepCalls: false, requestTimeoutMs: 60_000 },
    )
    const payload = Buffer.alloc(PAYLOAD_BYTES, 'x')
    const memory = () => process.memoryUsage().arrayBuffers
    const collect = collector()
    collect()
    const before = memory()
    // One after the other: what is in use while the young are collected twice is young no more.
    for (let number = 0; number < FEW_CALLS; number++) {
      await broker.publish(`${number}`, payload)
      late.resolve()
      await eventually(() => app._unhandled.running === 0)
      late = settleable()
    }
    await eventually(() => {
      collect({ type: 'minor' })
      return memory() - before < (FEW_CALLS * PAYLOAD_BYTES) / 4
    })
  })
}

test('more calls than may run: the fallback at once for those above', async (t) => {
  const release = settleable()
  const [room, clients] = [5, 20]
  let running = 0
  const { app, broker, logger } = await faulty(
    t,
    (app) =>
      app.onClientAuthenticate(async () => {
        running += 1
        await release.promise
        return true
      }),
    { maxInflight: room, timeoutMs: 60_000 },
    { requestTimeoutMs: 60_000 },
  )
  const first = Array.from({ length: room }, (_, number) => login(broker, `in-${number}`))
  await eventually(() => running === room)
  const above = Array.from({ length: clients - room }, (_, number) =>
    login(broker, `out-${number}`),
  )
  for (const { accepted } of await Promise.all(above)) assert.equal(accepted, false)
  assert.equal(running, room)
  await logger.sees('info', decided('out-0', 'deny', 'overload'))
  release.resolve()
  for (const { accepted } of await Promise.all(first)) assert.equal(accepted, true)
  assert.equal((await login(broker, 'afterwards')).accepted, true)
  const { failures, verdicts } = counted(app, 'client.authenticate')
  assert.deepEqual([failures.overload, verdicts.allow], [clients - room, room + 1])
})

test('a disk that is full for the decision log: answers, and a warning', NO_ROOM, async (t) => {
  const { app, broker, logger } = await faulty(t, (app) => app.onClientAuthenticate(() => true), {
    admin: '127.0.0.1:0',
    decisionLog: '/dev/full',
  })
  for (let number = 0; number < 10; number++) {
    assert.equal((await login(broker, `c${number}`)).accepted, true)
  }
  await logger.sees('warn', /decision_log cannot be written.*\/dev\/full/)
  assert.equal(logger.of('warn').length, 1, 'it is said seldom')
  const told = await logger.sees('info', /\/metrics/)
  const [url] = /http:\S+\/metrics/.exec(told)
  const text = async () => (await fetch(url)).text()
  await eventually(async () => /^exhook_decisions_lost_total 10$/m.test(await text()))
  assert.equal(counted(app, 'client.authenticate').verdicts.allow, 10)
})
