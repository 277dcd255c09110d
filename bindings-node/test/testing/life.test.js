'use strict'

// How a broker and its process end, and what its thread leaves to the event loop.

const assert = require('node:assert/strict')
const fs = require('node:fs')
const path = require('node:path')
const { test } = require('node:test')
const { App } = require('exhook')
const { Broker } = require('exhook/testing')
const { directory, program, start } = require('../support/program.js')
const { isSound } = require('../support/programs.js')

const USE = `
  import { App } from 'exhook'
  import { Broker } from 'exhook/testing'

  const app = new App({ logger: false }).onClientAuthenticate(() => true)
`

test('close ends once, whoever asks for it', async (t) => {
  const app = new App({ logger: false }).onClientAuthenticate(() => true)
  const broker = await Broker.start(app, { context: t })
  await Promise.all([broker.close(), broker.close()])
  await broker.close()
  const dispose = Symbol.asyncDispose ?? Symbol.for('nodejs.asyncDispose')
  await broker[dispose]()
  assert.equal(app.listening, false)
  const again = await Broker.start(app)
  await again[dispose]()
  assert.equal(app.listening, false)
})

test('the connections to a program elsewhere are closed with the broker', async (t) => {
  const app = new App({ logger: false }).onClientAuthenticate(() => true)
  await app.listen('127.0.0.1:0', { signals: false, environment: false })
  t.after(() => app.close())
  const broker = await Broker.start(app.address, { version: '5.8', poolSize: 3 })
  assert.equal(app.metrics().connections, 3)
  await broker.close()
  // The server sees it a moment later.
  const end = Date.now() + 10_000
  while (app.metrics().connections > 0 && Date.now() < end) {
    await new Promise((resolve) => setTimeout(resolve, 5))
  }
  assert.equal(app.metrics().connections, 0)
})

test('a test of node:test that fails closes its broker too', async (t) => {
  const cwd = directory(t)
  const source = `${USE}
    import assert from 'node:assert/strict'
    import test from 'node:test'
    test('fails', async (t) => {
      const broker = await Broker.start(app, { context: t })
      await broker.client('c1').connect()
      await broker.assertCalled('client.connected')
    })
    test('comes after it', () => assert.equal(app.listening, false))
  `
  const file = 'hooks.test.mjs'
  fs.writeFileSync(path.join(cwd, file), source)
  const run = start(t, ['--test', '--test-reporter=tap', file], cwd)
  assert.equal(await run.ends(), 1, run.output)
  assert.match(run.output, /^# pass 1$/m)
  assert.match(run.output, /client\.connected was not called; no program/)
  isSound(run)
})

for (const [how, end] of [
  ['with the last of its work', ''],
  ['by process.exit', 'process.exit(0)'],
  ['by process.exit while calls run', 'client.connect(); process.nextTick(() => process.exit(0))'],
  [
    'by an exception',
    "process.once('uncaughtException', () => process.exit(0)); throw new Error('x')",
  ],
]) {
  test(`a process whose broker is not closed ends ${how}`, async (t) => {
    const run = program(
      t,
      `${USE}
      app.onClientConnected(async () => {
        await new Promise((resolve) => setTimeout(resolve, 30))
        console.log('handled')
      })
      const broker = await Broker.start(app)
      const client = broker.client('c1')
      console.log('accepted', (await client.connect()).accepted)
      ${end}`,
    )
    assert.equal(await run.ends(), 0, run.output)
    assert.match(run.output, /accepted true/)
    if (end === '') assert.match(run.output, /handled/)
    isSound(run)
  })
}

test('a handler that never ends does not keep the process alive for ever', async (t) => {
  const run = program(
    t,
    `${USE}
    app.onClientConnect(() => new Promise(() => {})).onClientConnected(() => {})
    const broker = await Broker.start(app)
    console.log('accepted', (await broker.client('c1').connect()).accepted)`,
  )
  assert.equal(await run.ends(), 0, run.output)
  assert.match(run.output, /accepted true/)
})

test('an event that is on its way keeps the process alive', async (t) => {
  const run = program(
    t,
    `${USE}
    const seen = new Promise((resolve) => app.onClientConnected(({ clientid }) => resolve(clientid)))
    const broker = await Broker.start(app)
    await broker.client('c1').connect()
    console.log('seen', await seen)`,
  )
  assert.equal(await run.ends(), 0, run.output)
  assert.match(run.output, /seen c1/)
})

test('neither the event loop nor the pool of libuv is kept busy', async (t) => {
  const run = program(
    t,
    `${USE}
    import crypto from 'node:crypto'
    let turns = 0
    app.onClientConnected(async () => new Promise((resolve) => setTimeout(resolve, 100)), { ack: 'late' })
    const broker = await Broker.start(app)
    // The only thread of the pool is busy until the broker has done its work.
    let isBusy = true
    const busy = () => isBusy && crypto.pbkdf2('a', 'b', 20_000, 64, 'sha512', busy)
    busy()
    const count = setInterval(() => { turns += 1 }, 5)
    await Promise.all(['c1', 'c2', 'c3'].map((clientid) => broker.client(clientid).connect()))
    clearInterval(count)
    isBusy = false
    console.log('turns', turns > 2)
    await broker.close()`,
    { environment: { UV_THREADPOOL_SIZE: '1' } },
  )
  assert.equal(await run.ends(), 0, run.output)
  assert.match(run.output, /turns true/)
})

const WORKER = `${USE}
  import { once } from 'node:events'
  import { isMainThread, parentPort, Worker } from 'node:worker_threads'
`

test('brokers run in several workers at once', async (t) => {
  const run = program(
    t,
    `${WORKER}
    if (isMainThread) {
      const workers = [1, 2, 3].map(() => new Worker(new URL(import.meta.url)))
      const ends = workers.map((worker) => once(worker, 'exit'))
      const told = await Promise.all(workers.map((worker) => once(worker, 'message')))
      const codes = await Promise.all(ends)
      console.log('told', told.join(), 'ended', codes.join())
    } else {
      const broker = await Broker.start(app)
      const { accepted } = await broker.client('c1').connect()
      await broker.close()
      parentPort.postMessage(accepted)
    }`,
  )
  assert.equal(await run.ends(), 0, run.output)
  assert.match(run.output, /told true,true,true ended 0,0,0/)
  isSound(run)
})

for (const [how, end] of [
  ['on its own', ''],
  ['by process.exit', 'setImmediate(() => process.exit(0))'],
  [
    'by terminate while calls run',
    "parentPort.on('message', () => {}); for (;;) await client.connect()",
  ],
]) {
  test(`a worker whose broker is not closed ends ${how}, and leaves the process sound`, async (t) => {
    const run = program(
      t,
      `${WORKER}
      if (isMainThread) {
        for (let round = 0; round < 5; round += 1) {
          const worker = new Worker(new URL(import.meta.url))
          const ended = once(worker, 'exit')
          await once(worker, 'message')
          ${end.startsWith('parentPort') ? 'worker.terminate()' : ''}
          await ended
        }
        console.log('all ended')
      } else {
        const broker = await Broker.start(app)
        const client = broker.client('c1')
        await client.connect()
        parentPort.postMessage('connected')
        ${end}
      }`,
    )
    assert.equal(await run.ends(), 0, run.output)
    assert.match(run.output, /all ended/)
    isSound(run)
  })
}

test('brokers that are forgotten are collected with their threads', async (t) => {
  const run = program(
    t,
    `${USE}
    import { readdirSync } from 'node:fs'
    import v8 from 'node:v8'
    import vm from 'node:vm'
    v8.setFlagsFromString('--expose-gc')
    const gc = vm.runInNewContext('gc')
    await app.listen('127.0.0.1:0', { signals: false })
    const threads = () => process.platform === 'linux' ? readdirSync('/proc/self/task').length : 0
    const before = threads()
    for (let round = 0; round < 20; round += 1) await Broker.start(app.address, { poolSize: 1 })
    const collected = () => threads() <= before + 5
    const end = performance.now() + 30_000
    while (!collected() && performance.now() < end) {
      gc()
      await new Promise((resolve) => setTimeout(resolve, 10))
    }
    console.log('collected', collected())
    await app.close()`,
  )
  assert.equal(await run.ends(), 0, run.output)
  assert.match(run.output, /collected true/)
})
