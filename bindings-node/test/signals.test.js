'use strict'

// What SIGINT and SIGTERM do to a process that serves.

const assert = require('node:assert/strict')
const { test } = require('node:test')
const { eventually } = require('./support/eventually.js')
const { program } = require('./support/program.js')
const { LISTEN, SLOW, begin, isSound } = require('./support/programs.js')
const { connect } = require('./support/serve.js')

for (const signal of ['SIGINT', 'SIGTERM']) {
  test(`${signal} finishes what runs, and the process ends by it`, async (t) => {
    const run = program(t, `${SLOW}${LISTEN}app.on('close', () => console.log('closed'))`)
    const broker = connect(t, await run.address())
    const login = broker.authenticate()
    await broker.notify()
    await run.sees('called', 2)
    run.signal(signal)
    assert.equal(await login, 'allow')
    assert.equal(await run.ends(), signal, run.output)
    assert.match(run.output, /notified[\s\S]*closed/)
    isSound(run)
  })

  test(`a second ${signal} ends at once`, async (t) => {
    const run = program(t, `${SLOW}${LISTEN}`, { environment: { DRAIN: '60000' } })
    const broker = connect(t, await run.address())
    const login = begin(broker, 'forever')
    await run.sees('called')
    run.signal(signal)
    await eventually(() => refusesCalls(t, run))
    assert.ok(run.running)
    run.signal(signal)
    assert.equal(await run.ends(), signal, run.output)
    assert.ok((await login) instanceof Error)
    isSound(run)
  })

  test(`a program that listens for ${signal} itself decides how it ends`, async (t) => {
    const run = program(
      t,
      `${SLOW}
      process.on('${signal}', () => console.log('mine'))
      app.on('close', () => {
        console.log('closed')
        setTimeout(() => process.exit(7), 100)
      })
      ${LISTEN}`,
    )
    const broker = connect(t, await run.address())
    const login = broker.authenticate()
    await run.sees('called')
    run.signal(signal)
    assert.equal(await login, 'allow')
    assert.equal(await run.ends(), 7, run.output)
    assert.match(run.output, /mine[\s\S]*closed/)
  })

  test(`without signals: ${signal} is left to the program`, async (t) => {
    const run = program(
      t,
      `${SLOW}await app.listen('127.0.0.1:0', { signals: false })
      console.log('serving on', app.address)`,
    )
    const broker = connect(t, await run.address())
    const login = begin(broker)
    await run.sees('called')
    run.signal(signal)
    assert.equal(await run.ends(), signal, run.output)
    assert.ok((await login) instanceof Error)
    isSound(run)
  })
}

/** Whether a program that is closing takes no more connections. */
async function refusesCalls(t, run) {
  const broker = connect(t, await run.address())
  const told = await broker.authenticate('c1', {}, 100).catch((error) => error)
  broker.close()
  return told instanceof Error
}

test('a signal ends all apps, and drains for the time it may take', async (t) => {
  const run = program(
    t,
    `${SLOW}${LISTEN}
    const other = new App()
    other.on('close', () => console.log('other closed'))
    app.on('close', () => console.log('app closed'))
    await other.listen('127.0.0.1:0')
    console.log('ready')`,
    { environment: { DRAIN: '200' } },
  )
  const broker = connect(t, await run.address())
  const login = begin(broker, 'forever')
  await run.sees('called')
  await run.sees('ready')
  run.signal('SIGTERM')
  assert.equal(await run.ends(), 'SIGTERM', run.output)
  assert.match(run.output, /other closed/)
  assert.match(run.output, /app closed/)
  assert.ok(['deny', 'allow'].includes(await login) || (await login) instanceof Error)
})
