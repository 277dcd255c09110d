'use strict'

// Finding the native module, and what is said where there is none.

const assert = require('node:assert/strict')
const { execFileSync } = require('node:child_process')
const fs = require('node:fs')
const path = require('node:path')
const { test } = require('node:test')
const { directory, program } = require('./support/program.js')

const PACKAGE = path.join(__dirname, '..')
const { version } = require('../package.json')
const { PLATFORMS, fileOf, packageOf, platformsHere } = require('../lib/platforms.js')

const LOAD = "console.log('loaded', require('./exhook/lib/native.js').version())"

/** A directory with the package in its folder `exhook`, which has no native module. */
function bare(t) {
  const made = directory(t)
  fs.cpSync(path.join(PACKAGE, 'lib'), path.join(made, 'exhook/lib'), { recursive: true })
  fs.mkdirSync(path.join(made, 'exhook/native'))
  return made
}

/** Where the native module of these tests is. */
function built() {
  const [file] = platformsHere()
    .map((name) => path.join(PACKAGE, 'native', fileOf(name)))
    .filter((candidate) => fs.existsSync(candidate))
  return file
}

/** Loads the package of a directory and resolves to what that printed. */
async function load(t, cwd, { environment, before = '' } = {}) {
  const run = program(t, `${before}\n${LOAD}`, { name: 'program.cjs', cwd, environment })
  const code = await run.ends()
  return { code, printed: run.printed, complained: run.complained }
}

/** Pretends to be somewhere else. */
function pretend(platform, arch) {
  return `Object.defineProperties(process, {
    platform: { value: '${platform}' }, arch: { value: '${arch}' } })`
}

test('the file that was built is loaded', async (t) => {
  const cwd = bare(t)
  fs.copyFileSync(built(), path.join(cwd, 'exhook/native', path.basename(built())))
  const { printed } = await load(t, cwd)
  assert.equal(printed, `loaded ${version}\n`)
})

test('without one, the package of the platform is loaded', async (t) => {
  const cwd = bare(t)
  for (const platform of platformsHere()) {
    const folder = path.join(cwd, 'node_modules', packageOf(platform))
    fs.mkdirSync(folder, { recursive: true })
    fs.copyFileSync(built(), path.join(folder, fileOf(platform)))
    const manifest = { name: packageOf(platform), version, main: fileOf(platform) }
    fs.writeFileSync(path.join(folder, 'package.json'), JSON.stringify(manifest))
  }
  const { printed, complained } = await load(t, cwd)
  assert.equal(printed, `loaded ${version}\n`, complained)
})

test('EXHOOK_NATIVE names a file, whatever its name ends with', async (t) => {
  const cwd = bare(t)
  fs.copyFileSync(built(), path.join(cwd, 'library.so'))
  const { printed } = await load(t, cwd, { environment: { EXHOOK_NATIVE: 'library.so' } })
  assert.equal(printed, `loaded ${version}\n`)
})

test('where there is none, the error tells what was tried, where, and what to do', async (t) => {
  const cwd = bare(t)
  const { code, complained } = await load(t, cwd)
  assert.equal(code, 1)
  assert.match(complained, /^NativeModuleError: the native module of exhook cannot be loaded/m)
  assert.match(complained, /code: 'NATIVE_MODULE'/)
  for (const platform of platformsHere()) {
    const file = path.join(cwd, 'exhook/native', fileOf(platform))
    assert.ok(complained.includes(`  ${fs.realpathSync(path.dirname(file))}`), complained)
    assert.ok(complained.includes(`${fileOf(platform)}: `), complained)
    const name = packageOf(platform)
    assert.ok(complained.includes(`  ${name}: Cannot find module '${name}'`), complained)
  }
  for (const words of [
    `${process.platform}-${process.arch}`,
    `Node.js ${process.version}`,
    '--omit=optional',
    '--no-optional',
    'npm run prepare',
    ...Object.keys(PLATFORMS),
  ]) {
    assert.ok(complained.includes(words), `${words} in ${complained}`)
  }
})

test('on Linux the error names the C library', {
  skip: process.platform !== 'linux',
}, async (t) => {
  const { complained } = await load(t, bare(t))
  const { glibcVersionRuntime } = process.report.getReport().header
  const libc = glibcVersionRuntime ? `glibc ${glibcVersionRuntime}` : 'musl'
  assert.ok(complained.includes(`, ${libc}\n`), complained)
})

test('a file that is no library is named with what the system says of it', async (t) => {
  const cwd = bare(t)
  const [platform] = platformsHere()
  const file = path.join(cwd, 'exhook/native', fileOf(platform))
  fs.writeFileSync(file, 'this is text, and not a library, which has some kilobytes'.repeat(100))
  const { code, complained } = await load(t, cwd)
  assert.equal(code, 1)
  const [line] = complained.split('\n').filter((text) => text.includes(`${fileOf(platform)}: `))
  assert.match(line, /\.node: \S/)
  assert.doesNotMatch(line, /No such file|Cannot find/)
})

test('a wrong EXHOOK_NATIVE is an error, though there is a file that could be loaded', async (t) => {
  const cwd = bare(t)
  fs.copyFileSync(built(), path.join(cwd, 'exhook/native', path.basename(built())))
  const { code, complained } = await load(t, cwd, { environment: { EXHOOK_NATIVE: './nothing' } })
  assert.equal(code, 1)
  assert.match(complained, /^ {2}\S+nothing: /m)
  assert.match(complained, /EXHOOK_NATIVE/)
  assert.doesNotMatch(complained, /@exhook/)
})

test('a platform that nothing is published for', async (t) => {
  const { code, complained } = await load(t, bare(t), { before: pretend('aix', 'ppc64') })
  assert.equal(code, 1)
  assert.match(complained, /aix-ppc64/)
  assert.match(complained, /No package is published for this platform/)
  assert.match(complained, /build it from source with cargo/)
})

test('another architecture has its own names', async (t) => {
  const { complained } = await load(t, bare(t), { before: pretend('linux', 'arm64') })
  for (const words of ['exhook.linux-arm64-gnu.node', '@exhook/linux-arm64-musl']) {
    assert.ok(complained.includes(words), complained)
  }
  assert.doesNotMatch(complained, /linux-x64-gnu\.node/)
})

test('the command tells the same without a stack', async (t) => {
  const cwd = bare(t)
  fs.cpSync(path.join(PACKAGE, 'bin'), path.join(cwd, 'exhook/bin'), { recursive: true })
  for (const words of [['run', 'app.mjs'], ['replay'], ['--help']]) {
    const command = [path.join(cwd, 'exhook/bin/exhook.js'), ...words]
    assert.throws(
      () => execFileSync(process.execPath, command, { encoding: 'utf8', stdio: 'pipe' }),
      ({ status, stderr }) => {
        assert.equal(status, 2)
        assert.match(stderr, /^exhook: the native module of exhook cannot be loaded/)
        assert.doesNotMatch(stderr, /\n {4}at /)
        return true
      },
    )
  }
})
