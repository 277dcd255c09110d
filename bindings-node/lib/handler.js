'use strict'

const { HandlerError } = require('./errors.js')
const { Message } = require('./message.js')
const requests = require('./requests.js')
const { CODES, Verdict } = require('./verdict.js')

/**
 * What a user registers.
 *
 * @typedef {(request: any) => unknown} HandlerFunction
 */

// The codes of the verdicts that can answer each kind of hook.
const SUITABLE = {
  bool: [CODES.ignore, CODES.allow, CODES.deny, CODES.keepGoingTrue, CODES.keepGoingFalse],
  message: [CODES.ignore, CODES.block],
  notification: [CODES.ignore],
  provider: [CODES.ignore],
}

/** A registered function, and what its results mean. */
class Handler {
  /**
   * @param {import('./hooks.js').HookRow} hook
   * @param {HandlerFunction} call
   * @param {import('./reporter.js').Reporter} reporter
   */
  constructor(hook, call, reporter) {
    this.hook = hook
    this.call = call
    this.reporter = reporter
    /** @type {new (slab: import('./part.js').Slab, at: number) => import('./request.js').Request} */
    this.Request = /** @type {any} */ (requests)[hook.request]
    this.isValued = hook.kind === 'bool' || hook.kind === 'message'
    /** @type {Set<number>} */
    this._suitable = new Set(SUITABLE[hook.kind])
    if (hook.name === 'message.ingress') {
      // Only a final answer counts there.
      this._suitable.delete(CODES.keepGoingTrue)
      this._suitable.delete(CODES.keepGoingFalse)
    }
    this._hasWarned = false
  }

  get name() {
    return this.call.name || 'anonymous'
  }

  /**
   * The changes of the request's message that a result stands for; undefined where it is no
   * message, or cannot be one.
   *
   * @param {import('./request.js').Request} request
   * @param {unknown} result
   * @returns {import('./message.js').Patch | undefined}
   */
  patchOf(request, result) {
    if (this.hook.kind !== 'message' || !(result instanceof Message)) {
      return undefined
    }
    const own = /** @type {{ message: Message }} */ (/** @type {unknown} */ (request)).message
    if (result._slab === own._slab && result._at === own._at) {
      return result._patch ?? {}
    }
    // A message of another call: all that an answer can set is taken from it.
    const { topic, qos, payload } = result
    return { topic, qos, payload, block: result._patch?.block }
  }

  /**
   * The code of the verdict that a result stands for.
   *
   * @param {unknown} result
   * @returns {number}
   */
  codeOf(result) {
    if (result === undefined || result === null) {
      return CODES.ignore
    }
    if (!this.isValued) {
      this._warn(result)
      return CODES.ignore
    }
    if (typeof result === 'boolean' && this.hook.kind === 'bool') {
      return result ? CODES.allow : CODES.deny
    }
    if (result instanceof Verdict && this._suitable.has(result._code)) {
      return result._code
    }
    return CODES.badAnswer
  }

  /**
   * Reports that the handler returned what its hook cannot be answered with.
   *
   * @param {import('./request.js').Request} request
   * @param {unknown} result
   */
  complain(request, result) {
    const { name, kind } = this.hook
    const expected =
      kind === 'message'
        ? 'request.message.replace(...), request.message.block(), block(), ignore() or undefined'
        : name === 'message.ingress'
          ? 'true, false, undefined, allow(), deny() or ignore()'
          : 'true, false, undefined, allow(), deny(), keepGoing(...) or ignore()'
    const returned = `a handler of ${name} returns ${expected}; this one returned ${kindOf(result)}`
    this.reporter.failed(new HandlerError(this._about(request, returned), request))
  }

  /**
   * Reports that the handler threw.
   *
   * @param {import('./request.js').Request} request
   * @param {unknown} error
   */
  threw(request, error) {
    const message = this._about(request, `threw ${textOf(error)}`)
    this.reporter.failed(new HandlerError(message, request, { cause: error }))
  }

  /**
   * What happened, with the handler and the call that it happened to.
   *
   * @param {import('./request.js').Request} request
   * @param {string} what
   */
  _about({ clientid, topic }, what) {
    const about = topic === undefined ? '' : `, topic ${JSON.stringify(topic)}`
    const consequence = this.isValued ? '; the fallback is answered' : ''
    const client = JSON.stringify(clientid)
    return `handler ${this.name} of ${this.hook.name} for client ${client}${about}: ${what}${consequence}`
  }

  /** @param {unknown} result */
  _warn(result) {
    const isMeantAsAnswer =
      typeof result === 'boolean' || result instanceof Verdict || result instanceof Message
    if (isMeantAsAnswer && !this._hasWarned) {
      this._hasWarned = true
      this.reporter.warn(
        `handler ${this.name} of ${this.hook.name} returned ${kindOf(result)}, but the hook only ` +
          'informs: it cannot refuse or change anything',
      )
    }
  }
}

/**
 * What a value is, without showing it: it may hold a payload or a password.
 *
 * @param {unknown} value
 * @returns {string}
 */
function kindOf(value) {
  if (value instanceof Verdict) {
    return value.kind
  }
  if (value === undefined) {
    return 'nothing'
  }
  if (value === null || typeof value === 'boolean') {
    return String(value)
  }
  const kind = typeof value === 'object' ? (value.constructor?.name ?? 'object') : typeof value
  return `${/^[aeiou]/i.test(kind) ? 'an' : 'a'} ${kind}`
}

/**
 * What was thrown, in a line.
 *
 * @param {unknown} error
 * @returns {string}
 */
function textOf(error) {
  try {
    return String(error)
  } catch {
    return 'something that has no text'
  }
}

module.exports = { Handler, kindOf, textOf }
