// The conformance runner of Node.js: makes a hook program of the lines on standard input.

import { once } from 'node:events'
import { writeSync } from 'node:fs'
import { createInterface } from 'node:readline'
import { setTimeout as sleep } from 'node:timers/promises'
import { App, allow, block, deny, ignore, keepGoing } from 'exhook'

const FIXED = {
  allow,
  deny,
  ignore,
  block,
  true: () => true,
  false: () => false,
  none: () => undefined,
  text: () => 'allow',
}

/** Where handlers wait that hold their answer back; a new one after each release. */
let gate = deferred()

function deferred() {
  const made = {}
  made.promise = new Promise((resolve) => {
    made.resolve = resolve
  })
  return made
}

function release() {
  const { resolve } = gate
  gate = deferred()
  resolve()
}

function say(line) {
  writeSync(1, `${line}\n`)
}

/** What a handler was called with. */
function report(kind, request) {
  const words = [kind, request.hook]
  if (request.clientid) words.push(`client=${request.clientid}`)
  if (request.node) words.push(`node=${request.node}`)
  if (request.topic) words.push(`topic=${request.topic}`)
  if (request.message) words.push(`size=${request.message.payload.length}`)
  if (typeof request.result === 'boolean') words.push(`result=${request.result}`)
  if (request.broker) words.push(`version=${request.broker.version}`)
  if (request.hook === 'client.subscribe') {
    for (const { name, subopts } of request.topic_filters) {
      words.push(`filter=${name}:${subopts.qos}`)
    }
    for (const { name, value } of request.user_props) words.push(`user=${name}:${value}`)
  }
  return words.join(' ')
}

/** What the handler returns. */
function verdict(words, request) {
  say(report('ended', request))
  const [word, ...rest] = words
  if (word in FIXED) return FIXED[word]()
  if (word === 'keep_going') return keepGoing(rest[0] === 'true')
  if (word === 'echo') return request.message.replace({ payload: request.message.payload })
  if (word === 'wrong') return request.hook === 'message.publish' ? allow() : block()
  if (word === 'replace') {
    const pairs = rest.map((change) => change.split('='))
    const changes = Object.fromEntries(pairs)
    if (changes.qos) changes.qos = Number(changes.qos)
    return request.message.replace(changes)
  }
  throw new Error('as the program says')
}

function register(app, { hook, kind, topics, timeout_ms, answers, ...options }) {
  const wordsFor = (request) => {
    const name = request.clientid.split('/')[0]
    return (answers[name] ?? answers['*'] ?? 'none').split(' ')
  }
  const handlers = {
    sync(request) {
      say(report('called', request))
      return verdict(wordsFor(request), request)
    },
    async async(request) {
      const { promise } = gate
      say(report('called', request))
      const words = wordsFor(request)
      while (['hold', 'sleep'].includes(words[0])) {
        if (words.shift() === 'hold') await promise
        else await sleep(Number(words.shift()))
      }
      return verdict(words, request)
    },
  }
  if (timeout_ms) options.timeoutMs = Number(timeout_ms)
  if (options.shadow) options.shadow = options.shadow === 'true'
  const method = `on${camel(`_${hook.replace('.', '_')}`)}`
  const filters = topics ? [topics.split(',')] : []
  app[method](...filters, handlers[kind], options)
}

function camel(name) {
  return name.replace(/_(\w)/g, (_, letter) => letter.toUpperCase())
}

say('runner node kinds=sync,async waits=async lacks=unanswered')
const options = { logger: false }
const handlers = []
let app
const input = createInterface({ input: process.stdin })
input.on('line', async (line) => {
  const [verb, first, ...rest] = line.split(' ')
  if (verb === 'option') options[camel(first)] = JSON.parse(rest[0])
  if (verb === 'handler') {
    const pairs = rest.map((word) => word.split('='))
    handlers.push({ hook: first, answers: {}, ...Object.fromEntries(pairs) })
  }
  if (verb === 'answer') handlers.at(-1).answers[first] = rest.join(' ')
  if (verb === 'bind') options.bind = first
  if (verb === 'start') {
    const { bind, ...config } = options
    app = new App(config)
    for (const handler of handlers) register(app, handler)
    await app.listen(bind, { signals: false })
    say(`listening ${app.address}`)
  }
  if (verb === 'release') {
    release()
    say('released')
  }
})
await once(input, 'close')
release()
// From now on nobody waits.
gate.resolve()
await app?.close()
