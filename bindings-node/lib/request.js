'use strict'

const { DeadlineSignal } = require('./deadline.js')
const { HOOKS } = require('./hooks.js')
const { Part, text } = require('./part.js')

// Where native code writes what every call has; `src/burst.rs` has the same numbers, in words.
const ID = 1
const HANDLER = 2
const HOOK = 3
const DEADLINE = 4
const CLIENTID = 6
const TOPIC = 8
const NODE = 10
const TRACEPARENT = 12
const HAS_TOPIC = 1 << 16

const PACKAGES = ['v1', 'v2', 'v3']

/** One call of a hook. The classes of the hooks add the fields of their requests. */
class Request extends Part {
  /**
   * The call whose words begin at `at`.
   *
   * @param {import('./part.js').Slab} slab
   * @param {number} at
   */
  constructor(slab, at) {
    super(slab, at)
    /** @type {DeadlineSignal | undefined} */
    this._deadline = undefined
    this._isOpen = true
  }

  /** Notes that the handler has ended. */
  _end() {
    this._isOpen = false
    this._deadline?.end()
  }

  get hook() {
    return HOOKS[this._slab.words[this._at + HOOK] & 0xff].name
  }

  get package() {
    return PACKAGES[(this._slab.words[this._at + HOOK] >> 8) & 0xff]
  }

  get clientid() {
    return text(this._slab, this._at + CLIENTID)
  }

  get topic() {
    const has = this._slab.words[this._at + HOOK] & HAS_TOPIC
    return has ? text(this._slab, this._at + TOPIC) : undefined
  }

  get node() {
    return text(this._slab, this._at + NODE)
  }

  get traceparent() {
    const at = this._at + TRACEPARENT
    return this._slab.words[at] === 0 ? undefined : text(this._slab, at)
  }

  get deadlineMs() {
    const left = remaining(this)
    return left === Number.POSITIVE_INFINITY ? undefined : left
  }

  get signal() {
    this._deadline ??= new DeadlineSignal(remaining(this), this._slab.signals)
    return this._deadline.signal
  }
}

/**
 * How many milliseconds are left to answer, `Infinity` where the broker does not wait.
 *
 * @param {Request} request
 * @returns {number}
 */
function remaining(request) {
  const deadline = request._slab.floats[(request._at + DEADLINE) >> 1]
  return Math.max(0, deadline - performance.now())
}

module.exports = { HANDLER, ID, Request }
