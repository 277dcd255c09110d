'use strict'

const { spawn } = require('node:child_process')
const fs = require('node:fs')
const os = require('node:os')
const path = require('node:path')
const { eventually } = require('./eventually.js')

const PACKAGE = path.join(__dirname, '../..')
const COMMAND = path.join(PACKAGE, 'bin/exhook.js')
const PATIENCE_SECONDS = 60

/**
 * A directory whose programs can import `exhook`, removed after the test.
 *
 * @param {import('node:test').TestContext} t
 */
function directory(t) {
  const made = newDirectory()
  removeAfter(t, made)
  return made
}

function newDirectory() {
  const made = fs.mkdtempSync(path.join(os.tmpdir(), 'exhook-test-'))
  fs.mkdirSync(path.join(made, 'node_modules'))
  fs.symlinkSync(PACKAGE, path.join(made, 'node_modules/exhook'), 'junction')
  return made
}

function removeAfter(t, made) {
  t.after(() => fs.rmSync(made, { recursive: true, force: true, maxRetries: 5 }))
}

/** A Node.js program in a process of its own, whose output is gathered. */
class Program {
  constructor(commandLine, cwd, environment, through = []) {
    const inherited = Object.entries(process.env).filter(
      ([name]) => !/EXHOOK|^NODE_(OPTIONS|TEST_CONTEXT|CHANNEL_FD|V8_COVERAGE)/.test(name),
    )
    const env = { ...Object.fromEntries(inherited), NO_COLOR: '1', ...environment }
    this.cwd = cwd
    const [first, ...words] = [...through, process.execPath, ...commandLine]
    this.process = spawn(first, words, {
      cwd,
      env,
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    /** Standard output, and standard error apart from it. */
    this.printed = ''
    this.complained = ''
    this.process.stdout.setEncoding('utf8').on('data', (text) => (this.printed += text))
    this.process.stderr.setEncoding('utf8').on('data', (text) => (this.complained += text))
    this._end = new Promise((resolve) => {
      this.process.once('close', (code, signal) => resolve(signal ?? code))
    })
  }

  get output() {
    return this.printed + this.complained
  }

  get running() {
    return this.process.exitCode === null && this.process.signalCode === null
  }

  /** Waits until the program has printed `text` so many times. */
  async sees(text, times = 1) {
    const enough = () => this.output.split(text).length > times
    const explain = () => `${times} × ${JSON.stringify(text)} in:\n${this.output}`
    await eventually(() => enough() || !this.running, explain, PATIENCE_SECONDS)
    // What the program printed last may still be on its way.
    if (!enough()) await this._end
    if (!enough()) throw new Error(`the program ended without ${explain()}`)
  }

  /** The address that the program printed last, in a line such as `serving on 127.0.0.1:9000`. */
  async address(times = 1) {
    const pattern = / on (\S+)(?: \(pid \d+\))?$/gm
    const found = () => [...this.output.matchAll(pattern)].map((match) => match[1])
    const ready = () => found().length >= times || !this.running
    await eventually(ready, () => `an address in:\n${this.output}`, PATIENCE_SECONDS)
    if (found().length < times) throw new Error(`the program ended:\n${this.output}`)
    return found().at(-1)
  }

  signal(name) {
    this.process.kill(name)
  }

  /** Waits for the end, and resolves to the exit code, or to the name of the signal. */
  async ends(seconds = PATIENCE_SECONDS) {
    let timer
    const late = new Promise((resolve) => (timer = setTimeout(resolve, seconds * 1000, 'late')))
    const how = await Promise.race([this._end, late])
    clearTimeout(timer)
    if (how === 'late') {
      await this.close()
      throw new Error(`the program does not end:\n${this.output}`)
    }
    return how
  }

  /** Kills the program where it still runs, and reads the last of its output. */
  async close() {
    if (this.running) this.process.kill('SIGKILL')
    await this._end
  }
}

/**
 * Runs source code as a program, which is killed where it still runs after the test.
 *
 * @param {import('node:test').TestContext} t
 * @param {string} source
 * @param {{ name?: string, cwd?: string, arguments?: string[], environment?: object,
 *   through?: string[] }} options `name` tells by its ending what kind of module the source is,
 *   `through` is a command that becomes the one that follows
 */
function program(t, source, options = {}) {
  const cwd = options.cwd ?? newDirectory()
  const file = path.join(cwd, options.name ?? 'program.mjs')
  fs.writeFileSync(file, source)
  const words = [file, ...(options.arguments ?? [])]
  const run = start(t, words, cwd, options.environment, options.through)
  // After its end, because it may write there until then.
  if (options.cwd === undefined) removeAfter(t, cwd)
  return run
}

/** Runs `exhook` with these arguments, in `cwd`. */
function command(t, commandLine, cwd, environment) {
  return start(t, [COMMAND, ...commandLine], cwd, environment)
}

/** Runs Node.js with these arguments, in `cwd`. */
function start(t, commandLine, cwd, environment = {}, through = []) {
  const run = new Program(commandLine, cwd, environment, through)
  t.after(() => run.close())
  return run
}

module.exports = { command, directory, program, start }
