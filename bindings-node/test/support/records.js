'use strict'

const { format } = require('node:util')
const { eventually } = require('./eventually.js')

/** A logger that keeps what it is told, as `{ level, text }`. */
class Records {
  constructor() {
    this.all = []
    for (const level of ['debug', 'info', 'warn', 'error']) {
      this[level] = (...values) => this.all.push({ level, text: format(...values) })
    }
  }

  /** The texts of one level. */
  of(level) {
    return this.all.filter((record) => record.level === level).map((record) => record.text)
  }

  /** Waits for a record of one level that a pattern matches, and resolves to its text. */
  sees(level, pattern) {
    const find = () => this.of(level).find((text) => pattern.test(text))
    return eventually(find, () => `${pattern} in ${JSON.stringify(this.all)}`)
  }

  get text() {
    return this.all.map((record) => record.text).join('\n')
  }
}

/** The errors that an app emits; the broker is answered before they are. */
class Failures {
  constructor(app) {
    this.all = []
    app.on('error', (error) => this.all.push(error))
  }

  /** Waits for so many errors, and resolves to them. */
  async seen(count = 1) {
    await eventually(
      () => this.all.length >= count,
      () => `${count} errors; ${this.all.length}`,
    )
    return this.all
  }
}

module.exports = { Failures, Records }
