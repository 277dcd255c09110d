'use strict'

const { dirname } = require('node:path')

const NAME = '@opentelemetry/api'

/**
 * OpenTelemetry's package, as far as it is used here.
 *
 * @typedef {object} Api
 * @property {unknown} ROOT_CONTEXT
 * @property {{ with: (context: unknown, call: () => unknown) => unknown }} context
 * @property {{ setSpanContext: (context: unknown, span: object) => unknown }} trace
 */

/** @type {Api | undefined} */
let api
let isSought = false

/** OpenTelemetry's package, if the program has it. */
function opentelemetry() {
  if (!isSought) {
    isSought = true
    const paths = [__dirname, process.cwd()]
    if (process.argv[1] !== undefined) {
      paths.push(dirname(process.argv[1]))
    }
    try {
      api = require(require.resolve(NAME, { paths }))
    } catch {
      // Programs without it have `traceparent` of their requests.
    }
  }
  return api
}

/**
 * A handler that runs with its span as OpenTelemetry's current one, in programs that have it.
 *
 * @param {string} traceparent
 * @param {(request: any) => unknown} call
 * @returns {(request: any) => unknown}
 */
function inSpan(traceparent, call) {
  const found = opentelemetry()
  if (found === undefined) {
    return call
  }
  const [, traceId, spanId] = traceparent.split('-')
  const span = { traceId, spanId, traceFlags: 1, isRemote: true }
  const context = found.trace.setSpanContext(found.ROOT_CONTEXT, span)
  return (request) => found.context.with(context, () => call(request))
}

module.exports = { inSpan }
