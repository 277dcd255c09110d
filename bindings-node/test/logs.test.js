'use strict'

// What the core has to say, and where it says it.

const assert = require('node:assert/strict')
const { test } = require('node:test')
const { App } = require('exhook')
const { eventually } = require('./support/eventually.js')
const { program } = require('./support/program.js')
const { Records } = require('./support/records.js')
const { connect, serve } = require('./support/serve.js')

const REFUSED =
  /client\.authenticate[\s\S]*refuse such clients|refuse such clients[\s\S]*client\.authenticate/

test('warnings of the core reach the logger', async (t) => {
  const logger = new Records()
  const app = new App({ logger }).onClientAuthenticate(() => undefined)
  const broker = await serve(t, app, 'v2')
  for (let count = 0; count < 3; count++) assert.equal(await broker.authenticate(), 'ignore')
  await logger.sees('warn', REFUSED)
  assert.deepEqual(logger.of('error'), [])
})

test('what is of less importance comes at its level', async (t) => {
  const logger = new Records()
  const app = new App({ logger })
  const broker = await serve(t, app)
  await broker.call('OnProviderLoaded', { broker: { version: '5.9.2' }, meta: { node: 'n1' } })
  await logger.sees('info', new RegExp(app.address.replaceAll('.', '\\.')))
  await logger.sees('info', /a broker has loaded this provider[\s\S]*5\.9\.2/)
})

test('the methods of a logger are called on the logger', async (t) => {
  class Logger {
    texts = []
    debug() {}
    info() {}
    error() {}
    warn(...values) {
      this.texts.push(values.join(' '))
    }
  }
  const logger = new Logger()
  const app = new App({ logger }).onClientAuthenticate(() => undefined)
  await (await serve(t, app, 'v2')).authenticate()
  await eventually(() => logger.texts.some((text) => /refuse such clients/.test(text)))
})

test('after close the logger is told nothing any more', async (t) => {
  const [first, second] = [new Records(), new Records()]
  const one = new App({ logger: first })
  await serve(t, one)
  await one.close()
  const other = new App({ logger: second }).onClientAuthenticate(() => undefined)
  const broker = await serve(t, other, 'v2')
  const before = first.all.length
  await broker.authenticate()
  await second.sees('info', new RegExp(other.address.replaceAll('.', '\\.')))
  assert.ok(first.all.length - before <= 1, first.text)
})

/** A program whose app warns of something, and fails in a handler. */
function complaining(logger) {
  return `
    import { App } from 'exhook'
    const app = new App(${logger})
    app.onClientAuthenticate(() => undefined)
    app.onClientAuthorize(() => { throw new Error('in a handler') })
    await app.listen('127.0.0.1:0')
    console.log('serving on', app.address)`
}

async function complain(t, run) {
  const broker = connect(t, await run.address(), 'v2')
  assert.equal(await broker.authenticate(), 'ignore')
  assert.equal(await broker.authorize(), 'deny')
}

test('by default warnings and errors are shown on standard error, and nothing else', async (t) => {
  const run = program(t, complaining(''))
  await complain(t, run)
  await run.sees('in a handler')
  await run.sees('refuse such clients')
  run.signal('SIGTERM')
  await run.ends()
  assert.match(run.complained, /refuse such clients/)
  assert.match(run.complained, /in a handler/)
  assert.doesNotMatch(run.complained, /serving emqx|has loaded this provider/)
  assert.match(run.printed, /^serving on \S+\n$/)
})

test('without a logger nothing is shown', async (t) => {
  const run = program(t, complaining('{ logger: false }'))
  await complain(t, run)
  run.signal('SIGTERM')
  await run.ends()
  assert.equal(run.complained, '')
})

test('console will do as logger', async (t) => {
  const run = program(t, complaining('{ logger: console }'))
  await complain(t, run)
  await run.sees('in a handler')
  await run.sees('refuse such clients')
  run.signal('SIGTERM')
  assert.equal(await run.ends(), 'SIGTERM')
})
