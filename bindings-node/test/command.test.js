'use strict'

// The command `exhook`.

const assert = require('node:assert/strict')
const fs = require('node:fs')
const net = require('node:net')
const path = require('node:path')
const { test } = require('node:test')
const { command, directory, program } = require('./support/program.js')
const { connect } = require('./support/serve.js')

const native = require('../lib/native.js')

const RECORDING = path.join(__dirname, '../../tests/data/recordings/emqx-5.9.2.calls.jsonl')
const ANY = { EXHOOK_BIND: '127.0.0.1:0' }
const MAIN = `
import { App } from 'exhook'
export const app = new App({ timeoutMs: 30_000 })
export const notAnApp = 5
app.onClientAuthenticate(({ deadlineMs }) => deadlineMs > 15_000)
app.onMessagePublish(['sensors/#', 'jobs/#'], async () => {})
`

/** A directory with these files, and `main.mjs`. */
function files(t, others = {}) {
  const made = directory(t)
  for (const [name, source] of Object.entries({ 'main.mjs': MAIN, ...others })) {
    fs.mkdirSync(path.dirname(path.join(made, name)), { recursive: true })
    fs.writeFileSync(path.join(made, name), source)
  }
  return made
}

/** Runs `exhook run` on a free port. */
function run(t, words, cwd, environment = {}) {
  return command(t, ['run', ...words], cwd, { ...ANY, ...environment })
}

async function stop(started) {
  started.signal('SIGTERM')
  assert.equal(await started.ends(), 'SIGTERM', started.output)
}

/** A server on a port that is in use as long as the test runs. */
async function takenAddress(t) {
  const server = net.createServer()
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve))
  t.after(() => server.close())
  return `127.0.0.1:${server.address().port}`
}

test('run serves and shows a banner', async (t) => {
  const started = run(t, ['main.mjs'], files(t))
  const address = await started.address()
  assert.equal(await connect(t, address).authenticate(), 'allow')
  await stop(started)
  const { pid } = started.process
  const hooks = 'client.authenticate, message.publish (sensors/# jobs/#)'
  const banner = `exhook ${native.version()} serves ${hooks} on ${address} (pid ${pid})\n`
  assert.ok(started.complained.includes(banner), started.output)
  assert.equal(started.printed, '')
})

test('the banner of an app without handlers says so', async (t) => {
  const source = `import { App } from 'exhook'\nexport const app = new App()`
  const started = run(t, ['main.mjs'], files(t, { 'main.mjs': source }))
  await started.address()
  assert.match(started.complained, /serves no hook, because no handler is registered, on/)
  await stop(started)
})

test('flags win over the environment and that over the code', async (t) => {
  const cwd = files(t)
  const verdict = async (flags, environment) => {
    const started = run(t, ['main.mjs', ...flags], cwd, environment)
    const told = await connect(t, await started.address()).authenticate()
    await stop(started)
    return told
  }
  assert.equal(await verdict([], {}), 'allow')
  assert.equal(await verdict([], { EXHOOK_TIMEOUT_MS: '10000' }), 'deny')
  assert.equal(await verdict(['--timeout-ms', '40000'], { EXHOOK_TIMEOUT_MS: '10000' }), 'allow')
  assert.equal(await verdict(['--timeout-ms=10000'], {}), 'deny')
})

test('--print-config tells each value and where it is from', async (t) => {
  const toml = '[max]\ninflight = 5\n\n[tls]\nkey = "key.pem"\ncert = "cert.pem"\n'
  const source = `import { App } from 'exhook'
    await new App({ timeoutMs: 60_000, maxInflight: 7, configFile: 'exhook.toml' }).listen()`
  const cwd = files(t, { 'exhook.toml': toml, 'serves.mjs': source })
  const printed = async (...words) => {
    const started = run(t, [...words, '--print-config'], cwd, { EXHOOK_TIMEOUT_MS: '500' })
    assert.equal(await started.ends(), 0, started.output)
    const lines = started.printed.matchAll(/^(\w+) = (.*?) +# (.*)$/gm)
    return Object.fromEntries([...lines].map(([, name, ...rest]) => [name, rest]))
  }
  const own = await printed('serves.mjs', '--io-threads', '2')
  assert.deepEqual(own.max_inflight, ['5', 'file exhook.toml:2'])
  assert.deepEqual(own.tls_key, ['"(hidden)"', 'file exhook.toml:5'])
  assert.deepEqual(own.timeout_ms, ['500', 'environment EXHOOK_TIMEOUT_MS'])
  assert.deepEqual(own.io_threads, ['2', 'flag --io-threads'])
  assert.deepEqual(own.log_level, ['"info"', 'default'])
  const exported = await printed('main.mjs', '--config', 'exhook.toml')
  assert.deepEqual(exported.max_inflight, ['5', 'file exhook.toml:2'])
})

test('--admin serves metrics', async (t) => {
  const cwd = files(t)
  for (const [flags, environment] of [
    [['--admin', '0'], {}],
    [[], { EXHOOK_ADMIN: '127.0.0.1:0' }],
  ]) {
    const started = run(t, ['main.mjs', ...flags], cwd, environment)
    assert.equal(await connect(t, await started.address()).authenticate(), 'allow')
    await started.sees('/metrics')
    const [url] = /http:\/\/127\.0\.0\.1:\d+\/metrics/.exec(started.output)
    const metrics = await (await fetch(url)).text()
    assert.match(metrics, /^exhook_calls_total\{hook="client.authenticate",package="v3"\} 1$/m)
    await stop(started)
  }
})

test('flags count for an app that the program serves itself', async (t) => {
  const source = `${MAIN}\nawait app.listen('nowhere')`
  const cwd = files(t, { 'main.mjs': source })
  const started = command(
    t,
    ['run', '--bind', '127.0.0.1:0', '--timeout-ms', '10000', 'main.mjs'],
    cwd,
  )
  assert.equal(await connect(t, await started.address()).authenticate(), 'deny')
  await stop(started)
})

test('without the banner a run is quiet', async (t) => {
  const socket = path.join(files(t), 'socket')
  const flags = ['--no-banner', '--log-level', 'error', '--bind', `unix:${socket}`]
  const started = run(t, [...flags, 'main.mjs'], path.dirname(socket))
  assert.equal(await connect(t, `unix:${socket}`).authenticate(), 'allow')
  await stop(started)
  assert.equal(started.output, '')
})

const FORMS = {
  'app.mjs': MAIN,
  'whole.mjs': `import { App } from 'exhook'\nexport default new App()`,
  'only.mjs': `import { App } from 'exhook'\nexport const other = new App(), again = other, five = 5`,
  'app.cjs': `exports.app = new (require('exhook').App)()`,
  'whole.cjs': `module.exports = new (require('exhook').App)()`,
  'object.cjs': `const app = new (require('exhook').App)()\nmodule.exports = Object.assign({}, { app })`,
  'self.mjs': `import { App } from 'exhook'\nawait new App().listen()`,
  'self.cjs': `new (require('exhook').App)().listen()`,
  'both.cjs': `const app = new (require('exhook').App)()\napp.listen()\nmodule.exports = { app }`,
  'later.cjs': `const app = new (require('exhook').App)()\nsetTimeout(() => app.listen(), 50)`,
  'forever.mjs': `import { App } from 'exhook'\nawait new App().listen()\nawait new Promise(() => {})`,
  'a#b.mjs': MAIN,
}

for (const [name, source] of Object.entries(FORMS)) {
  test(`run serves ${name}`, async (t) => {
    const started = run(t, [name], files(t, { [name]: source }))
    await started.address()
    await stop(started)
  })
}

test('one of several apps is chosen by its name', async (t) => {
  const source = `
    import { App } from 'exhook'
    export const first = new App().onClientConnected(() => {})
    export const second = new App().onClientDisconnected(() => {})`
  const started = run(t, ['two.mjs#second'], files(t, { 'two.mjs': source }))
  await started.address()
  assert.match(started.output, /serves client\.disconnected on/)
  await stop(started)
})

const TWO = `import { App } from 'exhook'\nexport const one = new App(), two = new App()`
const MISTAKES = [
  [['nothing.mjs'], {}, 'there is no file nothing.mjs'],
  [['nothing.mjs'], { EXHOOK_WATCH: '1' }, 'there is no file nothing.mjs'],
  [['main'], {}, 'there is no file main; did you mean main.mjs?'],
  [['mian.mjs'], {}, 'did you mean main.mjs?'],
  [['.'], {}, 'there is no file .'],
  [['main.mjs#ap'], {}, 'main.mjs exports no ap; did you mean app?'],
  [['main.mjs#notAnApp'], {}, 'main.mjs#notAnApp is a number, not an App'],
  [['two.mjs'], {}, 'two.mjs exports several Apps; give two.mjs#one or two.mjs#two'],
  [['none.mjs'], {}, 'none.mjs exports no App, and none in it listens'],
  [['none.mjs#app'], {}, 'it exports no App at all'],
  [['never.mjs'], {}, 'never.mjs exports no App, and none in it listens'],
  [['foreign.mjs'], {}, 'from another copy of exhook'],
  [['main.mjs', '--bind', 'nowhere'], {}, 'host:port'],
  [['main.mjs', '--timeout-ms', '0'], {}, 'timeout'],
  [['main.mjs', '--timeout-ms', 'x'], {}, '--timeout-ms is "x"; it takes a whole number'],
  [['main.mjs', '--timeout-ms'], {}, '--timeout-ms needs a value'],
  [['main.mjs', '--bind', '--no-banner'], {}, '--bind needs a value'],
  [['main.mjs', '--no-banner=yes'], {}, '--no-banner takes no value'],
  [['main.mjs', '--time-out-ms', '5'], {}, 'no option --time-out-ms; did you mean --timeout-ms?'],
  [['main.mjs', '--log-level', 'loud'], {}, 'trace, debug, info, warn, error'],
  [['main.mjs'], { EXHOOK_LOG_LEVEL: 'loud' }, 'EXHOOK_LOG_LEVEL'],
  [
    ['main.mjs'],
    { EXHOOK_MAX_INFLIGHT: 'many' },
    'EXHOOK_MAX_INFLIGHT is "many"; it takes a whole',
  ],
  [
    ['main.mjs'],
    { EXHOOK_COMPANION: 'perhaps' },
    'EXHOOK_COMPANION is "perhaps"; it takes true or',
  ],
  [['main.mjs', '--config', 'wrong.toml'], {}, 'wrong.toml:2:1: there is no option bnid; did you'],
  [['main.mjs'], { EXHOOK_CONFIG: 'nothing.toml' }, 'nothing.toml (environment EXHOOK_CONFIG)'],
  [['main.mjs', 'two.mjs'], {}, 'two.mjs is one too many'],
  [[], {}, 'FILE'],
]

for (const [words, environment, text] of MISTAKES) {
  const what = [...words, ...Object.values(environment)].join(' ')
  test(`a mistake takes one line and code 2: ${what}`, async (t) => {
    const cwd = files(t, {
      'two.mjs': TWO,
      'wrong.toml': '\nbnid = "127.0.0.1:0"',
      'none.mjs': 'export const five = 5',
      'never.mjs': 'await new Promise(() => {})',
      'foreign.mjs': 'class App { listen() {} }\nexport const app = new App()',
    })
    const started = run(t, words, cwd, environment)
    assert.equal(await started.ends(), 2, started.output)
    assert.ok(started.complained.includes(text), started.output)
    assert.match(started.complained, /^exhook: [^\n]+\n$/)
    assert.equal(started.printed, '')
  })
}

test('a port in use', async (t) => {
  const address = await takenAddress(t)
  const started = run(t, ['main.mjs', '--bind', address], files(t))
  assert.equal(await started.ends(), 2)
  assert.match(started.complained, /^exhook: [^\n]+\n$/)
  assert.ok(started.complained.includes(address), started.output)
})

const FAULTS = [
  [`import 'nothing-at-all'`, /nothing-at-all/],
  ['const a = (', /SyntaxError/],
  [`import { App } from 'exhook'\nnew App({ timeout: 1 })`, /timeoutMs/],
  [
    `import { App } from 'exhook'\nawait new App().listen()\nthrow new Error('boom')`,
    /Error: boom/,
  ],
]

for (const [source, pattern] of FAULTS) {
  test(`an error of the program is shown with its place: ${pattern.source}`, async (t) => {
    const started = run(t, ['main.mjs'], files(t, { 'main.mjs': source }))
    assert.equal(await started.ends(), 1)
    assert.match(started.complained, pattern)
    assert.match(started.complained, /main\.mjs/)
    assert.match(started.complained, /\n {4}at /)
  })
}

test('listen in code reads the environment', async (t) => {
  const source = `import { App } from 'exhook'
    const app = await new App().listen('nowhere')
    console.log('serving on', app.address)`
  const started = program(t, source, { environment: ANY })
  await started.address()
  await stop(started)
})

test('other verbs are passed on', async (t) => {
  const cwd = directory(t)
  const [version, help, none, unknown] = [['--version'], ['--help'], [], ['unknown-verb']].map(
    (words) => command(t, words, cwd),
  )
  assert.equal(await version.ends(), 0)
  assert.match(version.printed, /^exhook \d+\.\d+/)
  for (const helped of [help, none]) {
    assert.equal(await helped.ends(), 0)
    assert.match(helped.printed, /run +Serve a JavaScript app[\s\S]*replay/)
  }
  assert.equal(await unknown.ends(), 2)
  assert.match(unknown.complained, /unknown-verb/)
})

test('Ctrl-C ends a replay with its report', async (t) => {
  const source = `${MAIN}\napp.onProviderLoaded(() => console.log('a broker is there'))`
  const cwd = files(t, { 'main.mjs': source })
  const started = run(t, ['main.mjs'], cwd)
  const address = await started.address()
  const words = ['replay', RECORDING, '--to', address, '--speed', '1']
  const replay = command(t, words, cwd)
  await started.sees('a broker is there')
  replay.signal('SIGINT')
  assert.equal(await replay.ends(), 130, replay.output)
  assert.match(replay.output, /interrupted/)
  await stop(started)
})

test('help lists every option with its variable', async (t) => {
  const helped = command(t, ['run', '--help'], directory(t))
  assert.equal(await helped.ends(), 0)
  for (const name of [
    'bind',
    'logLevel',
    'watch',
    'banner',
    ...Object.keys(native.defaultConfig()),
  ]) {
    const words = name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)
    assert.ok(helped.printed.includes(`--${words}`), words)
    assert.ok(
      helped.printed.includes(`[EXHOOK_${words.replaceAll('-', '_').toUpperCase()}]`),
      words,
    )
  }
  assert.doesNotMatch(helped.printed, /undefined|option of the server/)
  for (const line of helped.printed.split('\n')) assert.ok(line.length <= 100, line)
})

test('--watch restarts on a change and survives errors', async (t) => {
  const cwd = files(t, {
    'part/rules.mjs': 'export const answer = true',
    'main.mjs': `
      import { App } from 'exhook'
      import { answer } from './part/rules.mjs'
      export const app = new App().onClientAuthenticate(() => answer)`,
  })
  const change = (source) => fs.writeFileSync(path.join(cwd, 'part/rules.mjs'), source)
  const started = run(t, ['main.mjs', '--watch'], cwd)
  try {
    assert.equal(await connect(t, await started.address()).authenticate(), 'allow')
    change('export const answer = false')
    assert.equal(await connect(t, await started.address(2)).authenticate(), 'deny')
    change("export const answer = 1\nthrow new Error('not yet')")
    await started.sees('not yet')
    await started.sees('Failed running')
    change('export const answer = undefined')
    assert.equal(await connect(t, await started.address(3)).authenticate(), 'ignore')
  } finally {
    // Killed, it could not end what it has started.
    started.signal('SIGTERM')
    assert.equal(await started.ends(), 0, started.output)
  }
})
