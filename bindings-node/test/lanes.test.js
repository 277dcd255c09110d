'use strict'

// Threads that serve one address together: each has its share of the clients.

const assert = require('node:assert/strict')
const { test } = require('node:test')
const { eventually } = require('./support/eventually.js')
const { program } = require('./support/program.js')
const { begin, isSound } = require('./support/programs.js')
const { connect } = require('./support/serve.js')
const { threaded } = require('./support/threads.js')

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
    // What these print must not be taken for what the next ones print.
    await eventually(() => run.output.split('is served by').length > clients.length)
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
    assert.equal(await run.ends(), 0, run.output)
    isSound(run)
  })
}

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

test('the main thread may be one of those that serve', async (t) => {
  const run = program(
    t,
    threaded(`
      await app.listen('127.0.0.1:0')
      const { address } = await start(1, app.address)
      console.log('serving on', address)
    `),
  )
  const broker = connect(t, await run.address())
  for (let number = 0; number < 40; number++) await broker.authorize('a', `client-${number}`)
  await run.sees('is served by 1')
  await run.sees('is served by undefined')
  run.signal('SIGTERM')
  assert.equal(await run.ends(), 'SIGTERM', run.output)
  isSound(run)
})

test('a worker that closes finishes its calls, and others go on meanwhile', async (t) => {
  const run = program(t, LANES)
  const broker = connect(t, await run.address())
  const logins = Array.from({ length: 40 }, (_, number) => broker.authenticate(`slow-${number}`))
  await run.sees('called', 40)
  run.signal('SIGUSR2')
  assert.equal(await broker.authenticate('other'), 'allow')
  assert.deepEqual(new Set(await Promise.all(logins)), new Set(['allow']))
  await run.sees('ended with 0')
  for (let left = 3; left > 0; left--) run.signal('SIGHUP')
  await run.close()
})

test('the calls of a worker that is terminated are answered with the fallback', async (t) => {
  const run = program(t, LANES)
  const broker = connect(t, await run.address())
  const logins = Array.from({ length: 40 }, (_, number) => broker.authenticate(`slow-${number}`))
  await run.sees('called', 40)
  run.signal('SIGHUP')
  const told = await Promise.all(logins)
  assert.deepEqual(new Set(told), new Set(['allow', 'deny']))
  run.signal('SIGTERM')
  assert.equal(await run.ends(), 'SIGTERM', run.output)
  isSound(run)
})

test('threads with other handlers cannot serve together', async (t) => {
  const run = program(
    t,
    threaded(
      `
      const { address } = await start(1)
      const { code, message } = await app.listen(address).catch((error) => error)
      console.log(code, message)
      process.exit(0)
      `,
      'app.onClientConnected(() => {})',
    ),
  )
  assert.equal(await run.ends(), 0, run.output)
  assert.match(run.output, /WRONG_STATE .*other handlers/)
})

test('an address is free again once every thread has closed', async (t) => {
  const run = program(
    t,
    threaded(`
      const one = await start(1)
      const other = await start(2, one.address)
      for (const { worker } of [one, other]) {
        worker.postMessage('close')
        await once(worker, 'exit')
      }
      await app.listen(one.address)
      console.log(app.address === one.address ? 'again' : app.address)
      await app.close()
    `),
  )
  assert.equal(await run.ends(), 0, run.output)
  assert.match(run.output, /again/)
  isSound(run)
})
