'use strict'

// A run of vitest over tests that use the simulated broker, in both kinds of its workers.

const assert = require('node:assert/strict')
const fs = require('node:fs')
const path = require('node:path')
const { test } = require('node:test')
const { fileOf, platformsHere } = require('../../lib/platforms.js')
const { directory, start } = require('../support/program.js')

const PACKAGE = path.join(__dirname, '../..')
const VITEST = path.join(PACKAGE, 'node_modules/vitest')
const NATIVE = path.join(PACKAGE, 'native', fileOf(platformsHere()[0]))
const [MAJOR] = process.versions.node.split('.').map(Number)
const PATIENCE_SECONDS = 60

const APP = `
  import { App } from 'exhook'

  export const told = []
  const app = new App()
  app.onClientAuthenticate(({ clientinfo }) => clientinfo.password === 'secret')
  app.onClientConnected(async ({ clientid }) => void told.push(clientid))
  export default app
`

const TESTS = `
  import { expect, test } from 'vitest'
  import { Broker } from 'exhook/testing'
  import app, { told } from './app.mjs'

  test('the broker lives as long as its test', async (context) => {
    const broker = await Broker.start(app, { version: '5.8', context })
    expect(app.listening).toBe(true)
    const client = broker.client('c1', { password: 'secret' })
    expect(await client.connect()).toMatchObject({ accepted: true, reason: 'success' })
    await broker.waitUntilHandled()
    expect(told).toEqual(['c1'])
    await broker.assertCalled('client.connected', { clientid: 'c1' })
  })

  test('and the app is free for the next one', async ({ onTestFinished }) => {
    expect(app.listening).toBe(false)
    const broker = await Broker.start(app, { context: { onTestFinished } })
    expect((await broker.client('c2', { password: 'wrong' }).connect()).accepted).toBe(false)
    await expect(broker.assertCalled('client.connected')).rejects.toThrow(/was not called/)
  })
`

/** Runs vitest over the tests, and resolves to its output. */
async function run(t, tests, ...flags) {
  const cwd = directory(t)
  const modules = path.join(cwd, 'node_modules')
  // Vitest takes what is linked there for sources of its user's, so the package is copied.
  fs.rmSync(path.join(modules, 'exhook'))
  for (const name of ['lib', 'package.json']) {
    fs.cpSync(path.join(PACKAGE, name), path.join(modules, 'exhook', name), { recursive: true })
  }
  fs.symlinkSync(VITEST, path.join(modules, 'vitest'), 'junction')
  fs.writeFileSync(path.join(cwd, 'app.mjs'), APP)
  fs.writeFileSync(path.join(cwd, 'hooks.test.mjs'), tests)
  const words = [path.join(VITEST, 'vitest.mjs'), 'run', ...flags]
  return start(t, words, cwd, { EXHOOK_NATIVE: process.env.EXHOOK_NATIVE ?? NATIVE })
}

const skip = MAJOR < 20 && 'vitest needs Node.js 20'

for (const pool of ['forks', 'threads']) {
  test(`tests of vitest pass in its ${pool}`, { skip }, async (t) => {
    const vitest = await run(t, TESTS, `--pool=${pool}`)
    assert.equal(await vitest.ends(PATIENCE_SECONDS), 0, vitest.output)
    assert.match(vitest.output, /2 passed/)
  })
}

test('a failed assertion shows the calls in the report of vitest', { skip }, async (t) => {
  const tests = TESTS.replace("clientid: 'c1' }", "clientid: 'c7' }")
  const vitest = await run(t, tests, '-t', 'lives as long')
  assert.equal(await vitest.ends(PATIENCE_SECONDS), 1, vitest.output)
  assert.match(vitest.output, /client\.connected with clientid 'c7' was not called/)
  assert.match(vitest.output, /client\.authenticate c1: allow/)
})
