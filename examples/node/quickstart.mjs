// Who may connect, who may use which topic, a time for each reading, and who is online.

import { App } from 'exhook'

const app = new App()
const online = new Set()
const passwords = { alice: 'pw', bob: 'b', carol: 'c', dashboard: 's3cret', worker: 'x' }

app.onClientAuthenticate(({ clientid, clientinfo }) => {
  const allowed = passwords[clientinfo.username] === clientinfo.password
  console.log(`${clientid}: login ${allowed ? 'accepted' : 'refused'}`)
  return allowed
})

app.onClientAuthorize(({ clientid, topic, clientinfo }) => {
  const allowed = topic.startsWith('sensors/') || clientinfo.username === 'dashboard'
  console.log(`${clientid}: ${topic} ${allowed ? 'allowed' : 'denied'}`)
  return allowed
})

app.onMessagePublish('sensors/#', ({ clientid, topic, message }) => {
  console.log(`${clientid}: ${topic} gets a time`)
  const time = Buffer.from(`${Math.floor(Date.now() / 1000)} `)
  return message.replace({ payload: Buffer.concat([time, message.payload]) })
})

function presence({ clientid, hook }) {
  if (hook === 'client.connected') online.add(clientid)
  else online.delete(clientid)
  console.log(`${clientid}: ${hook}, ${online.size} online`)
}

app.onClientConnected(presence).onClientDisconnected(presence)

await app.listen('127.0.0.1:9000') // the environment variable EXHOOK_BIND overrides it
console.error(`serving on ${app.address}`)
