'use strict'

const { InvalidOptionError } = require('./errors.js')
const native = require('./native.js')
const { LEVELS } = require('./reporter.js')

const DEFAULT_BIND = '127.0.0.1:9000'
const VARIABLE_PREFIX = 'EXHOOK_'

const TRUE = ['1', 'true', 'yes', 'on']
const FALSE = ['0', 'false', 'no', 'off']
const WHOLE_NUMBER = /^\d+$/

/**
 * What the value of an option can be.
 *
 * @typedef {'text' | 'number' | 'switch'} OptionKind
 */

/** One option: `timeoutMs` is `--timeout-ms` and `EXHOOK_TIMEOUT_MS`. */
class Option {
  /**
   * @param {string} name
   * @param {OptionKind} kind
   * @param {string | number | boolean} [byDefault] the value where none is given
   */
  constructor(name, kind, byDefault) {
    this.name = name
    this.kind = kind
    this.byDefault = byDefault
  }

  /** The option on the command line, without the dashes. */
  get flag() {
    return this.name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)
  }

  /** The option as environment variable. */
  get variable() {
    return VARIABLE_PREFIX + this.flag.replaceAll('-', '_').toUpperCase()
  }

  /**
   * Turns text into a value.
   *
   * @param {string} text
   * @param {string} source where the text is from, for error messages
   * @returns {string | number | boolean}
   * @throws {InvalidOptionError} when it is no value of this option
   */
  read(text, source = this.variable) {
    const word = text.trim()
    switch (this.kind) {
      case 'switch':
        if (![...TRUE, ...FALSE].includes(word.toLowerCase())) {
          throw new InvalidOptionError(`${source} is '${text}'; give true or false`)
        }
        return TRUE.includes(word.toLowerCase())
      case 'number':
        if (!WHOLE_NUMBER.test(word)) {
          throw new InvalidOptionError(`${source} is '${text}'; give a whole number from 0`)
        }
        return Number(word)
      default:
        return text
    }
  }
}

/** The level from which on records of the core are logged. */
class LevelOption extends Option {
  /**
   * @override
   * @param {string} text
   */
  read(text, source = this.variable) {
    const level = text.trim().toLowerCase()
    if (!LEVELS.includes(level)) {
      throw new InvalidOptionError(`${source} is '${text}'; known are ${LEVELS.join(', ')}`)
    }
    return level
  }
}

const BIND = new Option('bind', 'text', DEFAULT_BIND)

const LOG_LEVEL = new LevelOption('logLevel', 'text', 'info')

/** @type {Record<string, OptionKind>} */
const KINDS = { boolean: 'switch', number: 'number', string: 'text' }

/** The options of a server, which are those of an App too. */
const CONFIG_OPTIONS = Object.entries(native.defaultConfig()).map(
  ([name, value]) => new Option(name, KINDS[typeof value], value),
)

/** The options of `exhook run` that are not the server's own. */
const RUN_OPTIONS = [
  BIND,
  LOG_LEVEL,
  new Option('banner', 'switch', true),
  new Option('watch', 'switch', false),
]

/**
 * The values of the options that are set in the environment; empty ones are not.
 *
 * @param {NodeJS.ProcessEnv} [environment]
 * @param {Option[]} [options]
 * @returns {Record<string, any>}
 * @throws {InvalidOptionError} when the text of a variable cannot be its option's value
 */
function fromEnvironment(environment = process.env, options = [BIND, ...CONFIG_OPTIONS]) {
  /** @type {Record<string, any>} */
  const values = {}
  for (const option of options) {
    const text = environment[option.variable]
    if (text) {
      values[option.name] = option.read(text)
    }
  }
  return values
}

module.exports = {
  CONFIG_OPTIONS,
  DEFAULT_BIND,
  LEVELS,
  LOG_LEVEL,
  Option,
  RUN_OPTIONS,
  fromEnvironment,
}
