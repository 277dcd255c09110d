// Who is online, for everybody who asks with HTTP: `curl 127.0.0.1:8080`.

import { createServer } from 'node:http'
import { App } from 'exhook'

const online = new Map()

const app = new App()
  .onClientConnected(({ clientid, node, clientinfo: { username, peerhost } }) => {
    online.set(clientid, { username, peerhost, node, since: new Date().toISOString() })
  })
  .onClientDisconnected(({ clientid, node }) => {
    // A client that is here again, by way of another node, stays.
    if (online.get(clientid)?.node === node) online.delete(clientid)
  })

const page = createServer((_request, response) => {
  response.writeHead(200, { 'content-type': 'application/json' })
  response.end(`${JSON.stringify(Object.fromEntries(online))}\n`)
})

await app.listen('127.0.0.1:9000') // the environment variable EXHOOK_BIND overrides it
console.log(`serving on ${app.address}`)
page.listen(Number(process.env.PORT ?? 8080), '127.0.0.1', () => {
  console.log(`who is online: http://127.0.0.1:${page.address().port}`)
})
app.on('close', () => page.close())
