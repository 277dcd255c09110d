'use strict'

// Apps in worker threads, each program in a process of its own.

const assert = require('node:assert/strict')
const { test } = require('node:test')
const { eventually } = require('./support/eventually.js')
const { program } = require('./support/program.js')
const { begin, isSound } = require('./support/programs.js')
const { connect } = require('./support/serve.js')
const { threaded } = require('./support/threads.js')

test('two workers serve on ports of their own', async (t) => {
  const run = program(
    t,
    threaded(`
      const [one, other] = [await start(1), await start(2)]
      console.log('one on', one.address)
      console.log('other on', other.address)
      process.once('SIGUSR2', () => [one, other].forEach(({ worker }) => worker.postMessage('close')))
    `),
  )
  await run.address(2)
  const addresses = [...run.output.matchAll(/ on (\S+)/g)].map((match) => match[1])
  assert.notEqual(addresses[0], addresses[1])
  for (const [index, address] of addresses.entries()) {
    const broker = connect(t, address)
    assert.equal(await broker.authenticate('c1'), 'allow')
    await run.sees(`called c1 in ${index + 1}`)
    broker.close()
  }
  run.signal('SIGUSR2')
  assert.equal(await run.ends(), 0, run.output)
  await run.sees('ended with 0', 2)
  isSound(run)
})

test('a worker is terminated with calls in flight', async (t) => {
  const run = program(
    t,
    threaded(`
      const { worker, address } = await start(1)
      console.log('serving on', address)
      process.once('SIGUSR2', () => worker.terminate())
    `),
  )
  const broker = connect(t, await run.address())
  const logins = Array.from({ length: 50 }, (_, number) => begin(broker, `forever-${number}`))
  await run.sees('called', 50)
  run.signal('SIGUSR2')
  assert.equal(await run.ends(), 0, run.output)
  assert.match(run.output, /ended with 1/)
  for (const told of await Promise.all(logins)) assert.ok(told === 'deny' || told instanceof Error)
  isSound(run)
})

test('a worker that never lets go of its loop is terminated', async (t) => {
  const run = program(
    t,
    threaded(
      `
      const { worker, address } = await start(1)
      console.log('serving on', address)
      process.once('SIGUSR2', () => worker.terminate())
      `,
      `app.onMessagePublish(() => {
        for (;;);
      })`,
    ),
  )
  const broker = connect(t, await run.address())
  const publish = broker.publish().catch((error) => error)
  // The core answers for a worker that is blocked.
  const told = () => broker.authenticate('c1', {}, 1_000).catch((error) => error)
  await eventually(async () => (await told()) === 'deny')
  run.signal('SIGUSR2')
  assert.equal(await run.ends(), 0, run.output)
  const published = await publish
  assert.ok(published === 'ignore' || published instanceof Error, `${published}`)
  isSound(run)
})

test('the main thread exits while a worker serves', async (t) => {
  const run = program(
    t,
    threaded(`
      const { address } = await start(1)
      console.log('serving on', address)
      process.once('SIGUSR2', () => process.exit(5))
    `),
  )
  const broker = connect(t, await run.address())
  const logins = Array.from({ length: 10 }, (_, number) => begin(broker, `forever-${number}`))
  await run.sees('called', 10)
  run.signal('SIGUSR2')
  assert.equal(await run.ends(), 5, run.output)
  await Promise.all(logins)
  isSound(run)
})

test('a signal drains the apps of workers', async (t) => {
  const run = program(
    t,
    threaded(`
      const { address } = await start(1)
      await app.listen('127.0.0.1:0')
      console.log('serving on', address)
    `),
  )
  const broker = connect(t, await run.address())
  const login = begin(broker, 'slow')
  await run.sees('called')
  run.signal('SIGTERM')
  assert.equal(await run.ends(), 'SIGTERM', run.output)
  const told = await login
  assert.ok(told === 'allow' || told === 'deny' || told instanceof Error)
  isSound(run)
})

test('an exception in a worker ends the worker, and not the process', async (t) => {
  const run = program(
    t,
    threaded(
      `
      const { worker, address } = await start(1)
      console.log('serving on', address)
      worker.on('exit', async () => {
        const { address } = await start(2)
        console.log('serving again on', address)
        process.once('SIGUSR2', () => process.exit(0))
      })
      `,
      `app.onClientConnected(() => setImmediate(() => { throw new Error('in a worker') }))`,
    ),
  )
  const broker = connect(t, await run.address())
  const login = begin(broker, 'forever')
  await run.sees('called')
  await broker.notify()
  await login
  const other = connect(t, await run.address(2))
  assert.equal(await other.authenticate('c2'), 'allow')
  assert.match(run.output, /worker 1 failed Error: in a worker/)
  assert.doesNotMatch(run.output, /FATAL|panicked/)
  run.signal('SIGUSR2')
  assert.equal(await run.ends(), 0, run.output)
})

test('a worker that serves keeps itself alive, and ends once it has closed', async (t) => {
  const run = program(
    t,
    `
    const { isMainThread, Worker } = require('node:worker_threads')
    const { App } = require('exhook')
    if (isMainThread) new Worker(__filename).on('exit', (code) => console.log('ended with', code))
    else {
      const app = new App().onClientAuthenticate(() => app.close() && true)
      app.listen('127.0.0.1:0').then(() => console.log('serving on', app.address))
    }`,
    { name: 'program.cjs' },
  )
  const broker = connect(t, await run.address())
  assert.equal(await broker.authenticate(), 'allow')
  assert.equal(await run.ends(), 0)
  assert.match(run.output, /ended with 0/)
  isSound(run)
})
