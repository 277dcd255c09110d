'use strict'

const { EventEmitter } = require('node:events')
const fs = require('node:fs')

const { currentRequest } = require('./context.js')
const { InvalidOptionError, WrongStateError, translated } = require('./errors.js')
const { Handler, kindOf } = require('./handler.js')
const { HOOKS } = require('./hooks.js')
const life = require('./life.js')
const logs = require('./logs.js')
const native = require('./native.js')
const { CallQueue } = require('./queue.js')
const { Reporter, showFrom } = require('./reporter.js')
const { bindOf, checkLogger, switchOf, topicsOf } = require('./parameters.js')
const { isToPrint, settle } = require('./settings.js')

// Where there is none, `await using` is not known either.
const ASYNC_DISPOSE = Symbol.asyncDispose ?? Symbol.for('nodejs.asyncDispose')

/** Handlers for the hooks of EMQX brokers, and the server that brokers call. */
class App extends EventEmitter {
  /** @type {Handler[]} */
  #handlers = []
  #registry = new native.Registry()
  #config
  /** @type {string | undefined} */
  #file
  /** @type {import('./native.js').Settings | undefined} */
  #settings
  #hasContext
  #reporter
  /** @type {import('./native.js').Lane | undefined} */
  #lane
  /** @type {CallQueue | undefined} */
  #queue
  /** @type {Promise<void> | undefined} */
  #closed
  /** @type {Promise<void> | undefined} */
  #starting
  #isCloseAsked = false
  /** @type {(() => object) | undefined} */
  #metrics
  #endLife = () => {}

  /** @param {Record<string, unknown>} [options] */
  constructor(options = {}) {
    super()
    if (options === null || typeof options !== 'object') {
      throw new InvalidOptionError(`App takes an object of options, not ${kindOf(options)}`)
    }
    const { logger, context = true, configFile, ...config } = options
    checkLogger(logger)
    if (typeof context !== 'boolean') {
      throw new InvalidOptionError(`context is ${String(context)}; it takes true or false`)
    }
    if (configFile !== undefined && typeof configFile !== 'string') {
      throw new InvalidOptionError(`configFile is ${kindOf(configFile)}; it takes a path`)
    }
    attempt(() => native.checkConfig(config))
    this.#config = config
    this.#file = configFile
    this.#hasContext = context
    this.#reporter = new Reporter(this, /** @type {any} */ (logger))
  }

  /**
   * Registers a handler; every `on…` method of a hook does this.
   *
   * @param {import('./hooks.js').HookRow} hook
   * @param {unknown[]} parameters
   */
  _register(hook, parameters) {
    const topics = typeof parameters[0] === 'function' ? [] : topicsOf(hook, parameters.shift())
    const [call, options = {}] = parameters
    if (typeof call !== 'function') {
      throw new InvalidOptionError(`${hook.method} takes a function, not ${kindOf(call)}`)
    }
    if (options === null || typeof options !== 'object') {
      throw new InvalidOptionError(`the options of ${hook.method} are an object`)
    }
    if (this.#starting !== undefined || this.#lane !== undefined) {
      throw new WrongStateError(
        `${hook.method} comes too late: the server has started; register handlers before listen()`,
      )
    }
    attempt(() => this.#registry.register(hook.name, topics, options))
    const handler = new Handler(hook, /** @type {any} */ (call), this.#reporter)
    this.#handlers.push(handler)
  }

  /**
   * @param {string} [bind]
   * @param {import('./parameters.js').ListenOptions} [options]
   */
  async listen(bind, options = {}) {
    return this._listen(bindOf(bind), {
      signals: switchOf(options, 'signals'),
      environment: switchOf(options, 'environment'),
      alive: true,
    })
  }

  /**
   * Listens as `listen` does; `alive` is whether the process lives for as long.
   *
   * @param {string | undefined} bind
   * @param {{ signals: boolean, environment: boolean, alive: boolean }} way
   */
  async _listen(bind, way) {
    if (this.#starting !== undefined || this.#lane !== undefined) {
      throw new WrongStateError('the app runs already; close it first')
    }
    this.#isCloseAsked = false
    this.#starting = this.#start(bind, way)
    try {
      await this.#starting
    } catch (error) {
      throw translated(error)
    } finally {
      this.#starting = undefined
    }
    if (this.#isCloseAsked) {
      await this.close()
      throw new WrongStateError('the app was closed while it started')
    }
    return this
  }

  /**
   * @param {string | undefined} bind
   * @param {{ signals: boolean, environment: boolean, alive: boolean }} way
   */
  async #start(bind, { signals, environment, alive }) {
    const settings = settle(this.#config, { bind, file: this.#file }, environment)
    if (isToPrint()) {
      fs.writeSync(process.stdout.fd, settings.text())
      process.exit(0)
    }
    showFrom(String(settings.value('log_level')))
    this.#settings = settings
    const queue = new CallQueue(this.#handlers, this.#hasContext, this.#reporter)
    logs.follow(this.#reporter)
    let lane
    try {
      lane = await this.#registry.listen(settings, performance.now(), queue.drain)
    } catch (error) {
      logs.unfollow(this.#reporter)
      throw error
    }
    this.#lane = lane
    this.#queue = queue
    this.#closed = undefined
    this.#metrics = () => ({ ...lane.metrics(), loopLagMs: queue.lagMs() })
    this.#endLife = life.begin(this, signals, alive)
    queue.open(lane)
  }

  async close() {
    this.#isCloseAsked = true
    await this.#starting?.catch(() => {})
    const [lane, queue] = [this.#lane, this.#queue]
    if (lane !== undefined && queue !== undefined) {
      this.#closed ??= this.#close(lane, queue)
    }
    // A handler that waited for the end would wait for itself.
    if (!queue?.isHandling(currentRequest())) {
      await this.#closed
    }
  }

  [ASYNC_DISPOSE]() {
    return this.close()
  }

  /**
   * @param {import('./native.js').Lane} lane
   * @param {CallQueue} queue
   */
  async #close(lane, queue) {
    await lane.stop()
    queue.close()
    this.#lane = undefined
    logs.unfollow(this.#reporter)
    await this.#reporter.tell('close')
    this.#endLife()
  }

  get listening() {
    return this.#lane !== undefined
  }

  /** Whether what is served is to be printed. */
  get _hasBanner() {
    return this.#settings?.value('banner') ?? true
  }

  /** How many handlers it has. */
  get _handlerCount() {
    return this.#handlers.length
  }

  /** What brokers have called and is not handled so far: waiting, or running. */
  get _unhandled() {
    if (this.#queue === undefined || this.#metrics === undefined) {
      return { waiting: 0, running: 0 }
    }
    const { inflight, inboxDepth } = /** @type {any} */ (this.#metrics())
    const { running } = this.#queue
    return { waiting: Math.max(0, inflight + inboxDepth - running), running }
  }

  get address() {
    if (this.#lane === undefined) {
      throw new WrongStateError('the app does not listen, so it has no address')
    }
    return this.#lane.address
  }

  /** The hooks that brokers are told to call, each with its topic filters. */
  get hooks() {
    return attempt(() => this.#registry.hooks())
  }

  metrics() {
    if (this.#metrics === undefined) {
      throw new WrongStateError('the app never listened, so there are no metrics')
    }
    return this.#metrics()
  }
}

for (const hook of HOOKS) {
  Object.defineProperty(App.prototype, hook.method, {
    value: methodOf(hook),
    writable: true,
    configurable: true,
  })
}

/**
 * The method that registers handlers of a hook.
 *
 * @param {import('./hooks.js').HookRow} hook
 */
function methodOf(hook) {
  const methods = {
    /**
     * @this {App}
     * @param {unknown[]} parameters
     */
    [hook.method](...parameters) {
      this._register(hook, parameters)
      return this
    },
  }
  return methods[hook.method]
}

/**
 * Calls native code, whose errors become ours.
 *
 * @template T
 * @param {() => T} call
 * @returns {T}
 */
function attempt(call) {
  try {
    return call()
  } catch (error) {
    throw translated(error)
  }
}

module.exports = { App }
