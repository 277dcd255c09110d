// Adds fields to JSON readings, and stores all messages in a file, one JSON object a line.

import { appendFileSync } from 'node:fs'
import { App } from 'exhook'

const MOST = 1000
const waiting = []

// One short write for many messages, for which the loop can wait.
function flush() {
  if (waiting.length > 0) appendFileSync('messages.jsonl', waiting.splice(0).join(''))
}

function addFields({ message, node }) {
  try {
    const reading = JSON.parse(message.payload)
    return message.replace({ payload: JSON.stringify({ ...reading, node, from: message.from }) })
  } catch {
    return undefined // no JSON: it goes on as it is
  }
}

function store({ message: { timestamp, from, topic, payload } }) {
  const line = { timestamp, from, topic, payload: payload.toString('base64') }
  waiting.push(`${JSON.stringify(line)}\n`)
  if (waiting.length >= MOST) flush()
}

// Handlers run in this order: what is stored has its fields.
const app = new App().onMessagePublish('sensors/#', addFields).onMessagePublish(store)
app.on('close', flush)
setInterval(flush, 200).unref()

await app.listen('127.0.0.1:9000') // the environment variable EXHOOK_BIND overrides it
console.log(`serving on ${app.address}`)
