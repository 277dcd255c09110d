'use strict'

const { InvalidOptionError } = require('../errors.js')
const { kindOf } = require('../handler.js')
const native = require('../native.js')

/**
 * What an option takes, in words and as a check.
 *
 * @typedef {{ takes: string, accepts: (value: any) => boolean }} Kind
 */

/** @type {Kind} */
const text = { takes: 'a text', accepts: (value) => typeof value === 'string' }

/** @type {Kind} */
const name = { takes: 'a text that is not empty', accepts: (value) => text.accepts(value) && value }

/** @type {Kind} */
const flag = { takes: 'true or false', accepts: (value) => typeof value === 'boolean' }

/** @type {Kind} */
const speed = {
  takes: 'a number above 0, 1 for real time',
  accepts: (value) => Number.isFinite(value) && value > 0,
}

/**
 * @param {number} least
 * @param {number} [most]
 * @returns {Kind}
 */
function whole(least, most = Number.MAX_SAFE_INTEGER) {
  const range = most < Number.MAX_SAFE_INTEGER ? `${least} to ${most}` : `${least}`
  return {
    takes: `a whole number from ${range}`,
    accepts: (value) => Number.isInteger(value) && value >= least && value <= most,
  }
}

/**
 * @param {string[]} words
 * @returns {Kind}
 */
function oneOf(...words) {
  const quoted = words.map((word) => `'${word}'`)
  return { takes: quoted.join(' or '), accepts: (value) => words.includes(value) }
}

const BROKER = {
  version: text,
  nodes: whole(1, 100),
  authentication: oneOf('allow', 'deny'),
  authorization: oneOf('allow', 'deny'),
  noMatch: oneOf('allow', 'deny'),
  authorizationCache: flag,
  pace: speed,
  keepCalls: flag,
}

const PROVIDER = {
  requestTimeoutMs: whole(1),
  failedAction: oneOf('deny', 'ignore'),
  autoReconnectMs: whole(0),
  poolSize: whole(1, 1_000),
}

const CLIENT = {
  username: text,
  password: text,
  protocolVersion: whole(3, 5),
  cleanStart: flag,
  sessionExpiryInterval: whole(0, 0xffff_ffff),
  keepalive: whole(0, 0xffff),
  peerhost: name,
}

const PUBLICATION = { qos: whole(0, 2), retain: flag }

const SUBSCRIPTION = { qos: whole(0, 2), noLocal: flag }

/**
 * Reads options into what native code calls them: those that are given, in snake case.
 *
 * @param {string} what whose options they are
 * @param {unknown} options
 * @param {Record<string, Kind>} kinds
 * @param {string[]} [others] names of options that somebody else reads
 * @returns {Record<string, any>}
 */
function read(what, options, kinds, others = []) {
  if (options === null || typeof options !== 'object') {
    throw new InvalidOptionError(`the options of ${what} are an object, not ${kindOf(options)}`)
  }
  /** @type {Record<string, any>} */
  const values = {}
  for (const [option, value] of Object.entries(options)) {
    if (others.includes(option) || value === undefined) {
      continue
    }
    if (!Object.hasOwn(kinds, option)) {
      const near = native.didYouMean(option, [...Object.keys(kinds), ...others])
      throw new InvalidOptionError(`there is no option ${option} of ${what}${near}`)
    }
    if (!kinds[option].accepts(value)) {
      const shown = typeof value === 'number' || flag.accepts(value) ? value : kindOf(value)
      const given = option !== 'password' && text.accepts(value) ? `'${value}'` : shown
      throw new InvalidOptionError(`${option} is ${given}; it takes ${kinds[option].takes}`)
    }
    values[option.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)] = value
  }
  return values
}

module.exports = {
  BROKER,
  CLIENT,
  PROVIDER,
  PUBLICATION,
  SUBSCRIPTION,
  flag,
  name,
  oneOf,
  read,
  text,
  whole,
}
