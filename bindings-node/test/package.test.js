'use strict'

// What is published: the packages as npm packs them, and whether they can be installed and used.

const assert = require('node:assert/strict')
const { execFileSync, spawnSync } = require('node:child_process')
const fs = require('node:fs')
const os = require('node:os')
const path = require('node:path')
const { before, after, test } = require('node:test')
const { packageOf, platformsHere } = require('../lib/platforms.js')

const PACKAGE = path.join(__dirname, '..')
const BIN = path.join(PACKAGE, 'node_modules', '.bin')
const [PLATFORM] = platformsHere()
// Tests that npm runs must not take its settings for those of the npm that they run.
const ENVIRONMENT = Object.fromEntries(
  Object.entries(process.env).filter(([name]) => !name.startsWith('npm_')),
)

/** @type {string} */
let folder

before(() => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), 'exhook-package-'))
  execFileSync(process.execPath, [path.join(PACKAGE, 'scripts', 'stage.js'), folder])
})

after(() => fs.rmSync(folder, { recursive: true, force: true }))

/** Packs a staged package; resolves to the tarball and the files in it. */
function pack(name) {
  const cwd = path.join(folder, name)
  const words = ['pack', '--json', '--ignore-scripts', '--pack-destination', folder]
  const [packed] = JSON.parse(execFileSync('npm', words, { cwd, env: ENVIRONMENT, stdio: 'pipe' }))
  const files = packed.files.map((file) => file.path).sort()
  return { tarball: path.join(folder, packed.filename), files }
}

/** Runs a tool of the package's own, and returns its exit code with what it said. */
function check(tool, words) {
  const { status, stdout, stderr } = spawnSync(path.join(BIN, tool), words, { env: ENVIRONMENT })
  return { status, said: `${stdout}${stderr}` }
}

test('the main package has the library, its types and the command, and nothing else', () => {
  const { files } = pack('exhook')
  for (const file of ['LICENSE', 'README.md', 'bin/exhook.js', 'package.json']) {
    assert.ok(files.includes(file), file)
  }
  for (const file of ['index.js', 'index.mjs', 'index.d.ts', 'index.d.mts', 'platforms.json']) {
    assert.ok(files.includes(`lib/${file}`), file)
  }
  for (const file of ['index.js', 'index.mjs', 'index.d.ts', 'index.d.mts']) {
    assert.ok(files.includes(`lib/testing/${file}`), file)
  }
  const others = files.filter(
    (file) => !/^(bin|lib)\/|^(LICENSE|README.md|package.json)$/.test(file),
  )
  assert.deepEqual(others, [])
  assert.deepEqual(
    files.filter((file) => file.endsWith('.node')),
    [],
  )
})

test('the package of this platform has the native module and nothing else', () => {
  const { files } = pack(PLATFORM)
  assert.deepEqual(files, ['LICENSE', 'README.md', `exhook.${PLATFORM}.node`, 'package.json'])
  const manifest = JSON.parse(fs.readFileSync(path.join(folder, PLATFORM, 'package.json')))
  assert.deepEqual([manifest.os, manifest.cpu], [[process.platform], [process.arch]])
})

test('the main package wants a native module of each platform in its own version', () => {
  const manifest = JSON.parse(fs.readFileSync(path.join(folder, 'exhook', 'package.json')))
  const wanted = manifest.optionalDependencies
  assert.equal(wanted[packageOf(PLATFORM)], manifest.version)
  assert.deepEqual([...new Set(Object.values(wanted))], [manifest.version])
  // Whoever installs it builds nothing.
  assert.equal(manifest.scripts, undefined)
  assert.equal(manifest.devDependencies, undefined)
})

test('publint finds nothing to put right', () => {
  const { status, said } = check('publint', ['run', '--strict', path.join(folder, 'exhook')])
  assert.equal(status, 0, said)
})

test('the types are right for every way to resolve them', () => {
  const { tarball } = pack('exhook')
  const { status, said } = check('attw', [tarball, '--no-color', '--format', 'ascii'])
  assert.equal(status, 0, said)
})

test('both packages installed together work, without the sources', () => {
  const cwd = path.join(folder, 'program')
  fs.mkdirSync(cwd)
  // The packages of other platforms are not published for this test, so the one for this is named.
  const tarballs = ['exhook', PLATFORM].map((name) => pack(name).tarball)
  const words = ['install', '--offline', '--omit=optional', '--no-audit', '--no-fund']
  fs.writeFileSync(path.join(cwd, 'package.json'), '{ "private": true }')
  execFileSync('npm', [...words, ...tarballs], { cwd, env: ENVIRONMENT, stdio: 'pipe' })
  const program = `
    const app = new exhook.App({ timeoutMs: 100 }).onClientAuthenticate(() => true)
    app.listen('127.0.0.1:0', { signals: false, environment: false })
      .then(() => app.close())
      .then(() => testing.Broker.start(app))
      .then((broker) => broker.close())
      .then(() => console.log(exhook.version, app.hooks[0].name))`
  for (const [name, load] of [
    ['program.cjs', (name, from) => `const ${name} = require('${from}')\n`],
    ['program.mjs', (name, from) => `import * as ${name} from '${from}'\n`],
  ]) {
    const loads = load('exhook', 'exhook') + load('testing', 'exhook/testing')
    fs.writeFileSync(path.join(cwd, name), loads + program)
    const said = execFileSync(process.execPath, [name], { cwd, env: ENVIRONMENT }).toString()
    assert.match(said, /^\d+\.\d+\.\d+ client\.authenticate\n$/)
  }
  const command = path.join(cwd, 'node_modules', '.bin', 'exhook')
  const help = execFileSync(command, ['--help'], { env: ENVIRONMENT }).toString()
  assert.match(help, /run +Serve a JavaScript app/)
  const loaded = "console.log(Object.keys(require.cache).find((file) => file.endsWith('.node')))"
  fs.writeFileSync(path.join(cwd, 'where.cjs'), `require('exhook'); ${loaded}`)
  const where = execFileSync(process.execPath, ['where.cjs'], { cwd, env: ENVIRONMENT }).toString()
  assert.match(where, new RegExp(`@exhook/${PLATFORM}/`))
})
