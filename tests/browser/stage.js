// A hook program, simulated clients and a browser.

import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { chromium } from 'playwright-core'

export const ROOT = fileURLToPath(new URL('../../', import.meta.url))
const BUILT = join(ROOT, 'target/debug')
const FLAGS = [
  '--headless',
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
]

async function freePort() {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address()
  server.close()
  await once(server, 'close')
  return port
}

/** A program in another process, which ends with the test. */
class Program {
  constructor(name, args, env) {
    this.process = spawn(join(BUILT, name), args, {
      env: { ...process.env, ...env },
      stdio: 'ignore',
    })
    this.ended = once(this.process, 'exit')
  }

  async stop() {
    if (this.process.exitCode === null) this.process.kill('SIGTERM')
    await this.ended
  }
}

/** The hook program, which can be started anew where it was. */
export class HookProgram {
  static async start(options = {}) {
    const program = new HookProgram()
    const [bind, admin] = [await freePort(), await freePort()]
    program.bind = `127.0.0.1:${bind}`
    program.url = `http://127.0.0.1:${admin}/`
    program.env = { EXHOOK_BIND: program.bind, EXHOOK_ADMIN: `127.0.0.1:${admin}`, ...options }
    await program.restart()
    return program
  }

  async restart() {
    await this.stop()
    this.program = new Program('examples/quickstart', [], this.env)
    for (;;) {
      const answer = await fetch(`${this.url}readyz`).catch(() => null)
      if (answer?.ok) return
      if (this.program.process.exitCode !== null) throw new Error('the hook program has ended')
      await new Promise((resolve) => setTimeout(resolve, 20))
    }
  }

  async stop() {
    await this.program?.stop()
  }

  /** Simulated clients that publish to sensors, until they are stopped. */
  simulate(...options) {
    const to = `http://${this.bind}`
    const clients = ['--clients', '4', '--rate', '5', '--duration', '10m', '--username', 'alice']
    const topic = ['--password', 'sesame-open', '--topic', 'sensors/{n}/temperature']
    return new Program('exhook', [
      'simulate',
      '--to',
      to,
      '--quiet',
      ...clients,
      ...topic,
      ...options,
    ])
  }
}

/** A browser with an empty profile; `problems` are errors, and requests to anywhere else. */
export async function openBrowser(options = {}) {
  const profile = mkdtempSync(join(tmpdir(), 'exhook-browser-'))
  const browser = await chromium.launchPersistentContext(profile, {
    executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
    args: FLAGS,
    ...options,
  })
  const page = browser.pages()[0] ?? (await browser.newPage())
  const problems = []
  page.on('pageerror', (error) => problems.push(String(error)))
  page.on('console', (message) => {
    // A connection that is refused while the program is away is what the test wants.
    const isAway = message.text().includes('net::ERR_')
    if (['error', 'warning'].includes(message.type()) && !isAway) problems.push(message.text())
  })
  page.on('request', (request) => {
    const { protocol, hostname } = new URL(request.url())
    if (protocol !== 'data:' && hostname !== '127.0.0.1') problems.push(request.url())
  })
  const close = async () => {
    await browser.close()
    rmSync(profile, { recursive: true, force: true })
  }
  return { page, problems, close }
}
