'use strict'

const { AssertionError } = require('node:assert')
const { name, oneOf, read, text, whole } = require('./options.js')

/** What calls can be chosen by. */
const FILTERS = {
  clientid: text,
  topic: text,
  node: name,
  provider: name,
  result: oneOf('answered', 'unusable', 'failed'),
  verdict: name,
}
// More say nothing that the last ones do not.
const MOST_SHOWN = 40

/**
 * A call as `broker.calls()` has it.
 *
 * @typedef {{ hook: string, [name: string]: any }} HookCall
 */

/**
 * @param {unknown} wanted
 * @param {string[]} [others] names of parts that somebody else reads
 * @returns {Record<string, string>}
 */
function filterOf(wanted, others) {
  return read('a call', wanted, FILTERS, others)
}

/** @param {unknown} wanted */
function timesOf(wanted) {
  const { times } = /** @type {any} */ (wanted)
  return times === undefined ? undefined : read('a call', { times }, { times: whole(0) }).times
}

/**
 * Those of the calls that a filter wants.
 *
 * @template {HookCall} T
 * @param {T[]} calls
 * @param {Record<string, string>} filter
 */
function chosen(calls, filter) {
  const parts = Object.entries(filter)
  return calls.filter((call) => parts.every(([name, value]) => call[name] === value))
}

/**
 * The failure of an assertion about calls, with the calls that were made.
 *
 * @param {string} problem
 * @param {HookCall[]} calls
 * @param {Function} assertion what the stack begins above
 */
function failure(problem, calls, assertion) {
  const shown = calls.slice(-MOST_SHOWN)
  const lines =
    calls.length === 0
      ? ['No hook was called so far.']
      : [calls.length > shown.length ? `The last calls of ${calls.length}:` : 'The calls so far:']
  return new AssertionError({
    message: [`${problem}.`, ...lines, ...shown.map(lineOf)].join('\n'),
    stackStartFn: assertion,
  })
}

/** @param {HookCall} call */
function lineOf({ hook, clientid, topic, result, verdict, reason }) {
  const about = [clientid, topic].filter((part) => part).map((part) => ` ${part}`)
  const outcome = result === 'answered' ? verdict : `${result}, ${reason}`
  return `  ${hook}${about.join('')}: ${outcome}`
}

/**
 * A hook and a filter in words.
 *
 * @param {string} hook
 * @param {Record<string, string>} filter
 */
function inWords(hook, filter) {
  const parts = Object.entries(filter).map(([name, value]) => `${name} '${value}'`)
  return parts.length === 0 ? hook : `${hook} with ${parts.join(', ')}`
}

/** @param {number} count */
function timesInWords(count) {
  return count === 1 ? 'once' : `${count} times`
}

module.exports = { chosen, failure, filterOf, inWords, timesInWords, timesOf }
