'use strict'

const { parseArgs } = require('node:util')

const { InvalidOptionError } = require('../errors.js')
const native = require('../native.js')

/**
 * @typedef {import('../settings.js').Option} Option
 */

/**
 * What a command line says.
 *
 * @typedef {object} CommandLine
 * @property {boolean} wantsHelp
 * @property {string[]} words what is no flag
 * @property {boolean} wantsConfig
 * @property {Map<Option, string>} values the flags that are given
 */

/**
 * Reads the flags of some options.
 *
 * @param {string[]} words
 * @param {Option[]} options
 * @returns {CommandLine}
 * @throws {InvalidOptionError} for an unknown flag, or one with an unsuitable value
 */
function readFlags(words, options) {
  const known = knownFlags(options)
  const { tokens } = parseArgs({
    args: words,
    options: Object.fromEntries(known),
    strict: false,
    tokens: true,
  })
  /** @type {CommandLine} */
  const line = { wantsHelp: false, wantsConfig: false, words: [], values: new Map() }
  for (const token of tokens) {
    if (token.kind === 'positional') {
      line.words.push(token.value)
    } else if (token.kind === 'option') {
      const flag = known.get(token.name)
      if (flag === undefined) {
        const near = native.didYouMean(token.rawName, [...known.keys()].map(withDashes))
        throw new InvalidOptionError(`there is no option ${token.rawName}${near}`)
      }
      if (flag === HELP) {
        line.wantsHelp = true
      } else if (flag.option === undefined) {
        line.wantsConfig = true
      } else {
        line.values.set(flag.option, valueFor(flag, flag.option, token))
      }
    }
  }
  return line
}

/**
 * A flag as `parseArgs` wants it, and the option that it is for.
 *
 * @typedef {object} Flag
 * @property {'string' | 'boolean'} type
 * @property {string} [short]
 * @property {Option} [option]
 * @property {boolean} [value] what a switch is turned to
 */

/** @type {Flag} */
const HELP = { type: 'boolean', short: 'h' }

/** @param {Option[]} options */
function knownFlags(options) {
  /** @type {Map<string, Flag>} */
  const flags = new Map([
    ['help', HELP],
    ['print-config', { type: 'boolean' }],
  ])
  for (const option of options) {
    if (option.kind === 'switch') {
      flags.set(option.flag, { type: 'boolean', option, value: true })
      flags.set(`no-${option.flag}`, { type: 'boolean', option, value: false })
    } else {
      flags.set(option.flag, { type: 'string', option })
    }
  }
  return flags
}

/**
 * @param {Flag} flag
 * @param {Option} option
 * @param {{ rawName: string, value?: string, inlineValue?: boolean }} token
 */
function valueFor(flag, option, { rawName, value, inlineValue }) {
  if (flag.value !== undefined) {
    if (inlineValue) {
      throw new InvalidOptionError(`${rawName} takes no value; there is --no-${option.flag} too`)
    }
    return String(flag.value)
  }
  // A flag in the place of a value is rather the next flag.
  if (value === undefined || (!inlineValue && value.startsWith('--'))) {
    throw new InvalidOptionError(`${rawName} needs a value`)
  }
  return value
}

/** @param {string} name */
function withDashes(name) {
  return `--${name}`
}

module.exports = { readFlags }
