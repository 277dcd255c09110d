'use strict'

// The examples, against calls that real brokers made.

const assert = require('node:assert/strict')
const fs = require('node:fs')
const http = require('node:http')
const path = require('node:path')
const { test } = require('node:test')
const { message, verdict } = require('./support/broker.js')
const { eventually } = require('./support/eventually.js')
const { command, directory, program } = require('./support/program.js')
const { connect } = require('./support/serve.js')

const ROOT = path.join(__dirname, '../..')
const EXAMPLES = path.join(ROOT, 'examples/node')
const RECORDINGS = path.join(ROOT, 'tests/data/recordings')
const VERSIONS = ['4.3.22', '4.4.19', '5.3.2', '5.8.9', '5.9.2']

/** Starts an example in a directory of its own. */
function start(t, name, environment = {}) {
  const cwd = directory(t)
  const source = fs.readFileSync(path.join(EXAMPLES, name), 'utf8')
  return program(t, source, {
    name,
    cwd,
    environment: { EXHOOK_BIND: '127.0.0.1:0', ...environment },
  })
}

/** Plays recordings to a program, and resolves to how often each verdict was told, by hook. */
async function replay(t, address, ...versions) {
  const files = versions.map((version) => path.join(RECORDINGS, `emqx-${version}.calls.jsonl`))
  const run = command(t, ['replay', ...files, '--to', address, '--json', '--quiet'], directory(t))
  assert.equal(await run.ends(60), 0, run.output)
  const report = JSON.parse(run.printed)
  assert.equal(report.failures, 0)
  return Object.fromEntries(report.hooks.map(({ hook, verdicts }) => [hook, verdicts]))
}

async function stop(run) {
  run.signal('SIGTERM')
  assert.equal(await run.ends(), 'SIGTERM', run.output)
  assert.doesNotMatch(run.output, /error/i)
}

/** How often each word of a line that a pattern finds was printed. */
function counted(run, pattern) {
  const counts = {}
  for (const [, word] of run.printed.matchAll(pattern)) counts[word] = (counts[word] ?? 0) + 1
  return counts
}

for (const version of VERSIONS) {
  test(`quickstart decides on the calls of EMQX ${version}`, async (t) => {
    const run = start(t, 'quickstart.mjs')
    const told = await replay(t, await run.address(), version)
    await stop(run)
    const { allow, deny } = told['client.authenticate']
    assert.ok(allow > 0 && deny > 0)
    const logins = counted(run, /: login (accepted|refused)$/gm)
    assert.deepEqual(logins, { accepted: allow, refused: deny })
    const topics = counted(run, /: \S+ (allowed|denied)$/gm)
    const authorized = told['client.authorize']
    assert.deepEqual(topics, { allowed: authorized.allow, denied: authorized.deny })
    const times = counted(run, /: sensors\/\S+ (gets a time)$/gm)
    assert.deepEqual(times, { 'gets a time': told['message.publish'].replace })
    assert.ok(told['message.publish'].ignore > 0)
    const presence = counted(run, /: (client\.\w+), \d+ online$/gm)
    assert.deepEqual(presence, {
      'client.connected': told['client.connected'].done,
      'client.disconnected': told['client.disconnected'].done,
    })
  })
}

test('quickstart puts the time before any payload, binary ones as well', async (t) => {
  const run = start(t, 'quickstart.mjs')
  const broker = connect(t, await run.address())
  assert.match(
    await broker.publish({ topic: 'sensors/a' }),
    /^replace sensors\/a \d{10} payload 1$/,
  )
  const payload = Buffer.from([0, 255, 128])
  const fields = { message: message({ topic: 'sensors/a', payload }) }
  const response = await broker.call('OnMessagePublish', fields)
  assert.deepEqual(response.message.payload.subarray(11), payload)
  await stop(run)
})

test('authentication admits those whose password it has', async (t) => {
  const run = start(t, 'authentication.mjs')
  const address = await run.address()
  const broker = connect(t, address)
  const login = (username, password) => broker.authenticate('c1', { username, password })
  const told = await Promise.all([
    login('alice', 'pw'),
    login('müller', 'geheim'),
    login('alice', 'b'),
    login('alice', ''),
    login('nobody', ''),
    login('', ''),
    login('constructor', 'pw'),
  ])
  assert.deepEqual(told, ['allow', 'allow', 'deny', 'deny', 'deny', 'deny', 'deny'])
  const { allow, deny } = (await replay(t, address, '5.8.9', '5.9.2'))['client.authenticate']
  // Once in each recording alice logs in, and bob several times.
  assert.ok(allow >= 4 && deny > allow, `${allow} ${deny}`)
  await stop(run)
})

test('authorization goes by user and topic', async (t) => {
  const run = start(t, 'authorization.mjs')
  const address = await run.address()
  const broker = connect(t, address)
  const asked = async (username, type, topic) => {
    const fields = { clientinfo: { clientid: 'c1', username }, type, topic }
    return verdict(await broker.call('OnClientAuthorize', fields))
  }
  const expected = [
    ['dashboard', 'SUBSCRIBE', '#', 'allow'],
    ['alice', 'SUBSCRIBE', '#', 'deny'],
    ['alice', 'SUBSCRIBE', '+/a', 'deny'],
    ['alice', 'PUBLISH', '$SYS/a', 'deny'],
    ['alice', 'PUBLISH', 'sensors/a', 'allow'],
    ['alice', 'SUBSCRIBE', 'sensors/#', 'keep_going true'],
    ['alice', 'SUBSCRIBE', 'jobs/#', 'keep_going false'],
    ['worker', 'SUBSCRIBE', 'jobs/#', 'allow'],
    ['worker', 'PUBLISH', 'jobs/a', 'keep_going false'],
    ['alice', 'PUBLISH', 'other', 'ignore'],
    ['constructor', 'PUBLISH', 'other', 'ignore'],
  ]
  for (const [username, type, topic, told] of expected) {
    assert.equal(await asked(username, type, topic), told, `${username} ${type} ${topic}`)
  }
  for (const version of VERSIONS) {
    const told = (await replay(t, address, version))['client.authorize']
    assert.ok(told.allow > 0 && told.ignore > 0 && told['continue false'] > 0, JSON.stringify(told))
  }
  await stop(run)
})

test('enrich adds fields to readings, and stores every message', async (t) => {
  const run = start(t, 'enrich.mjs')
  const told = (await replay(t, await run.address(), ...VERSIONS))['message.publish']
  await stop(run)
  const file = path.join(run.cwd, 'messages.jsonl')
  const stored = fs
    .readFileSync(file, 'utf8')
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line))
  assert.equal(stored.length, told.replace + told.ignore)
  const readings = stored.filter(({ topic }) => topic.startsWith('sensors/'))
  const enriched = readings.flatMap(({ from, payload }) => {
    const text = Buffer.from(payload, 'base64').toString()
    return text.startsWith('{') ? [[from, JSON.parse(text)]] : []
  })
  assert.equal(enriched.length, told.replace)
  assert.ok(enriched.length > 50)
  for (const [from, reading] of enriched) {
    assert.equal(reading.from, from)
    assert.match(reading.node, /@/)
    assert.ok('temperature' in reading || Object.keys(reading).length > 2, JSON.stringify(reading))
  }
})

test('presence tells who is online', async (t) => {
  const run = start(t, 'presence.mjs', { PORT: '0' })
  const address = await run.address()
  await run.sees('who is online: ')
  const [, url] = run.output.match(/who is online: (\S+)/)
  const broker = connect(t, address)
  const clientinfo = { clientid: 'ü', username: 'alice', peerhost: '10.0.0.1', node: 'n1' }
  await broker.call('OnClientConnected', { clientinfo })
  await broker.call('OnClientConnected', { clientinfo: { ...clientinfo, clientid: 'c2' } })
  const clients = async () => Object.keys(await get(url)).join()
  await eventually(async () => (await clients()) === 'ü,c2')
  const online = await get(url)
  const { username, peerhost, node } = online.ü
  assert.deepEqual([username, peerhost, node], ['alice', '10.0.0.1', 'n1'])
  await broker.call('OnClientDisconnected', { clientinfo: { ...clientinfo, node: 'n2' } })
  await broker.call('OnClientDisconnected', { clientinfo: { ...clientinfo, clientid: 'c2' } })
  await eventually(async () => (await clients()) === 'ü')
  await replay(t, address, '5.9.2')
  assert.ok('ü' in (await get(url)))
  await stop(run)
})

function get(url) {
  return new Promise((resolve, reject) => {
    http
      .get(url, { agent: false }, (response) => {
        let text = ''
        response.setEncoding('utf8').on('data', (part) => (text += part))
        response.once('end', () => resolve(JSON.parse(text)))
      })
      .once('error', reject)
  })
}

test('every example is short, and is tried here', () => {
  const tried = fs.readFileSync(__filename, 'utf8')
  for (const name of fs.readdirSync(EXAMPLES).filter((each) => each.endsWith('.mjs'))) {
    const lines = fs.readFileSync(path.join(EXAMPLES, name), 'utf8').trimEnd().split('\n')
    assert.ok(lines.length <= 40, `${name} has ${lines.length} lines`)
    assert.ok(tried.includes(`'${name}'`), name)
  }
})
