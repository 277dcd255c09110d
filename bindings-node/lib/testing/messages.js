'use strict'

const { isUint8Array } = require('node:util/types')
const { InvalidOptionError } = require('../errors.js')
const { kindOf } = require('../handler.js')
const native = require('../native.js')
const { PUBLICATION, SUBSCRIPTION, read } = require('./options.js')

/**
 * A message as native code takes it.
 *
 * @param {unknown} topic
 * @param {unknown} payload
 * @param {unknown} options
 * @param {string[]} [others] names of options that somebody else reads
 */
function publicationOf(topic, payload, options, others = []) {
  if (typeof topic !== 'string') {
    throw new InvalidOptionError(`the topic is ${kindOf(topic)}; it takes a text`)
  }
  const rest = read('a message', options, PUBLICATION, ['userProperties', ...others])
  try {
    native.checkMessage(topic, undefined)
  } catch (error) {
    throw new InvalidOptionError(/** @type {Error} */ (error).message)
  }
  const { userProperties } = /** @type {any} */ (options)
  return {
    topic,
    payload: payloadOf(payload),
    user_properties: propertiesOf(userProperties),
    ...rest,
  }
}

/** @param {unknown} payload */
function payloadOf(payload) {
  if (payload === undefined || typeof payload === 'string') {
    return payload
  }
  if (isUint8Array(payload)) {
    return { base64: Buffer.from(payload).toString('base64') }
  }
  throw new InvalidOptionError(`the payload is ${kindOf(payload)}; it takes a text or bytes`)
}

/**
 * MQTT 5 user properties as pairs.
 *
 * @param {unknown} properties
 * @returns {[string, string][] | undefined}
 */
function propertiesOf(properties) {
  if (properties === undefined) {
    return undefined
  }
  const isObject = properties !== null && typeof properties === 'object'
  const pairs = Array.isArray(properties) || !isObject ? properties : Object.entries(properties)
  if (!Array.isArray(pairs) || !pairs.every(isPair)) {
    throw new InvalidOptionError(
      'userProperties takes an object of texts, or an array of [name, value]',
    )
  }
  return pairs
}

/** @param {unknown} pair */
function isPair(pair) {
  return Array.isArray(pair) && pair.length === 2 && pair.every((part) => typeof part === 'string')
}

/**
 * A will as native code takes it.
 *
 * @param {unknown} will
 */
function willOf(will) {
  if (will === undefined) {
    return undefined
  }
  if (will === null || typeof will !== 'object') {
    throw new InvalidOptionError(`will is ${kindOf(will)}; it takes { topic, payload, … }`)
  }
  const { topic, payload } = /** @type {any} */ (will)
  return publicationOf(topic, payload, will, ['topic', 'payload'])
}

/**
 * What a client subscribes to, as native code takes it.
 *
 * @param {unknown} filters one or several, each a text or `{ filter, qos, noLocal }`
 * @param {unknown} options for those that do not say
 */
function subscriptionsOf(filters, options) {
  const common = read('a subscription', options, SUBSCRIPTION)
  const all = Array.isArray(filters) ? filters : [filters]
  const subscriptions = all.map((each) => {
    const isObject = each !== null && typeof each === 'object'
    const own = isObject ? read('a subscription', each, SUBSCRIPTION, ['filter']) : {}
    return { filter: filterOf(isObject ? each.filter : each), ...common, ...own }
  })
  return atLeastOne(subscriptions)
}

/**
 * Topic filters as native code takes them.
 *
 * @param {unknown} filters
 */
function filtersOf(filters) {
  return atLeastOne((Array.isArray(filters) ? filters : [filters]).map(filterOf))
}

/** @param {unknown} filter */
function filterOf(filter) {
  if (typeof filter !== 'string' || filter === '') {
    const given = filter === '' ? 'an empty text' : kindOf(filter)
    throw new InvalidOptionError(`a topic filter is ${given}; it takes a text such as 'sensors/#'`)
  }
  return filter
}

/**
 * @template T
 * @param {T[]} all
 */
function atLeastOne(all) {
  if (all.length === 0) {
    throw new InvalidOptionError('there is no topic filter; give at least one')
  }
  return all
}

module.exports = { filtersOf, propertiesOf, publicationOf, subscriptionsOf, willOf }
