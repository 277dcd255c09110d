'use strict'

const fs = require('node:fs')
const path = require('node:path')
const { pathToFileURL } = require('node:url')

const { App } = require('../app.js')
const { InvalidOptionError } = require('../errors.js')
const { kindOf } = require('../handler.js')
const native = require('../native.js')

const ENDINGS = ['.mjs', '.js', '.cjs', '.mts', '.ts', '.cts']

/** A file that exports an App, or serves one itself. */
class Program {
  /**
   * Finds the file; nothing is imported yet.
   *
   * @param {string} target `file` or `file#name`
   * @throws {InvalidOptionError} when there is no such file
   */
  constructor(target) {
    const at = isFile(target) ? -1 : target.lastIndexOf('#')
    this.file = at < 0 ? target : target.slice(0, at)
    this._name = at < 0 ? undefined : target.slice(at + 1)
    if (!isFile(this.file)) {
      throw new InvalidOptionError(`there is no file ${this.file}${nearFile(this.file)}`)
    }
  }

  /**
   * Imports the file and resolves to what it exports. What it throws passes through.
   *
   * @returns {Promise<Record<string, unknown>>}
   */
  load() {
    return import(pathToFileURL(path.resolve(this.file)).href)
  }

  /**
   * The App among its exports that is to be served, or undefined where there is none.
   *
   * @param {Record<string, unknown>} namespace
   * @throws {InvalidOptionError} when it is not clear which App is meant
   */
  appIn(namespace) {
    const exported = exportsOf(namespace)
    return this._name === undefined ? this._only(exported) : this._named(exported, this._name)
  }

  /**
   * @param {Map<string, unknown>} exported
   * @param {string} name
   */
  _named(exported, name) {
    const found = exported.get(name)
    if (isApp(found)) {
      return found
    }
    if (exported.has(name)) {
      throw new InvalidOptionError(`${this.file}#${name} is ${kindOf(found)}, not an App`)
    }
    const apps = namesOfApps(exported)
    const known = apps.length > 0 ? native.didYouMean(name, apps) : '; it exports no App at all'
    throw new InvalidOptionError(`${this.file} exports no ${name}${known}`)
  }

  /** @param {Map<string, unknown>} exported */
  _only(exported) {
    for (const name of ['app', 'default']) {
      const found = exported.get(name)
      if (isApp(found)) {
        return found
      }
    }
    const names = namesOfApps(exported)
    const apps = new Set(names.map((name) => exported.get(name)))
    if (apps.size > 1) {
      const choices = names.map((name) => `${this.file}#${name}`).join(' or ')
      throw new InvalidOptionError(`${this.file} exports several Apps; give ${choices}`)
    }
    return /** @type {App | undefined} */ (apps.values().next().value)
  }
}

/** @param {string} file */
function isFile(file) {
  return fs.statSync(file, { throwIfNoEntry: false })?.isFile() ?? false
}

/** @param {string} file */
function nearFile(file) {
  const ending = ENDINGS.find((candidate) => isFile(file + candidate))
  if (ending !== undefined) {
    return `; did you mean ${file}${ending}?`
  }
  const folder = path.dirname(file)
  try {
    const names = fs.readdirSync(folder).filter((name) => ENDINGS.includes(path.extname(name)))
    return native.didYouMean(
      file,
      names.map((name) => path.join(folder, name)),
    )
  } catch {
    return ''
  }
}

/**
 * What a module exports; of CommonJS also what Node.js did not recognise as a name.
 *
 * @param {Record<string, unknown>} namespace
 */
function exportsOf(namespace) {
  const exported = new Map(Object.entries(namespace))
  exported.delete('module.exports')
  const whole = namespace.default
  if (whole !== null && typeof whole === 'object' && !isApp(whole)) {
    for (const [name, value] of Object.entries(whole)) {
      if (!exported.has(name)) {
        exported.set(name, value)
      }
    }
  }
  return exported
}

/** @param {Map<string, unknown>} exported */
function namesOfApps(exported) {
  return [...exported.keys()].filter((name) => isApp(exported.get(name)))
}

/**
 * @param {unknown} value
 * @returns {value is App}
 * @throws {InvalidOptionError} for an App whose hooks this process would not serve
 */
function isApp(value) {
  if (value instanceof App) {
    return true
  }
  if (
    value?.constructor?.name === 'App' &&
    typeof (/** @type {any} */ (value).listen) === 'function'
  ) {
    throw new InvalidOptionError(
      'the App of the program is from another copy of exhook; run that one: npx exhook run',
    )
  }
  return false
}

module.exports = { Program }
