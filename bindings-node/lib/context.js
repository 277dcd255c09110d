'use strict'

const { AsyncLocalStorage, AsyncResource } = require('node:async_hooks')

/**
 * The request being handled.
 *
 * @type {AsyncLocalStorage<import('./request.js').Request>}
 */
const CURRENT = new AsyncLocalStorage()

const RESOURCE = { requireManualDestroy: true }

/**
 * Calls a handler in a context of its own, of which its request is a part.
 *
 * @param {import('./request.js').Request} request
 * @param {(request: any) => unknown} call
 * @returns {unknown}
 */
function inContext(request, call) {
  // Before Node.js 24, what a handler enters would else be there for the next one.
  const resource = new AsyncResource('exhook', RESOURCE)
  return resource.runInAsyncScope(enter, undefined, request, call)
}

/**
 * @param {import('./request.js').Request} request
 * @param {(request: any) => unknown} call
 */
function enter(request, call) {
  // Not `run`, which restores what was: the context ends here.
  CURRENT.enterWith(request)
  return call(request)
}

/** The request that is being handled here, or undefined outside a handler. */
function currentRequest() {
  return CURRENT.getStore()
}

module.exports = { currentRequest, inContext }
