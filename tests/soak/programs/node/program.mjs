// What the soak test asks, answered by handlers that return, throw and promise. The first word of a
// user name, of a topic behind `soak/` or of a payload says what is to be answered. At its end the
// program prints what it has seen, as JSON.

import { setTimeout as sleep } from 'node:timers/promises'
import { App, block } from '../../../../bindings-node/lib/index.mjs'

const SLOW_MS = 50
const LATE_MS = Number(process.env.SOAK_LATE_MS)
const PERMISSIONS = { allow: true, slow: true, late: true, deny: false, rubbish: 42 }
const WAITS = { slow: SLOW_MS, late: LATE_MS }

const app = new App()
const newest = new Map()
const disorders = []
let seen = 0

function permission(word) {
  if (word === 'raise') throw new Error('on purpose')
  return PERMISSIONS[word]
}

app.onClientAuthenticate(async ({ clientinfo: { username: word } }) => {
  if (word in WAITS) await sleep(WAITS[word])
  return permission(word)
})

app.onClientAuthorize(({ topic }) => {
  const word = topic.split('/')[1]
  return word in WAITS ? sleep(WAITS[word], true) : permission(word)
})

app.onMessagePublish(({ message }) => {
  const payload = message.payload.toString()
  const word = payload.split(' ', 1)[0]
  if (word === 'raise') throw new Error('on purpose')
  if (word === 'replace')
    return message.replace({ payload: `replaced${payload.slice(word.length)}` })
  if (word === 'block') return block()
  return word === 'rubbish' ? 42 : undefined
})

function count() {
  seen++
}

function countInOrder({ clientid, hook, message }) {
  seen++
  const [word, , number] = message.payload.toString().split(' ')
  const last = newest.get(clientid) ?? 0
  if (Number(number) < last) disorders.push(`${clientid}: ${hook} ${number} after ${last}`)
  newest.set(clientid, Number(number))
  if (word === 'raise') throw new Error('on purpose')
}

app
  .onClientConnected(count)
  .onSessionSubscribed(count)
  .onSessionUnsubscribed(count)
  .onClientDisconnected(async () => count())
  .onMessageDropped(async (req) => {
    await null
    countInOrder(req)
  })
  .onMessageDelivered(countInOrder)
  .onMessageAcked(countInOrder)

app.on('close', () => console.log(JSON.stringify({ seen, disorders })))
await app.listen('127.0.0.1:9000') // the environment variable EXHOOK_BIND overrides it
