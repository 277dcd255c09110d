'use strict'

const { CODES } = require('./verdict.js')

const SMALLEST = 64 * 1024
// A larger buffer is let go once it has been handed over.
const LARGEST_KEPT = 1024 * 1024

// The words of an answer; `src/answers.rs` reads them.
const WORDS = 2
const MESSAGE_WORDS = 6
const HAS_TOPIC = 1
const HAS_QOS = 2
const HAS_PAYLOAD = 4
const IS_BLOCKED = 8

/** The answers that are given together, by one call of native code. */
class Answers {
  /** @param {(bytes: Buffer, length: number) => void} give */
  constructor(give) {
    this._give = give
    this._length = 0
    this._bytes = memoryOf(SMALLEST)
    this._words = new Uint32Array(this._bytes.buffer)
  }

  /**
   * Adds a verdict, or a failure, by its code.
   *
   * @param {number} id
   * @param {number} code
   */
  add(id, code) {
    this._make(WORDS * 4)
    const at = this._length >> 2
    this._words[at] = id
    this._words[at + 1] = code
    this._length += WORDS * 4
  }

  /**
   * Adds a changed message.
   *
   * @param {number} id
   * @param {import('./message.js').Patch} patch
   */
  addMessage(id, { topic, qos, payload, block }) {
    const most = 3 * (topic === undefined ? 0 : topic.length) + byteLengthAtMost(payload)
    this._make(MESSAGE_WORDS * 4 + most + 4)
    const at = this._length >> 2
    const start = this._length + MESSAGE_WORDS * 4
    let end = start
    let flags = block ? IS_BLOCKED : 0
    if (topic !== undefined) {
      flags |= HAS_TOPIC
      end += this._bytes.utf8Write(topic, end)
    }
    const topicEnd = end
    if (payload !== undefined) {
      flags |= HAS_PAYLOAD
      if (typeof payload === 'string') {
        end += this._bytes.utf8Write(payload, end)
      } else {
        this._bytes.set(payload, end)
        end += payload.length
      }
    }
    const words = this._words
    words[at] = id
    words[at + 1] = CODES.replace
    words[at + 2] = qos === undefined ? flags : flags | HAS_QOS
    words[at + 3] = qos ?? 0
    words[at + 4] = topicEnd - start
    words[at + 5] = end - topicEnd
    this._length = (end + 3) & ~3
  }

  /** Hands over what there is. */
  flush() {
    if (this._length > 0) {
      const length = this._length
      this._length = 0
      this._give(this._bytes, length)
    }
    if (this._bytes.length > LARGEST_KEPT) {
      this._replace(SMALLEST)
    }
  }

  /** @param {number} size */
  _make(size) {
    if (this._length + size <= this._bytes.length) {
      return
    }
    this.flush()
    if (size > this._bytes.length) {
      this._replace(size)
    }
  }

  /** @param {number} size */
  _replace(size) {
    this._bytes = memoryOf(size)
    this._words = new Uint32Array(this._bytes.buffer)
  }
}

/** @param {number} size */
function memoryOf(size) {
  const bytes = Buffer.allocUnsafeSlow(Math.ceil(size / 4) * 4)
  return /** @type {import('./part.js').TextBuffer} */ (bytes)
}

/** @param {string | Uint8Array | undefined} payload */
function byteLengthAtMost(payload) {
  if (payload === undefined) {
    return 0
  }
  return typeof payload === 'string' ? Buffer.byteLength(payload) : payload.length
}

module.exports = { Answers }
