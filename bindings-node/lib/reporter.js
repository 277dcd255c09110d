'use strict'

const LEVELS = ['trace', 'debug', 'info', 'warn', 'error']
const LEAST_SHOWN = 'warn'

/** The level that an app was started with. */
let chosen = ''

/**
 * Where log records go.
 *
 * @typedef {object} Logger
 * @property {(message: string) => void} debug
 * @property {(message: string) => void} info
 * @property {(message: string) => void} warn
 * @property {(message: string) => void} error
 */

/** How long a kind of failure stays quiet after it was logged, as in the core. */
const QUIET_MS = 10_000
const MOST_KINDS = 1024

/** Tells what goes wrong: to listeners of 'error', else to the logger. Nothing it calls ends it. */
class Reporter {
  /**
   * @param {import('node:events').EventEmitter} emitter
   * @param {Logger | false | undefined} logger
   */
  constructor(emitter, logger) {
    this._emitter = emitter
    this.logger = logger === undefined ? CONSOLE : logger
    /** @type {Map<string, { last: number, leftOut: number }>} */
    this._kinds = new Map()
  }

  /**
   * Reports a failure of a handler: to listeners each, to the logger each kind now and then.
   *
   * @param {import('./errors.js').HandlerError} error
   */
  failed(error) {
    if (this._emitter.listenerCount('error') > 0) {
      this.tell('error', error)
      return
    }
    const repeated = this._repeated(`${error.hook} ${kindOf(error.cause)}`)
    if (repeated === undefined) {
      return
    }
    const more = repeated === 0 ? '' : ` (${repeated} more since it was last told)`
    const cause = error.cause === undefined ? '' : `\n${stackOf(error.cause)}`
    this.log('error', `${error.message}${more}${cause}`)
  }

  /**
   * How many failures of a kind were left out since the last; `undefined` where this one is too.
   *
   * @param {string} kind
   * @returns {number | undefined}
   */
  _repeated(kind) {
    const now = performance.now()
    const known = this._kinds.get(kind)
    if (known !== undefined && now - known.last < QUIET_MS) {
      known.leftOut += 1
      return undefined
    }
    if (this._kinds.size >= MOST_KINDS) {
      this._kinds.clear()
    }
    this._kinds.set(kind, { last: now, leftOut: 0 })
    return known?.leftOut ?? 0
  }

  /**
   * Calls the listeners of an event, and waits for those that are async; what they throw is logged.
   *
   * @param {'close' | 'error'} event
   * @param {unknown[]} parameters
   * @returns {Promise<void>}
   */
  async tell(event, ...parameters) {
    const told = this._emitter.rawListeners(event).map(async (listener) => {
      try {
        await listener.apply(this._emitter, parameters)
      } catch (thrown) {
        this.log('error', `a listener of '${event}' threw ${stackOf(thrown)}`)
      }
    })
    await Promise.all(told)
  }

  /** @param {string} message */
  warn(message) {
    this.log('warn', message)
  }

  /**
   * @param {'debug' | 'info' | 'warn' | 'error'} level
   * @param {string} message
   */
  log(level, message) {
    if (!this.logger) {
      return
    }
    forgiveStreams()
    try {
      this.logger[level](message)
    } catch (thrown) {
      CONSOLE.error(`the logger threw ${stackOf(thrown)}; its record was: ${message}`)
    }
  }
}

/**
 * Shows records on standard error, from the level on that the environment names.
 *
 * @type {Logger}
 */
const CONSOLE = {
  debug: (message) => show('debug', message),
  info: (message) => show('info', message),
  warn: (message) => show('warn', message),
  error: (message) => show('error', message),
}

/**
 * @param {'debug' | 'info' | 'warn' | 'error'} level
 * @param {string} message
 */
function show(level, message) {
  const least = levelOr(LEAST_SHOWN)
  if (LEVELS.indexOf(level) >= LEVELS.indexOf(least)) {
    console.error(`exhook: ${level === 'warn' ? 'warning' : level}: ${message}`)
  }
}

/**
 * Shows records from this level on; '' is what the environment says.
 *
 * @param {string} level
 */
function showFrom(level) {
  chosen = level
}

/**
 * The level from which on records are shown.
 *
 * @param {string} byDefault
 */
function levelOr(byDefault) {
  return chosen || process.env.EXHOOK_LOG_LEVEL || byDefault
}

/** How many records were logged in this turn of the event loop. */
let logged = 0

/**
 * Lets standard output and standard error fail in this turn of the event loop: a full disk, or a
 * reader that went away, would else end the process.
 */
function forgiveStreams() {
  const streams = [process.stdout, process.stderr]
  if (logged === 0) {
    for (const stream of streams) {
      stream.on('error', forgive)
    }
  }
  logged += 1
  setImmediate(() => {
    logged -= 1
    if (logged === 0) {
      for (const stream of streams) {
        stream.off('error', forgive)
      }
    }
  })
}

function forgive() {}

/**
 * What tells one kind of failure from another: the class of what was thrown.
 *
 * @param {unknown} cause
 */
function kindOf(cause) {
  try {
    return cause instanceof Error ? cause.constructor.name : typeof cause
  } catch {
    return 'object'
  }
}

/** @param {unknown} thrown */
function stackOf(thrown) {
  try {
    return String((thrown instanceof Error && thrown.stack) || thrown)
  } catch {
    return 'something that has no text'
  }
}

module.exports = { LEVELS, Reporter, levelOr, showFrom }
