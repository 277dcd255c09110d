'use strict'

// What a program does when its app is closed.

const assert = require('node:assert/strict')
const { test } = require('node:test')
const { App } = require('..')
const { program } = require('./support/program.js')
const { Records } = require('./support/records.js')

const OWN = { signals: false, environment: false }

test('close waits for async listeners of close', async () => {
  const app = new App({ logger: new Records() })
  const done = []
  app.on('close', async () => {
    await new Promise(setImmediate)
    done.push('async')
  })
  app.once('close', () => done.push('once'))
  await app.listen('127.0.0.1:0', OWN)
  await app.close()
  assert.deepEqual(done, ['once', 'async'])
  assert.equal(app.listenerCount('close'), 1)
})

test('a listener of close that throws harms nobody, and is logged', async () => {
  const logger = new Records()
  const app = new App({ logger })
  let isTold = false
  app.on('close', async () => {
    throw new Error('no database')
  })
  app.on('close', () => {
    isTold = true
  })
  await app.listen('127.0.0.1:0', OWN)
  await app.close()
  assert.ok(isTold)
  assert.match(logger.text, /a listener of 'close' threw Error: no database/)
})

test('a signal ends the process when async listeners of close are done', async (t) => {
  const run = program(
    t,
    `import { App } from 'exhook'
    import { setTimeout as sleep } from 'node:timers/promises'
    const app = new App()
    app.on('close', async () => {
      await sleep(50)
      console.log('cleaned up')
    })
    await app.listen('127.0.0.1:0')
    console.log('serving on', app.address)`,
  )
  await run.address()
  run.signal('SIGTERM')
  assert.equal(await run.ends(), 'SIGTERM', run.output)
  assert.match(run.output, /cleaned up/)
})
