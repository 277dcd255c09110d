'use strict'

/** What a handler decides; made by `allow()`, `deny()`, `ignore()`, `keepGoing()` or `block()`. */
class Verdict {
  /**
   * @param {string} kind
   * @param {number} code its number in native code
   */
  constructor(kind, code) {
    this.kind = kind
    this._code = code
    Object.defineProperty(this, '_code', { enumerable: false })
    Object.freeze(this)
  }

  toString() {
    return this.kind
  }
}

// What `src/answers.rs` reads.
const CODES = Object.freeze({
  ignore: 0,
  allow: 1,
  deny: 2,
  keepGoingTrue: 3,
  keepGoingFalse: 4,
  block: 5,
  replace: 6,
  threw: 7,
  badAnswer: 8,
})

const IGNORE = new Verdict('ignore()', CODES.ignore)
const ALLOW = new Verdict('allow()', CODES.allow)
const DENY = new Verdict('deny()', CODES.deny)
const KEEP_GOING_TRUE = new Verdict('keepGoing(true)', CODES.keepGoingTrue)
const KEEP_GOING_FALSE = new Verdict('keepGoing(false)', CODES.keepGoingFalse)
const BLOCK = new Verdict('block()', CODES.block)

/** Yes, and nobody else is asked. */
const allow = () => ALLOW

/** No, and nobody else is asked. */
const deny = () => DENY

/** No opinion. */
const ignore = () => IGNORE

/** The message does not reach its subscribers. */
const block = () => BLOCK

/**
 * Yes or no so far.
 *
 * @param {boolean} value
 */
function keepGoing(value) {
  if (typeof value !== 'boolean') {
    throw new TypeError(`keepGoing() takes true or false, not ${typeof value}`)
  }
  return value ? KEEP_GOING_TRUE : KEEP_GOING_FALSE
}

module.exports = { CODES, Verdict, allow, block, deny, ignore, keepGoing }
