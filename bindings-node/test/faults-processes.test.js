'use strict'

// What brokers see, the log says and the metrics count when the process of a program is held, ends
// or runs out of what it needs: the table of docs/operations.md.

const assert = require('node:assert/strict')
const fs = require('node:fs')
const path = require('node:path')
const { test } = require('node:test')
const { Broker } = require('exhook/testing')
const { eventually, sleep } = require('./support/eventually.js')
const { program } = require('./support/program.js')
const { begin, isSound } = require('./support/programs.js')
const { connect } = require('./support/serve.js')
const { threaded } = require('./support/threads.js')

/** For how long the event loop is held; tools/test_nodes.py says less for further versions. */
const HOLD_MS = 1_000 * Number(process.env.HOLD_SECONDS || 30)
/** The deadline that is reached in that time, and long before the broker gives up. */
const DEADLINE_MS = HOLD_MS < 10_000 ? 1_000 : 4_000
const BROKER_MS = 5_000
/** The status of gRPC for a connection that is no more. */
const UNAVAILABLE = 14
const LINUX = { skip: process.platform !== 'linux' && 'it needs /dev/full and ulimit' }

/** A program that counts in the open and logs its decisions; `act` is what its handlers do. */
function faulty(t, act, options = {}) {
  const source = `
    import { App } from 'exhook'
    import fs from 'node:fs'

    const app = new App({ timeoutMs: ${DEADLINE_MS}, admin: '127.0.0.1:0', decisionLog: 'decisions' })
    ${act}
    await app.listen('127.0.0.1:0')
    console.log('serving on', app.address)`
  return program(t, source, { environment: { EXHOOK_LOG_LEVEL: 'info' }, ...options })
}

/** The counters of a program, by their names with labels. */
async function counters(run) {
  await run.sees('/metrics')
  const [url] = /http:\/\/127\.0\.0\.1:\d+\/metrics/.exec(run.output)
  const text = await (await fetch(url)).text()
  return new Map([...text.matchAll(/^([^#\s]+) (\S+)$/gm)].map(([, name, n]) => [name, Number(n)]))
}

/** A counter of `client.authenticate`. */
function ofLogin(all, name, label) {
  const found = [...all].find(
    ([key]) => key.startsWith(`${name}{hook="client.authenticate"`) && key.includes(label),
  )
  return found?.[1] ?? 0
}

/** The decisions that a program has logged. */
function decisions(run) {
  const lines = fs.readFileSync(path.join(run.cwd, 'decisions'), 'utf8').split('\n')
  return lines.filter(Boolean).map((line) => JSON.parse(line))
}

/** Connects, and resolves to whether that was accepted and to the call about it. */
async function login(broker, clientid) {
  const { accepted, calls } = await broker.client(clientid).connect()
  return { clientid, accepted, call: calls.find(({ hook }) => hook === 'client.authenticate') }
}

test('an event loop that is held: the fallback for every call, and afterwards all is as before', async (t) => {
  const run = faulty(
    t,
    `
    app.onClientAuthenticate(({ clientid }) => {
      if (clientid === 'holder') {
        fs.writeSync(1, 'held\\n')
        const nothing = new Int32Array(new SharedArrayBuffer(4))
        while (!fs.existsSync('release')) Atomics.wait(nothing, 0, 0, 20)
      }
      return true
    })
    app.onMessagePublish(({ message }) => message.replace({ payload: 'handled' }))`,
  )
  // It waits longer than EMQX, so that a machine that stands still is not taken for a fault.
  const options = { context: t, requestTimeoutMs: 60_000 }
  const broker = await Broker.start(await run.address(), options)
  const publisher = broker.client('publisher')
  await publisher.connect()
  const holder = login(broker, 'holder')
  await run.sees('held')
  const begun = performance.now()
  const [logins, publishes] = [[], []]
  while (performance.now() - begun < HOLD_MS) {
    logins.push(login(broker, `held-${logins.length}`))
    publishes.push(broker.publish('a', 'as it was'))
    await sleep(100)
  }
  const denied = await Promise.all([holder, ...logins])
  for (const { accepted, call, clientid } of denied) {
    const expected = [false, 'answered', 'deny']
    assert.deepEqual([accepted, call.result, call.verdict], expected, clientid)
  }
  const published = await Promise.all(publishes)
  for (const { deliveredAs } of published) assert.equal(String(deliveredAs.payload), 'as it was')
  for (const calls of [denied.map(({ call }) => call), published.map(({ calls }) => calls[0])]) {
    const inTime = calls.filter(({ elapsedMs }) => elapsedMs < BROKER_MS)
    assert.ok(inTime.length > calls.length / 2, `${calls.map(({ elapsedMs }) => elapsedMs)}`)
  }
  const during = await counters(run)
  fs.writeFileSync(path.join(run.cwd, 'release'), '')
  assert.equal(ofLogin(during, 'exhook_failures_total', 'cause="deadline"'), denied.length)
  await eventually(async () => (await login(broker, 'afterwards')).accepted, undefined, 60)
  assert.equal(String((await publisher.publish('a', 'b')).deliveredAs.payload), 'handled')
  const logged = await eventually(() => {
    const late = decisions(run).filter(({ cause }) => cause === 'deadline')
    return late.length >= denied.length + publishes.length && late
  })
  const clients = new Set(logged.map(({ clientid }) => clientid))
  assert.ok(denied.every(({ clientid }) => clients.has(clientid)))
  assert.equal((await counters(run)).get('exhook_inflight'), 0)
  isSound(run)
})

// How a process ends in a handler, how that shows, and what it says.
const ENDS = [
  ['process.abort()', 'process.abort()', 'SIGABRT'],
  ['process.exit()', 'process.exit(3)', 3],
  ["an exception in a handler's timer", "setTimeout(() => { throw new Error('late') })", 1, /late/],
  ['a rejection that nobody handles', "void Promise.reject(new Error('lost'))", 1, /lost/],
]

for (const [what, act, end, said] of ENDS) {
  test(`${what} ends the process: connections are closed, and nothing is answered`, async (t) => {
    const run = faulty(
      t,
      `app.onClientAuthenticate(async ({ clientid }) => {
        if (clientid === 'good') return true
        console.log('called')
        if (clientid === 'end') ${act}
        return new Promise(() => {})
      }, { timeoutMs: 60_000 })`,
    )
    const address = await run.address()
    const broker = await Broker.start(address, { context: t })
    assert.equal((await login(broker, 'good')).accepted, true)
    assert.equal(ofLogin(await counters(run), 'exhook_calls_total', ''), 1)
    await eventually(() => decisions(run).length === 1)
    // A client of gRPC tells at once that its connection was closed.
    const waiting = begin(connect(t, address), 'waiting')
    await run.sees('called')
    const { accepted, call } = await broker.withRequestTimeout(2_000, () => login(broker, 'end'))
    assert.equal(await run.ends(), end, run.output)
    assert.deepEqual([accepted, call.result, call.verdict], [false, 'failed', undefined])
    assert.equal((await waiting).code, UNAVAILABLE)
    if (said !== undefined) assert.match(run.complained, said)
    const clients = decisions(run).map(({ clientid }) => clientid)
    assert.deepEqual(clients, ['good'], 'nothing is logged that nobody decided')
    await assert.rejects(counters(run))
    isSound(run)
  })
}

test(
  'a process that a handler forks neither answers nor keeps what the program had',
  LINUX,
  async (t) => {
    const run = faulty(
      t,
      `
    import { fork } from 'node:child_process'
    if (process.argv[2] === 'child') {
      setInterval(() => {}, 1_000)
      await new Promise(() => {})
    }
    app.onClientAuthenticate(async ({ clientid }) => {
      if (clientid === 'end') process.exit(3)
      if (clientid === 'fork') {
        const child = fork(new URL(import.meta.url), ['child'], { stdio: 'ignore' })
        console.log('child is', child.pid)
      }
      return true
    })`,
    )
    const address = await run.address()
    const broker = await Broker.start(address, { context: t })
    assert.equal((await login(broker, 'fork')).accepted, true)
    await run.sees('child is')
    const child = Number(/child is (\d+)/.exec(run.output)[1])
    t.after(() => process.kill(child, 'SIGKILL'))
    assert.equal((await login(broker, 'afterwards')).accepted, true)
    assert.equal(ofLogin(await counters(run), 'exhook_calls_total', ''), 2)
    // What ends at once writes no lines that still wait.
    await eventually(() => decisions(run).length === 2)
    assert.equal((await begin(connect(t, address), 'end')).code, UNAVAILABLE)
    await eventually(() => run.process.exitCode === 3)
    process.kill(child, 0)
    await assert.rejects(Broker.start(address, { context: t }), /refused/i)
    assert.deepEqual(
      decisions(run).map(({ clientid }) => clientid),
      ['fork', 'afterwards'],
    )
  },
)

test('a worker that is terminated: the fallback for its calls, and others go on', async (t) => {
  const run = program(
    t,
    threaded(
      `
      const first = await start(0)
      const { worker } = await start(1, first.address)
      console.log('serving on', first.address)
      process.once('SIGUSR2', () => worker.terminate())
      `,
      '',
      `admin: '127.0.0.1:0', decisionLog: 'decisions'`,
    ),
    { environment: { EXHOOK_LOG_LEVEL: 'info' } },
  )
  const options = { context: t, requestTimeoutMs: 50_000 }
  const broker = await Broker.start(await run.address(), options)
  const clients = Array.from({ length: 20 }, (_, number) => `forever-${number}`)
  const logins = clients.map((clientid) => login(broker, clientid).catch((error) => error))
  await run.sees('called', clients.length)
  const lost = [...run.output.matchAll(/called (\S+) in 1/g)].map(([, clientid]) => clientid)
  assert.ok(lost.length > 0 && lost.length < clients.length, `${lost}`)
  run.signal('SIGUSR2')
  const told = await Promise.all(logins.filter((_, number) => lost.includes(clients[number])))
  for (const { accepted, call } of told) {
    assert.deepEqual([accepted, call.result, call.verdict], [false, 'answered', 'deny'])
    assert.ok(call.elapsedMs < 20_000, `${call.elapsedMs} ms`)
  }
  for (const clientid of lost) {
    const { accepted } = await login(broker, clientid.replace('forever', 'again'))
    assert.equal(accepted, true)
  }
  const counts = await counters(run)
  assert.equal(ofLogin(counts, 'exhook_failures_total', 'cause="unanswered"'), lost.length)
  await eventually(() => decisions(run).length >= 2 * lost.length)
  const unanswered = decisions(run).filter(({ cause }) => cause === 'unanswered')
  assert.deepEqual(unanswered.map(({ clientid }) => clientid).sort(), lost.sort())
  isSound(run)
})

test('files run out: open connections are answered, new ones wait', LINUX, async (t) => {
  const run = faulty(
    t,
    `
    const files = []
    process.on('SIGUSR2', () => {
      try {
        for (;;) files.push(fs.openSync('/dev/null'))
      } catch (error) {
        fs.writeSync(1, error.code + '\\n')
      }
    })
    process.on('SIGHUP', () => {
      for (const file of files) fs.closeSync(file)
    })
    app.onClientAuthenticate(() => true)`,
    { through: ['sh', '-c', 'ulimit -n 128 && exec "$0" "$@"'] },
  )
  const address = await run.address()
  const broker = await Broker.start(address, { context: t })
  assert.equal((await login(broker, 'before')).accepted, true)
  const { size } = await counters(run)
  assert.ok(size > 0)
  run.signal('SIGUSR2')
  await run.sees('EMFILE')
  const later = await Broker.start(address, { context: t, load: false, pace: 100 })
  await run.sees('connections cannot be accepted; check the limit of open files')
  for (let number = 0; number < 10; number++) {
    assert.equal((await login(broker, `c${number}`)).accepted, true)
  }
  run.signal('SIGHUP')
  await later.waitUntilLoaded({ timeoutMs: 60_000 })
  assert.equal((await login(later, 'afterwards')).accepted, true)
  const counts = await counters(run)
  assert.equal(ofLogin(counts, 'exhook_calls_total', ''), 12)
  assert.equal(ofLogin(counts, 'exhook_failures_total', ''), 0)
  assert.equal(
    decisions(run).every(({ cause }) => cause === 'handler'),
    true,
  )
})

const FULL = ['sh', '-c', 'exec "$0" "$@" 2>/dev/full']

for (const [what, through, log] of [
  ['is full', FULL, ''],
  ['is as full as the file of log', FULL, 'json:/dev/full'],
  ['has no reader', undefined, ''],
]) {
  test(`a standard error that ${what}: the log is lost, and nothing else`, LINUX, async (t) => {
    const run = faulty(
      t,
      `app.onClientAuthenticate(({ clientid }) => {
        if (clientid === 'good') return true
        throw new Error('nobody reads this')
      })
      process.on('SIGUSR2', () => {
        const { failures } = app.metrics().hooks.find(({ hook }) => hook === 'client.authenticate')
        console.log('failed', failures.exception, 'times')
      })`,
      { through, environment: { EXHOOK_LOG: log, EXHOOK_LOG_LEVEL: 'info' } },
    )
    if (through === undefined) run.process.stderr.destroy()
    const broker = await Broker.start(await run.address(), { context: t })
    for (let number = 0; number < 10; number++) {
      const { accepted, call } = await login(broker, `bad-${number}`)
      assert.deepEqual([accepted, call.result, call.verdict], [false, 'answered', 'deny'])
    }
    assert.equal((await login(broker, 'good')).accepted, true)
    run.signal('SIGUSR2')
    await run.sees('failed 10 times')
    assert.equal(run.complained, '')
    const logged = await eventually(() => decisions(run).length === 11 && decisions(run))
    assert.equal(logged.filter(({ cause }) => cause === 'exception').length, 10)
  })
}
