'use strict'

const { AssertionError } = require('node:assert')
const { setTimeout: sleep } = require('node:timers/promises')
const { InvalidOptionError, WrongStateError } = require('../errors.js')
const { kindOf } = require('../handler.js')
const { PROVIDER, name, read, text } = require('./options.js')

const ANY_PORT = '127.0.0.1:0'
// For as long the event loop is left to handlers before they are looked at again.
const PAUSE_MS = 2
// No call is longer on its way to a handler that is not kept waiting by another.
const LONGEST_WAY_MS = 5_000

/**
 * A program that a broker calls: an app of this process, or one that runs elsewhere.
 *
 * @typedef {import('../app.js').App} App
 * @typedef {{ name: string, app?: App, url?: string, settings: Record<string, any> }} Program
 */

/** The programs that a broker calls. Those of this process are served as long as it is open. */
class Programs {
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #alive

  /** @param {Program[]} programs */
  constructor(programs) {
    this._programs = programs
    this._apps = programs.flatMap(({ app }) => app ?? [])
    /** Where the apps listen, or have listened, because of this. */
    this._addresses = /** @type {Map<App, string>} */ (new Map())
  }

  /** What they are called. */
  get names() {
    return this._programs.map((program) => program.name)
  }

  /**
   * Serves the apps, and resolves to the broker's settings for all programs.
   *
   * @param {Record<string, any>} common settings of those that do not say
   */
  async listen(common) {
    await this.#serve(this._apps)
    return this._programs.map(({ name, app, url, settings }) => ({
      ...common,
      ...settings,
      name,
      url: app === undefined ? url : `http://${app.address}`,
    }))
  }

  /** @param {App[]} apps */
  async #serve(apps) {
    try {
      for (const app of apps) {
        // The test says when it is over: nothing else may keep the process alive.
        const way = { signals: false, environment: false, alive: false }
        await app._listen(this._addresses.get(app) ?? ANY_PORT, way)
        this._addresses.set(app, app.address)
      }
    } catch (error) {
      await this.close()
      throw error
    }
  }

  /** Ends the apps for a while. */
  async stop() {
    this.#checkAreHere('its end is not for the broker to make')
    await this.close()
  }

  /** Serves the apps where they were served before. */
  async start() {
    this.#checkAreHere('its start is not for the broker to make')
    await this.#serve(this._apps.filter((app) => !app.listening))
  }

  async close() {
    await Promise.all([...this._addresses.keys()].map((app) => app.close()))
    clearTimeout(this.#alive)
  }

  /** @param {string} remedy */
  #checkAreHere(remedy) {
    if (this._apps.length === 0) {
      throw new WrongStateError(`the program runs elsewhere: ${remedy}`)
    }
  }

  /** What was called and is not handled so far. */
  get unhandled() {
    const all = this._apps.map((app) => app._unhandled)
    const sum = (/** @type {'waiting' | 'running'} */ what) =>
      all.reduce((total, one) => total + one[what], 0)
    return { waiting: sum('waiting'), running: sum('running') }
  }

  get isIdle() {
    const { waiting, running } = this.unhandled
    return waiting === 0 && running === 0
  }

  /**
   * Keeps the process alive while calls are on their way to their handlers, which then do so by
   * themselves. Those that wait for a handler that never ends do not keep it for ever.
   */
  linger(until = performance.now() + LONGEST_WAY_MS) {
    clearTimeout(this.#alive)
    if (this.unhandled.waiting > 0 && performance.now() < until) {
      this.#alive = setTimeout(() => this.linger(until), PAUSE_MS)
    }
  }

  /**
   * Waits until everything is handled.
   *
   * @param {number} timeoutMs
   */
  async handled(timeoutMs) {
    this.#checkAreHere(
      "nobody here sees its handlers end; give them { ack: 'late' }, or wait for what they do",
    )
    const end = performance.now() + timeoutMs
    while (!this.isIdle) {
      if (performance.now() > end) {
        const { waiting, running } = this.unhandled
        throw new AssertionError({
          message: `after ${timeoutMs} ms, ${running} handlers still run and ${waiting} calls wait`,
        })
      }
      await sleep(PAUSE_MS)
    }
  }
}

/**
 * Reads what `Broker.start` is given as programs.
 *
 * @param {unknown} given
 */
function programsOf(given) {
  const all = Array.isArray(given) ? given : [given]
  if (all.length === 0) {
    throw new InvalidOptionError('there is no program; give at least one app or URL')
  }
  const named = (/** @type {number} */ place) =>
    all.length === 1 ? 'default' : `program${place + 1}`
  const programs = all.map((one, place) => programOf(one, named(place)))
  const apps = programs.flatMap(({ app }) => app ?? [])
  if (new Set(apps).size < apps.length) {
    throw new InvalidOptionError('an app is given twice; the broker calls each program once')
  }
  return new Programs(programs)
}

/**
 * @param {any} given
 * @param {string} byDefault
 * @returns {Program}
 */
function programOf(given, byDefault) {
  if (isApp(given)) {
    return { name: byDefault, app: usable(given), settings: {} }
  }
  if (typeof given === 'string') {
    return { name: byDefault, url: given, settings: {} }
  }
  const { app, url } = given ?? {}
  if (isApp(app) === (typeof url === 'string')) {
    throw new InvalidOptionError(
      `a broker calls an App, the URL of a program, or { app } or { url } with options, not ${misfit(given)}`,
    )
  }
  const kinds = { ...PROVIDER, name, url: text }
  const { name: own, url: _, ...settings } = read('a program', given, kinds, ['app'])
  return { name: own ?? byDefault, app: app && usable(app), url, settings }
}

/**
 * Whether something is an app, be it of another copy of this package: test runners may load several.
 *
 * @param {any} given
 * @returns {given is App}
 */
function isApp(given) {
  return typeof given?._listen === 'function'
}

/**
 * What was given instead of a program, and the remedy where it is known.
 *
 * @param {any} given
 */
function misfit(given) {
  if (isApp(given?.default)) {
    return 'a module: give its default export'
  }
  if (typeof given?.then === 'function') {
    return 'a promise: await it'
  }
  return kindOf(given)
}

/** @param {App} app */
function usable(app) {
  if (app._handlerCount === 0) {
    throw new InvalidOptionError(
      'the app has no handlers, so the broker would never call it; register them before the test',
    )
  }
  if (app.listening) {
    throw new WrongStateError(
      `the app listens already, on ${app.address}. Where another broker has started it, close that ` +
        'one first. Where its module calls listen(), leave that to the program that imports it, or ' +
        'give the URL instead of the app',
    )
  }
  return app
}

module.exports = { Programs, programsOf }
