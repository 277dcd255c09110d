'use strict'

const { translated } = require('./errors.js')
const native = require('./native.js')
const { LEVELS } = require('./reporter.js')

const DEFAULT_BIND = native.defaultBind()
const VARIABLE_PREFIX = 'EXHOOK_'

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
    return VARIABLE_PREFIX + this.key.toUpperCase()
  }

  /** The option in files. */
  get key() {
    return this.flag.replaceAll('-', '_')
  }
}

const BIND = new Option('bind', 'text', DEFAULT_BIND)

const LOG_LEVEL = new Option('logLevel', 'text', 'info')

const BANNER = new Option('banner', 'switch', true)

const WATCH = new Option('watch', 'switch', false)

/** @type {Record<string, OptionKind>} */
const KINDS = { boolean: 'switch', number: 'number', string: 'text' }

/** The options of a server, which are those of an App too. */
const CONFIG_OPTIONS = Object.entries(native.defaultConfig()).map(
  ([name, value]) => new Option(name, KINDS[typeof value], value),
)

/** The options of `exhook run` that are not the server's own. */
const RUN_OPTIONS = [new Option('config', 'text', ''), BIND, LOG_LEVEL, BANNER, WATCH]

/**
 * The run of the command that this process is, if it is one.
 *
 * @type {{ flags: Record<string, string>, variables: Record<string, string>, prints: boolean }
 *   | undefined}
 */
let theRun

/**
 * Lets every app of this process, and those of its workers, take the flags of the command.
 *
 * @param {Map<Option, string>} flags
 * @param {boolean} prints whether apps print their options instead of serving
 */
function beginRun(flags, prints) {
  theRun = { flags: {}, variables: variables(), prints }
  for (const [option, text] of flags) {
    if (option !== WATCH) {
      theRun.flags[option.key] = text
    }
    // Workers have the environment only.
    process.env[option.variable] = text
  }
  process.env[LOG_LEVEL.variable] ||= String(LOG_LEVEL.byDefault)
}

/** Whether apps print their options instead of serving. */
function isToPrint() {
  return theRun?.prints ?? false
}

/**
 * Settles the options of an app.
 *
 * @param {Record<string, unknown>} config the options of the server that the code gives
 * @param {{ bind?: string, file?: string }} code
 * @param {boolean} environment whether environment and flags count
 * @returns {import('./native.js').Settings}
 * @throws {import('./errors.js').ExhookError} for what has no meaning, and an unreadable file
 */
function settle(config, code, environment) {
  const own = [
    { name: LOG_LEVEL.key, byDefault: theRun ? String(LOG_LEVEL.byDefault) : '', words: LEVELS },
    { name: BANNER.key, byDefault: true, words: [] },
  ]
  const { flags, variables: given } = theRun ?? { flags: {}, variables: variables() }
  return settled(own, config, code, environment ? given : {}, environment ? flags : {})
}

/**
 * Whether a switch of the command that is in no file is on.
 *
 * @param {Option} option
 * @param {Map<Option, string>} flags
 * @returns {boolean}
 * @throws {import('./errors.js').InvalidOptionError} where its variable says neither yes nor no
 */
function isOn(option, flags) {
  const { key, variable } = option
  const own = [{ name: key, byDefault: Boolean(option.byDefault), words: [] }]
  const flag = flags.get(option)
  const given = { [variable]: theRun?.variables[variable] ?? process.env[variable] ?? '' }
  const settings = settled(own, {}, {}, given, flag === undefined ? {} : { [key]: flag })
  return settings.value(key) === true
}

/** @param {ConstructorParameters<typeof import('./native.js').Settings>} parameters */
function settled(...parameters) {
  try {
    return new native.Settings(...parameters)
  } catch (error) {
    throw translated(error)
  }
}

/** The environment variables that may be options. */
function variables() {
  /** @type {Record<string, string>} */
  const found = {}
  for (const [name, text] of Object.entries(process.env)) {
    if (name.startsWith(VARIABLE_PREFIX) && text !== undefined) {
      found[name] = text
    }
  }
  return found
}

module.exports = {
  BANNER,
  CONFIG_OPTIONS,
  DEFAULT_BIND,
  LEVELS,
  Option,
  RUN_OPTIONS,
  WATCH,
  beginRun,
  isOn,
  isToPrint,
  settle,
}
