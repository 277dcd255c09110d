'use strict'

// The package as CommonJS and as ES module.

const assert = require('node:assert/strict')
const fs = require('node:fs')
const path = require('node:path')
const { test } = require('node:test')
const { program } = require('./support/program.js')

const DECLARATIONS = path.join(__dirname, '../lib/index.d.ts')

// What every program may count on.
const PUBLIC = [
  ...[
    'App',
    'Message',
    'allow',
    'block',
    'currentRequest',
    'deny',
    'ignore',
    'keepGoing',
    'version',
  ],
  ...['AddressInUseError', 'ExhookError', 'HandlerError', 'InvalidAddressError'],
  ...['InvalidOptionError', 'IoError', 'WrongStateError'],
]

/** The values that the declarations export; types and interfaces are not among them. */
function declared() {
  const text = fs.readFileSync(DECLARATIONS, 'utf8')
  const values = /^export (?:declare )?(?:abstract )?(?:class|function|const|let|enum) (\w+)/gm
  return [...new Set([...text.matchAll(values)].map((match) => match[1]))].sort()
}

/** Runs a program and resolves to what it printed, as JSON. */
async function printed(t, source, name) {
  const run = program(t, source, { name })
  assert.equal(await run.ends(), 0, run.output)
  assert.equal(run.complained, '')
  return JSON.parse(run.printed)
}

test('CommonJS and ES module export what is declared', async (t) => {
  const print = 'console.log(JSON.stringify(Object.keys(exhook).sort()))'
  const required = await printed(t, `const exhook = require('exhook'); ${print}`, 'program.cjs')
  const imported = await printed(t, `import * as exhook from 'exhook'; ${print}`, 'program.mjs')
  const names = imported.filter((name) => name !== 'default' && name !== 'module.exports')
  assert.deepEqual(names, required)
  assert.deepEqual(required, declared())
  for (const name of PUBLIC) assert.ok(required.includes(name), name)
})

test('both are one package: a process has every class once', async (t) => {
  const same = await printed(
    t,
    `import * as imported from 'exhook'
    import { createRequire } from 'node:module'
    const required = createRequire(import.meta.url)('exhook')
    const different = Object.keys(required).filter((name) => required[name] !== imported[name])
    console.log(JSON.stringify(different))`,
    'program.mjs',
  )
  assert.deepEqual(same, [])
})

test('the names can be imported, and what they make is known to both', async (t) => {
  const result = await printed(
    t,
    `import { App, allow, version } from 'exhook'
    import { createRequire } from 'node:module'
    const required = createRequire(import.meta.url)('exhook')
    console.log(JSON.stringify([new App() instanceof required.App, required.allow() === allow(), version]))`,
    'program.mjs',
  )
  const { version } = JSON.parse(fs.readFileSync(path.join(__dirname, '../package.json'), 'utf8'))
  assert.deepEqual(result, [true, true, version])
})

test('the simulated broker is one in both, and calls apps of both', async (t) => {
  const result = await printed(
    t,
    `import * as imported from 'exhook/testing'
    import { App } from 'exhook'
    import { createRequire } from 'node:module'
    const required = createRequire(import.meta.url)('exhook/testing')
    const broker = await required.Broker.start(new App().onClientConnected(() => {}))
    await broker.close()
    const names = Object.keys(required).sort()
    console.log(JSON.stringify([names, names.every((name) => required[name] === imported[name])]))`,
    'program.mjs',
  )
  assert.deepEqual(result, [['Broker', 'Client'], true])
})

test('import() in CommonJS', async (t) => {
  const result = await printed(
    t,
    `import('exhook').then(({ App }) => console.log(JSON.stringify(typeof App)))`,
    'program.cjs',
  )
  assert.equal(result, 'function')
})

test('the default import is refused, or is what require() returns', async (t) => {
  const result = await printed(
    t,
    `import * as all from 'exhook'
    import { createRequire } from 'node:module'
    const required = createRequire(import.meta.url)('exhook')
    console.log(JSON.stringify(all.default === undefined || all.default === required))`,
    'program.mjs',
  )
  assert.equal(result, true)
})

test('nothing but the package itself can be imported', async (t) => {
  const result = await printed(
    t,
    `import('exhook/lib/app.js').catch((error) => console.log(JSON.stringify(error.code)))`,
    'program.mjs',
  )
  assert.equal(result, 'ERR_PACKAGE_PATH_NOT_EXPORTED')
})
