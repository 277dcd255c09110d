'use strict'

// What keeps a process alive, what ends it, and how, each in a process of its own.

const assert = require('node:assert/strict')
const { test } = require('node:test')
const { program } = require('./support/program.js')
const { LISTEN, SLOW, begin, isSound } = require('./support/programs.js')
const { connect } = require('./support/serve.js')

test('a program that only registers handlers ends', async (t) => {
  const run = program(t, SLOW)
  assert.equal(await run.ends(), 0, run.output)
  isSound(run)
})

test('a program lives between listen and close, and not longer', async (t) => {
  const run = program(
    t,
    `${SLOW}${LISTEN}
    process.on('SIGUSR2', () => app.close().then(() => console.log('closed')))
    process.on('exit', () => console.log('at the end'))`,
  )
  const broker = connect(t, await run.address())
  assert.equal(await broker.authenticate(), 'allow')
  assert.ok(run.running)
  run.signal('SIGUSR2')
  assert.equal(await run.ends(), 0, run.output)
  assert.match(run.output, /closed\nat the end/)
  isSound(run)
})

test('a program ends once it has closed all of its apps', async (t) => {
  const run = program(
    t,
    `import { App } from 'exhook'
    const apps = [new App(), new App(), new App()]
    for (const app of apps) {
      app.onClientAuthenticate(() => true)
      await app.listen('127.0.0.1:0')
    }
    for (const app of apps) await app.close()
    console.log('closed')`,
  )
  assert.equal(await run.ends(), 0)
  assert.match(run.output, /closed/)
})

test('a listen that fails does not keep the program alive', async (t) => {
  const run = program(
    t,
    `import { App } from 'exhook'
    await new App().listen('nowhere').catch((error) => console.log(error.code))`,
  )
  assert.equal(await run.ends(), 0)
  assert.match(run.output, /INVALID_ADDRESS/)
})

test('process.exit() in a handler ends the process with calls in flight', async (t) => {
  const run = program(
    t,
    `${SLOW}
    app.onClientAuthorize(({ topic }) => process.exit(Number(topic)))
    ${LISTEN}`,
  )
  const broker = connect(t, await run.address())
  const logins = Array.from({ length: 20 }, (_, number) => begin(broker, `forever${number}`))
  await run.sees('called', 20)
  const last = broker.authorize('3').catch((error) => error)
  assert.equal(await run.ends(), 3, run.output)
  await Promise.all([last, ...logins])
  isSound(run)
})

test('process.exit() outside of handlers ends a process that is called all the time', async (t) => {
  const run = program(
    t,
    `${SLOW}
    app.onClientAuthorize(() => true)
    ${LISTEN}
    setInterval(() => app.metrics().hooks.some(({ calls }) => calls > 500) && process.exit(4), 1)`,
  )
  const broker = connect(t, await run.address())
  const call = async () => {
    while ((await broker.authorize().catch(() => 'gone')) !== 'gone');
  }
  const calls = Array.from({ length: 16 }, call)
  assert.equal(await run.ends(), 4, run.output)
  broker.close()
  await Promise.all(calls)
  isSound(run)
})

test('an exception at top level after listen ends the process', async (t) => {
  const run = program(
    t,
    `${SLOW}${LISTEN}
    await new Promise((resolve) => process.once('SIGUSR2', resolve))
    throw new Error('at top level')`,
  )
  const broker = connect(t, await run.address())
  const login = begin(broker, 'forever')
  await run.sees('called')
  run.signal('SIGUSR2')
  assert.equal(await run.ends(), 1, run.output)
  assert.match(run.output, /at top level/)
  assert.ok((await login) instanceof Error)
  isSound(run)
})

test('handlers that throw, at once or later, do not end the process', async (t) => {
  const run = program(
    t,
    `${SLOW}
    app.onClientAuthorize(async () => {
      throw new Error('in a handler')
    })
    app.onClientDisconnected(() => {
      throw 'a text'
    })
    ${LISTEN}`,
  )
  const broker = connect(t, await run.address())
  for (let round = 0; round < 3; round++) {
    assert.equal(await broker.authorize(), 'deny')
    await broker.notify('OnClientDisconnected')
  }
  assert.equal(await broker.authenticate(), 'allow')
  await run.sees('in a handler')
  await run.sees('client.disconnected')
  assert.ok(run.running)
  assert.match(run.complained, /in a handler/)
  run.signal('SIGTERM')
  assert.equal(await run.ends(), 'SIGTERM')
})

test('what a handler starts and does not await is as fatal as anywhere', async (t) => {
  const run = program(
    t,
    `${SLOW}
    app.onClientAuthorize(() => {
      setTimeout(() => {
        throw new Error('from a timer')
      })
      return true
    })
    ${LISTEN}`,
  )
  const broker = connect(t, await run.address())
  assert.equal(await broker.authorize(), 'allow')
  assert.equal(await run.ends(), 1)
  assert.match(run.output, /from a timer/)
  isSound(run)
})

test('a process that is killed with calls in flight leaves no answer behind', async (t) => {
  const run = program(t, `${SLOW}${LISTEN}`)
  const broker = connect(t, await run.address())
  const login = begin(broker, 'forever')
  await run.sees('called')
  run.signal('SIGKILL')
  assert.equal(await run.ends(), 'SIGKILL')
  assert.ok((await login) instanceof Error)
})

test('a handler that never lets go of the loop does not keep the broker waiting', async (t) => {
  const run = program(t, `${SLOW.replace('60_000', '200')}${LISTEN}`)
  const broker = connect(t, await run.address())
  const both = [broker.publish(), broker.authenticate()]
  assert.deepEqual(await Promise.all(both), ['ignore', 'deny'])
  assert.equal(await broker.authenticate(), 'deny')
  run.signal('SIGKILL')
  assert.equal(await run.ends(), 'SIGKILL')
})

test('an app that nobody refers to any more serves on', async (t) => {
  const run = program(
    t,
    `import { App } from 'exhook'
    import v8 from 'node:v8'
    import vm from 'node:vm'
    v8.setFlagsFromString('--expose-gc')
    const address = await (async () => {
      const app = new App().onClientAuthenticate(() => true)
      return (await app.listen('127.0.0.1:0')).address
    })()
    for (let round = 0; round < 5; round++) {
      vm.runInNewContext('gc')()
      await new Promise((resolve) => setImmediate(resolve))
    }
    console.log('serving on', address)`,
  )
  const broker = connect(t, await run.address())
  assert.equal(await broker.authenticate(), 'allow')
  run.signal('SIGTERM')
  assert.equal(await run.ends(), 'SIGTERM')
  isSound(run)
})
