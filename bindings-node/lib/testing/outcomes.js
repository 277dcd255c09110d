'use strict'

const BYTES = /_base64$/

/**
 * What native code tells, as programs have it: names in camel case, bytes as `Buffer`, and what is
 * not there as undefined.
 *
 * @param {any} value
 * @returns {any}
 */
function outcomeOf(value) {
  if (value === null) {
    return undefined
  }
  if (Array.isArray(value)) {
    return value.map(outcomeOf)
  }
  if (typeof value !== 'object') {
    return value
  }
  /** @type {Record<string, unknown>} */
  const outcome = {}
  for (const [name, inner] of Object.entries(value)) {
    outcome[camelCase(name.replace(BYTES, ''))] = BYTES.test(name)
      ? Buffer.from(inner, 'base64')
      : outcomeOf(inner)
  }
  return outcome
}

/** @param {string} name */
function camelCase(name) {
  return name.replace(/_([a-z])/g, (_, letter) => letter.toUpperCase())
}

module.exports = { outcomeOf }
