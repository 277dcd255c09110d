'use strict'

// Apps in worker threads, each program in a process of its own.

const assert = require('node:assert/strict')
const { test } = require('node:test')
const { eventually } = require('./support/eventually.js')
const { program } = require('./support/program.js')
const { begin, isSound } = require('./support/programs.js')
const { connect } = require('./support/serve.js')

/**
 * A program of which every thread runs the same file; `main` is what the main thread does, which
 * can `start(number, bind)` a worker and is told its address.
 */
function threaded(main, work = '') {
  return `
    import { App } from 'exhook'
    import { once } from 'node:events'
    import { setTimeout as sleep } from 'node:timers/promises'
    import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads'

    const app = new App({ drainTimeoutMs: 2_000, timeoutMs: 60_000 })
    app.onClientAuthenticate(async ({ clientid }) => {
      console.log('called', clientid, 'in', workerData?.number)
      if (clientid.startsWith('forever')) await sleep(1e8)
      if (clientid.startsWith('slow')) await sleep(300)
      return true
    })
    app.onClientAuthorize(({ clientid, message }) => {
      console.log(clientid, 'is served by', workerData?.number)
      return true
    })
    async function start(number, bind = '127.0.0.1:0') {
      const worker = new Worker(new URL(import.meta.url), { workerData: { number, bind } })
      worker.on('error', (error) => console.log('worker', number, 'failed', error))
      worker.on('exit', (code) => console.log('worker', number, 'ended with', code))
      const [address] = await once(worker, 'message')
      return { worker, address }
    }
    if (isMainThread) {
      ${main}
    } else {
      ${work}
      await app.listen(workerData.bind)
      parentPort.postMessage(app.address)
      parentPort.on('message', () => app.close().then(() => parentPort.unref()))
    }`
}

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

const LANES = threaded(`
  const first = await start(0)
  const workers = [first.worker]
  for (let number = 1; number < 4; number++) {
    const { worker, address } = await start(number, first.address)
    console.log(address === first.address ? 'joined' : 'NOT joined')
    workers.push(worker)
  }
  console.log('serving on', first.address)
  process.on('SIGUSR2', () => workers.pop().postMessage('close'))
  process.on('SIGHUP', () => workers.pop().terminate())
`)

/** Which worker served which client: a map from client to a set of workers. */
function servedBy(run, from = 0) {
  const served = new Map()
  for (const [, client, worker] of run.output.slice(from).matchAll(/(\S+) is served by (\d)/g)) {
    served.set(client, (served.get(client) ?? new Set()).add(worker))
  }
  return served
}

test('workers that share an address each have their clients', async (t) => {
  const run = program(t, LANES)
  const address = await run.address()
  await run.sees('joined\n', 3)
  const brokers = Array.from({ length: 3 }, () => connect(t, address))
  const clients = Array.from({ length: 100 }, (_, number) => `client-${number}`)
  // Each client's calls arrive over several connections, and in one worker all the same.
  for (const broker of brokers) {
    const told = await Promise.all(clients.map((clientid) => broker.authorize('a', clientid)))
    assert.deepEqual(new Set(told), new Set(['allow']))
  }
  await eventually(() => run.output.split('is served by').length > 300)
  const served = servedBy(run)
  assert.equal(served.size, clients.length)
  for (const [client, workers] of served) assert.equal(workers.size, 1, client)
  const busy = new Set([...served.values()].flatMap((workers) => [...workers]))
  assert.deepEqual([...busy].sort(), ['0', '1', '2', '3'])
  run.signal('SIGTERM')
  assert.equal(await run.ends(), 'SIGTERM', run.output)
  isSound(run)
})

for (const [signal, how] of [
  ['SIGUSR2', 'closed'],
  ['SIGHUP', 'terminated'],
]) {
  test(`the clients of a worker that is ${how} are served by the others`, async (t) => {
    const run = program(t, LANES)
    const broker = connect(t, await run.address())
    const clients = Array.from({ length: 40 }, (_, number) => `client-${number}`)
    const calls = () => Promise.all(clients.map((clientid) => broker.authorize('a', clientid)))
    assert.deepEqual(new Set(await calls()), new Set(['allow']))
    for (let left = 3; left > 0; left--) {
      run.signal(signal)
      await run.sees('ended with', 4 - left)
      const from = run.output.length
      assert.deepEqual(new Set(await calls()), new Set(['allow']), `${left} workers are left`)
      await eventually(() => run.output.slice(from).split('is served by').length > clients.length)
      const served = servedBy(run, from)
      assert.ok([...served.values()].every((workers) => workers.size === 1))
    }
    run.signal(signal)
    assert.equal(await run.ends(), how === 'closed' ? 0 : 0, run.output)
    isSound(run)
  })
}

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

test('workers are terminated and started again while they are called', async (t) => {
  const run = program(
    t,
    threaded(`
      const keeper = await start(0)
      console.log('serving on', keeper.address)
      for (let number = 1; number <= 8; number++) {
        const { worker } = await start(number, keeper.address)
        await sleep(30)
        await worker.terminate()
      }
      console.log('all gone')
      process.once('SIGUSR2', () => keeper.worker.terminate())
    `),
  )
  const broker = connect(t, await run.address())
  let isOver = false
  const told = new Set()
  const callOn = async (number) => {
    while (!isOver) told.add(await begin(broker, `client-${number}`))
  }
  const calls = Array.from({ length: 16 }, (_, number) => callOn(number))
  await run.sees('all gone')
  isOver = true
  await Promise.all(calls)
  assert.ok(
    [...told].every((word) => word === 'allow' || word === 'deny'),
    `${[...told]}`,
  )
  run.signal('SIGUSR2')
  assert.equal(await run.ends(), 0, run.output)
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
