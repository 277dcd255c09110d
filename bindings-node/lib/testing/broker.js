'use strict'

const { InvalidOptionError, IoError } = require('../errors.js')
const { kindOf } = require('../handler.js')
const { chosen, failure, filterOf, inWords, timesInWords, timesOf } = require('./calls.js')
const { Client } = require('./client.js')
const { propertiesOf, publicationOf, willOf } = require('./messages.js')
const { BROKER, CLIENT, PROVIDER, flag, read, whole } = require('./options.js')
const { Operator } = require('./operator.js')
const { programsOf } = require('./programs.js')
const { withRequest } = require('./requests.js')

// Where there is none, `await using` is not known either.
const ASYNC_DISPOSE = Symbol.asyncDispose ?? Symbol.for('nodejs.asyncDispose')
const HANDLED_WITHIN_MS = 10_000
const LOADED_WITHIN_MS = 10_000

/** The options of `Broker.start` that are not the broker's. */
const KIT = ['context', 'load']

/** A simulated EMQX, which calls hook programs as the real one does. */
class Broker {
  #operator
  #programs
  #nodes
  #clients = 0
  /** The deadlines of `withRequestTimeout` that hold, the innermost last. @type {number[]} */
  #deadlines = []
  /** @type {Promise<void> | undefined} */
  #closed

  /**
   * @param {Operator} operator
   * @param {import('./programs.js').Programs} programs
   * @param {number} nodes
   */
  constructor(operator, programs, nodes) {
    this.#operator = operator
    this.#programs = programs
    this.#nodes = nodes
  }

  /**
   * @param {unknown} given
   * @param {Record<string, any>} [options]
   */
  static async start(given, options = {}) {
    const common = read('a broker', options, PROVIDER, [...Object.keys(BROKER), ...KIT])
    const settings = read('a broker', options, BROKER, [...Object.keys(PROVIDER), ...KIT])
    const { load = true } = read('a broker', { load: options.load }, { load: flag })
    const atEnd = atEndOf(options.context)
    const programs = programsOf(given)
    const providers = await programs.listen(common)
    let broker
    try {
      const operator = await Operator.start({ ...settings, providers })
      broker = new Broker(operator, programs, settings.nodes ?? 1)
      if (load) {
        await broker.#checkLoaded('. With { load: false } the broker starts all the same')
      }
    } catch (error) {
      await (broker ?? programs).close()
      throw error
    }
    atEnd(() => broker.close())
    return broker
  }

  /** @param {string} [remedy] */
  async #checkLoaded(remedy = '') {
    const statuses = await this.status()
    const failed = statuses.filter(({ status }) => status !== 'connected')
    if (failed.length > 0) {
      const reasons = failed.map(
        ({ node, provider, status, reason }) => `${provider} on ${node}: ${reason ?? status}`,
      )
      throw new IoError(`the program could not be loaded: ${reasons.join('; ')}${remedy}`)
    }
  }

  /**
   * @param {string} clientid
   * @param {Record<string, any>} [options]
   */
  client(clientid, options = {}) {
    if (typeof clientid !== 'string') {
      throw new InvalidOptionError(`the client id is ${kindOf(clientid)}; it takes a text`)
    }
    const kinds = { ...CLIENT, node: whole(0, this.#nodes - 1) }
    const settings = read('a client', options, kinds, ['will', 'userProperties'])
    this.#clients += 1
    return new Client((command) => this.#perform(command), `${clientid} ${this.#clients}`, {
      ...settings,
      clientid,
      will: willOf(options.will),
      user_properties: propertiesOf(options.userProperties),
    })
  }

  /**
   * @param {unknown} topic
   * @param {unknown} [payload]
   * @param {unknown} [options]
   */
  async publish(topic, payload, options = {}) {
    return this.#perform({ do: 'publish', message: publicationOf(topic, payload, options) })
  }

  /** @param {unknown} [filter] */
  async calls(filter = {}) {
    const { hook, ...wanted } = /** @type {any} */ (filter ?? {})
    return this.#callsOf(hook, filterOf(wanted, ['hook']))
  }

  async forgetCalls() {
    await this.#perform({ do: 'forget_calls' })
  }

  /**
   * @param {string} hook
   * @param {unknown} [filter]
   */
  async assertCalled(hook, filter = {}) {
    const parts = filterOf(filter, ['times'])
    const times = timesOf(filter)
    const found = await this.#callsOf(hookOf(hook), parts)
    if (times === undefined ? found.length > 0 : found.length === times) {
      return found
    }
    const count = found.length === 0 ? 'was not called' : `was called ${timesInWords(found.length)}`
    const wish = times === undefined ? '' : `, not ${timesInWords(times)}`
    const hint = found.length === 0 ? await this.#hint(hook) : ''
    throw failure(
      `${inWords(hook, parts)} ${count}${wish}${hint}`,
      await this.#perform({ do: 'calls' }),
      Broker.prototype.assertCalled,
    )
  }

  /**
   * @param {string} hook
   * @param {unknown} [filter]
   */
  async assertNotCalled(hook, filter = {}) {
    const parts = filterOf(filter)
    const found = await this.#callsOf(hookOf(hook), parts)
    if (found.length > 0) {
      const problem = `${inWords(hook, parts)} was called ${timesInWords(found.length)}`
      throw failure(problem, found, Broker.prototype.assertNotCalled)
    }
  }

  /**
   * @param {string | undefined} hook any where there is none
   * @param {Record<string, string>} parts
   */
  async #callsOf(hook, parts) {
    const calls = await this.#perform({ do: 'calls', hook, with_requests: true })
    return chosen(calls, parts).map(withRequest)
  }

  /**
   * Why a hook cannot have been called, where that is known.
   *
   * @param {string} hook
   */
  async #hint(hook) {
    if (hook.startsWith('provider.')) {
      return ''
    }
    const statuses = await this.status()
    const isInstalled = statuses.some(({ hooks }) => hooks.some((one) => one.hook === hook))
    return isInstalled ? '' : '; no program that is loaded has a handler for it'
  }

  /** @returns {Promise<import('./index.js').NodeStatus[]>} */
  status() {
    return this.#perform({ do: 'status' })
  }

  /** @param {unknown} [options] */
  async waitUntilLoaded(options = {}) {
    const timeoutMs = timeoutOf('waitUntilLoaded', options) ?? LOADED_WITHIN_MS
    if (!(await this.#perform({ do: 'wait_until_loaded', patience_ms: timeoutMs }))) {
      await this.#checkLoaded()
    }
  }

  /** @param {unknown} [options] */
  async waitUntilHandled(options = {}) {
    this.#operator.checkOpen()
    await this.#programs.handled(timeoutOf('waitUntilHandled', options) ?? HANDLED_WITHIN_MS)
  }

  /** @param {string} [provider] */
  async disable(provider) {
    await this.#onEach('disable', provider)
  }

  /** @param {string} [provider] */
  async enable(provider) {
    await this.#onEach('enable', provider)
  }

  /**
   * @param {string} what
   * @param {string | undefined} provider all of them where there is none
   */
  async #onEach(what, provider) {
    for (const each of provider === undefined ? this.#programs.names : [provider]) {
      await this.#perform({ do: what, provider: each })
    }
  }

  /** @param {unknown} [options] */
  async restart(options = {}) {
    const { orderly = false } = read('restart', options, { orderly: flag })
    await this.#perform({ do: 'restart', orderly })
  }

  async stopApps() {
    this.#operator.checkOpen()
    await this.#programs.stop()
  }

  async startApps() {
    this.#operator.checkOpen()
    await this.#programs.start()
  }

  async cutConnections() {
    await this.#perform({ do: 'cut_connections' })
  }

  /** @param {number} delayMs */
  async delayCalls(delayMs) {
    const { delay_ms } = read('delayCalls', { delayMs }, { delayMs: whole(0) })
    await this.#perform({ do: 'delay_calls', delay_ms })
  }

  /**
   * @template T
   * @param {number} timeoutMs
   * @param {() => T | PromiseLike<T>} act
   * @returns {Promise<T>}
   */
  async withRequestTimeout(timeoutMs, act) {
    const { timeout_ms } = read('withRequestTimeout', { timeoutMs }, { timeoutMs: whole(1) })
    if (typeof act !== 'function') {
      throw new InvalidOptionError(`withRequestTimeout takes a function, not ${kindOf(act)}`)
    }
    this.#deadlines.push(timeout_ms)
    try {
      await this.#perform({ do: 'set_request_timeout', timeout_ms })
      return await act()
    } finally {
      this.#deadlines.splice(this.#deadlines.lastIndexOf(timeout_ms), 1)
      if (!this.#operator.isClosed) {
        await this.#perform({ do: 'set_request_timeout', timeout_ms: this.#deadlines.at(-1) })
      }
    }
  }

  close() {
    this.#closed ??= this.#close()
    return this.#closed
  }

  [ASYNC_DISPOSE]() {
    return this.close()
  }

  async #close() {
    try {
      await this.#operator.close()
    } finally {
      await this.#programs.close()
    }
  }

  /** @param {{ do: string, [name: string]: unknown }} command */
  async #perform(command) {
    try {
      return await this.#operator.perform(command)
    } finally {
      this.#programs.linger()
    }
  }
}

/**
 * What has something done at the end of a test.
 *
 * @param {any} context
 * @returns {(act: () => Promise<void>) => void}
 */
function atEndOf(context) {
  if (context === undefined) {
    return () => {}
  }
  for (const method of ['after', 'onTestFinished']) {
    if (typeof context?.[method] === 'function') {
      return (act) => context[method](act)
    }
  }
  throw new InvalidOptionError(
    `context is ${kindOf(context)}; it takes what node:test and vitest hand to a test`,
  )
}

/** @param {unknown} hook */
function hookOf(hook) {
  if (typeof hook !== 'string') {
    throw new InvalidOptionError(
      `the hook is ${kindOf(hook)}; it takes a name such as 'client.connected'`,
    )
  }
  return hook
}

/**
 * @param {string} what
 * @param {unknown} options
 */
function timeoutOf(what, options) {
  return read(what, options, { timeoutMs: whole(0) }).timeout_ms
}

module.exports = { Broker }
