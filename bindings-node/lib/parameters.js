'use strict'

const { InvalidAddressError, InvalidOptionError } = require('./errors.js')
const { kindOf } = require('./handler.js')
const native = require('./native.js')

const LISTEN_OPTIONS = ['signals', 'environment']

/**
 * What `listen` can be told besides the address.
 *
 * @typedef {{ signals?: boolean, environment?: boolean }} ListenOptions
 */

/**
 * The address that `listen` was told, if any.
 *
 * @param {unknown} bind
 * @returns {string | undefined}
 */
function bindOf(bind) {
  if (bind !== undefined && typeof bind !== 'string') {
    throw new InvalidAddressError(
      `the address is ${kindOf(bind)}; give host:port, such as '0.0.0.0:9000', or unix:/path`,
    )
  }
  return bind
}

/**
 * The topic filters that a method was given before the handler.
 *
 * @param {import('./hooks.js').HookRow} hook
 * @param {unknown} topics
 * @returns {string[]}
 */
function topicsOf(hook, topics) {
  if (!hook.hasTopics) {
    throw new InvalidOptionError(`${hook.method} takes a function, not ${kindOf(topics)}`)
  }
  const all = Array.isArray(topics) ? topics : [topics]
  for (const topic of all) {
    if (typeof topic !== 'string') {
      throw new InvalidOptionError(
        `the topics of ${hook.method} are a string or an array of strings, not ${kindOf(topic)}`,
      )
    }
  }
  if (all.length === 0) {
    throw new InvalidOptionError(
      `the topics of ${hook.method} are an empty array; leave them out for every topic`,
    )
  }
  return all
}

/**
 * An option of `listen` that is on unless it is turned off.
 *
 * @param {ListenOptions} options
 * @param {keyof ListenOptions} name
 * @returns {boolean}
 */
function switchOf(options, name) {
  const value = options[name] ?? true
  if (typeof value !== 'boolean') {
    throw new InvalidOptionError(`${name} is ${String(value)}; it takes true or false`)
  }
  for (const other in options) {
    if (!LISTEN_OPTIONS.includes(other)) {
      throw new InvalidOptionError(
        `there is no option ${other}${native.didYouMean(other, LISTEN_OPTIONS)}`,
      )
    }
  }
  return value
}

/**
 * Throws where something cannot be a logger.
 *
 * @param {unknown} logger
 */
function checkLogger(logger) {
  if (logger === undefined || logger === false) {
    return
  }
  for (const level of ['debug', 'info', 'warn', 'error']) {
    if (typeof (/** @type {any} */ (logger)?.[level]) !== 'function') {
      throw new InvalidOptionError(`logger has no method ${level}; it takes one like console`)
    }
  }
}

module.exports = { bindOf, checkLogger, switchOf, topicsOf }
