// Logins from a table of users, whose passwords are kept as scrypt hashes.

import { randomBytes, scrypt, timingSafeEqual } from 'node:crypto'
import { promisify } from 'node:util'
import { App } from 'exhook'

const hash = promisify(scrypt)
const users = new Map()

async function addUser(name, password) {
  const salt = randomBytes(16)
  users.set(name, { salt, hashed: await hash(password, salt, 32) })
}

await addUser('alice', 'pw')
await addUser('bob', 'b')
await addUser('müller', 'geheim')
// For names that nobody has, so that they take as long as the others.
const nobody = { salt: randomBytes(16), hashed: randomBytes(32) }

const app = new App({ timeoutMs: 2000 })

// The hash is computed on other threads; meanwhile, the loop serves other clients.
app.onClientAuthenticate(
  async function authenticate({ clientinfo }) {
    const user = users.get(clientinfo.username) ?? nobody
    const hashed = await hash(clientinfo.password, user.salt, 32)
    return timingSafeEqual(hashed, user.hashed)
  },
  { fallback: 'deny' },
)

await app.listen('127.0.0.1:9000') // the environment variable EXHOOK_BIND overrides it
console.log(`serving on ${app.address}`)
