'use strict'

const { AsyncLocalStorage } = require('node:async_hooks')

/**
 * The request being handled.
 *
 * @type {AsyncLocalStorage<import('./request.js').Request>}
 */
const CURRENT = new AsyncLocalStorage()

/** The request that is being handled here, or undefined outside a handler. */
function currentRequest() {
  return CURRENT.getStore()
}

module.exports = { CURRENT, currentRequest }
