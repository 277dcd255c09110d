'use strict'

const { InvalidOptionError } = require('./errors.js')
const native = require('./native.js')
const { MessageFields } = require('./parts.js')

// The header by which EMQX decides whether a message goes on to its subscribers.
const ALLOW_PUBLISH = 'allow_publish'
const NOTHING = {}

/**
 * What is changed in a message; what is undefined stays as it is.
 *
 * @typedef {object} Patch
 * @property {string} [topic]
 * @property {number} [qos]
 * @property {string | Uint8Array} [payload]
 * @property {boolean} [block]
 */

/** The message of a request, and the changed message that a handler answers with. */
class Message extends MessageFields {
  static fields = MessageFields.fields

  /**
   * The message whose words begin at `at`, as `patch` changes it.
   *
   * @param {import('./part.js').Slab} slab
   * @param {number} at
   * @param {Patch} [patch]
   */
  constructor(slab, at, patch) {
    super(slab, at)
    this._patch = patch
    /** @type {Buffer | undefined} */
    this._payload = undefined
  }

  get topic() {
    return this._patch?.topic ?? super.topic
  }

  get qos() {
    return this._patch?.qos ?? super.qos
  }

  get payload() {
    const payload = this._patch?.payload
    if (payload === undefined) {
      return (this._payload ??= super.payload)
    }
    if (typeof payload === 'string') {
      return (this._payload ??= Buffer.from(payload))
    }
    return Buffer.from(payload.buffer, payload.byteOffset, payload.byteLength)
  }

  get headers() {
    const headers = super.headers
    if (this._patch?.block) {
      headers[ALLOW_PUBLISH] = 'false'
    }
    return headers
  }

  /**
   * Returns the message with other topic, qos or payload; what is not given stays as it is.
   *
   * @param {Omit<Patch, 'block'>} changes
   * @returns {Message}
   */
  replace(changes) {
    check(changes)
    return new Message(this._slab, this._at, changed(this._patch, changes, undefined))
  }

  /**
   * Returns the message as one that does not reach its subscribers.
   *
   * @returns {Message}
   */
  block() {
    return new Message(this._slab, this._at, changed(this._patch, NOTHING, true))
  }
}

/**
 * A patch with further changes. All patches have the same shape: one object literal is far cheaper
 * than spreading two.
 *
 * @param {Patch | undefined} patch
 * @param {Omit<Patch, 'block'>} changes
 * @param {boolean | undefined} block
 * @returns {Patch}
 */
function changed(patch, { topic, qos, payload }, block) {
  return {
    topic: topic === undefined ? patch?.topic : topic,
    qos: qos === undefined ? patch?.qos : qos,
    payload: payload === undefined ? patch?.payload : payload,
    block: block === undefined ? patch?.block : block,
  }
}

/**
 * Throws where the changes make no message that can be published.
 *
 * @param {Patch} changes
 */
function check(changes) {
  if (changes === null || typeof changes !== 'object') {
    throw new TypeError('replace() takes an object, such as { payload }')
  }
  for (const name in changes) {
    if (name !== 'topic' && name !== 'qos' && name !== 'payload') {
      throw new InvalidOptionError(`replace() takes topic, qos and payload, not ${name}`)
    }
  }
  const { topic, qos, payload } = changes
  if (payload !== undefined && typeof payload !== 'string' && !(payload instanceof Uint8Array)) {
    const kind = payload === null ? 'null' : typeof payload
    throw new TypeError(`payload is a string, a Buffer or another Uint8Array, not ${kind}`)
  }
  if (topic !== undefined && typeof topic !== 'string') {
    throw new TypeError(`topic is a string, not ${typeof topic}`)
  }
  if (qos !== undefined && !(Number.isInteger(qos) && qos >= 0 && qos <= 0xffff_ffff)) {
    throw new RangeError(`the qos is ${String(qos)}; MQTT knows 0, 1 and 2`)
  }
  if (topic !== undefined || qos !== undefined) {
    try {
      native.checkMessage(topic, qos)
    } catch (error) {
      throw new RangeError(/** @type {Error} */ (error).message)
    }
  }
}

module.exports = { Message }
