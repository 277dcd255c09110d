'use strict'

const { HOOKS } = require('../hooks.js')
const native = require('../native.js')
const { Slab } = require('../part.js')
const classes = /** @type {Record<string, any>} */ (require('../requests.js'))

const LEAST_BYTES = 1_024

/**
 * A request as handlers see it.
 *
 * @param {string} name the hook
 * @param {Buffer} message what the broker sent, in package v3
 * @returns {import('../request.js').Request}
 */
function requestOf(name, message) {
  let slab = new Slab(LEAST_BYTES, new Set())
  const needed = native.writeTestRequest(name, message, slab.bytes)
  if (needed > LEAST_BYTES) {
    slab = new Slab(needed, new Set())
    native.writeTestRequest(name, message, slab.bytes)
  }
  const hook = HOOKS.find((row) => row.name === name)
  const request = new classes[hook?.request ?? ''](slab, 0)
  // Nobody waits for an answer.
  request._end()
  return request
}

/**
 * Gives a call its request, which is made of its message when it is asked for.
 *
 * @param {import('./calls.js').HookCall} call
 */
function withRequest({ request: message, ...call }) {
  /** @type {import('../request.js').Request | undefined} */
  let request
  // What is shown and compared is the call without it.
  return Object.defineProperty(call, 'request', {
    enumerable: false,
    get: () => (request ??= requestOf(call.hook, message)),
  })
}

module.exports = { withRequest }
