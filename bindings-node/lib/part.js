'use strict'

const { inspect } = require('node:util')
const { markAsUntransferable } = require('node:worker_threads')

// Set in the length of a text that is ASCII; `src/entry.rs` has the same number.
const ASCII = 1 << 30

/**
 * What `Buffer.prototype.subarray` makes its results with, a third as fast as this alone.
 *
 * @type {new (memory: ArrayBuffer, start: number, length: number) => Buffer}
 */
const MemoryBuffer = /** @type {any} */ (Buffer)[Symbol.species]

/**
 * A `Buffer` with the ways to read and write texts that it has, but does not tell of.
 *
 * @typedef {Buffer & {
 *   latin1Slice(start: number, end: number): string
 *   utf8Slice(start: number, end: number): string
 *   utf8Write(text: string, start: number): number
 * }} TextBuffer
 */

/** The memory of some bursts: what native code writes calls into, and their parts read. */
class Slab {
  /**
   * Memory for so many bytes, a multiple of 8, of which nothing is used.
   *
   * @param {number} size
   * @param {Set<import('./deadline.js').DeadlineSignal>} signals those that calls in it have
   */
  constructor(size, signals) {
    const memory = Buffer.allocUnsafeSlow(size).buffer
    // Whoever moves a payload to another thread would else take all other calls with it.
    markAsUntransferable(memory)
    this.memory = memory
    this.bytes = /** @type {TextBuffer} */ (Buffer.from(memory))
    this.words = new Uint32Array(memory)
    this.floats = new Float64Array(memory)
    this.signals = signals
    this.used = 0
    /** How many calls in it are not answered yet. */
    this.open = 0
  }
}

/**
 * Reads the text that the words at `at` point to.
 *
 * @param {Slab} slab
 * @param {number} at
 * @returns {string}
 */
function text(slab, at) {
  const length = slab.words[at + 1]
  if (length === 0) {
    return ''
  }
  const start = slab.words[at]
  if (length & ASCII) {
    return slab.bytes.latin1Slice(start, start + (length & ~ASCII))
  }
  return slab.bytes.utf8Slice(start, start + length)
}

/**
 * Returns the bytes that the words at `at` point to, in the memory of the burst.
 *
 * @param {Slab} slab
 * @param {number} at
 * @returns {Buffer}
 */
function bytes(slab, at) {
  return new MemoryBuffer(slab.memory, slab.words[at], slab.words[at + 1])
}

/**
 * Reads a number from 0 of 64 bits, exactly up to 2 to the 53.
 *
 * @param {Slab} slab
 * @param {number} at
 * @returns {number}
 */
function wideNumber(slab, at) {
  return slab.words[at + 1] * 0x1_0000_0000 + slab.words[at]
}

/**
 * Reads a number of 64 bits that may be negative, exactly from minus to plus 2 to the 53.
 *
 * @param {Slab} slab
 * @param {number} at
 * @returns {number}
 */
function signedNumber(slab, at) {
  return (slab.words[at + 1] | 0) * 0x1_0000_0000 + slab.words[at]
}

/**
 * Reads a map of texts.
 *
 * @param {Slab} slab
 * @param {number} at
 * @returns {Record<string, string>}
 */
function map(slab, at) {
  const entries = Object.create(null)
  const end = slab.words[at] + 4 * slab.words[at + 1]
  for (let entry = slab.words[at]; entry < end; entry += 4) {
    entries[text(slab, entry)] = text(slab, entry + 2)
  }
  return entries
}

/**
 * Returns the parts that the words at `at` point to, each of so many words.
 *
 * @template P
 * @param {Slab} slab
 * @param {number} at
 * @param {number} words
 * @param {new (slab: Slab, at: number) => P} Class
 * @returns {readonly P[]}
 */
function list(slab, at, words, Class) {
  const first = slab.words[at]
  const parts = []
  for (let number = 0; number < slab.words[at + 1]; number += 1) {
    parts.push(new Class(slab, first + number * words))
  }
  return Object.freeze(parts)
}

/** Something that a request has several fields of; they are read when they are asked for. */
class Part {
  /**
   * The names of the fields, in the order of the protocol.
   *
   * @type {readonly string[]}
   */
  static fields = []

  /**
   * The part whose words begin at `at`.
   *
   * @param {Slab} slab
   * @param {number} at
   */
  constructor(slab, at) {
    this._slab = slab
    this._at = at
  }

  /**
   * Returns the fields as a plain object: payloads in base64, and no password.
   *
   * @returns {Record<string, unknown>}
   */
  toJSON() {
    return fieldsOf(this, (name, value) => {
      return name === 'password' ? undefined : plain(value)
    })
  }

  /**
   * Shows the fields, and neither passwords nor payloads.
   *
   * @param {number} _depth
   * @param {import('node:util').InspectOptionsStylized} options
   * @returns {string}
   */
  [inspect.custom](_depth, options) {
    const shown = fieldsOf(this, (name, value) => {
      if (name === 'password' && value !== '') {
        return '<redacted>'
      }
      return Buffer.isBuffer(value) ? `<${value.length} bytes>` : value
    })
    return `${this.constructor.name} ${inspect(shown, options)}`
  }
}

/**
 * A value as a plain object has it, with everything in it.
 *
 * @param {unknown} value
 * @returns {unknown}
 */
function plain(value) {
  if (value instanceof Part) {
    return value.toJSON()
  }
  if (Buffer.isBuffer(value)) {
    return value.toString('base64')
  }
  return Array.isArray(value) ? value.map(plain) : value
}

/**
 * Collects the fields of a part, each as `show` has it; without those that it leaves undefined.
 *
 * @param {object} part
 * @param {(name: string, value: unknown) => unknown} show
 * @returns {Record<string, unknown>}
 */
function fieldsOf(part, show) {
  /** @type {Record<string, unknown>} */
  const fields = {}
  for (const name of /** @type {typeof Part} */ (part.constructor).fields) {
    const value = show(name, /** @type {Record<string, unknown>} */ (part)[name])
    if (value !== undefined) {
      fields[name] = value
    }
  }
  return fields
}

module.exports = { Part, Slab, bytes, list, map, signedNumber, text, wideNumber }
