'use strict'

const native = require('./native.js')
const { levelOr } = require('./reporter.js')

const LEVEL = 'info'

/**
 * Who is told what the core logs, while their apps serve.
 *
 * @type {Set<import('./reporter.js').Reporter>}
 */
const followers = new Set()

/** @type {import('./native.js').LogReader | undefined} */
let reader

/**
 * Hands the log records of the core to a reporter.
 *
 * @param {import('./reporter.js').Reporter} reporter
 */
function follow(reporter) {
  followers.add(reporter)
  reader ??= native.readLogs(levelOr(LEVEL), deliver)
}

/**
 * Hands over what is left, and no more.
 *
 * @param {import('./reporter.js').Reporter} reporter
 */
function unfollow(reporter) {
  deliver()
  followers.delete(reporter)
  if (followers.size === 0) {
    reader?.close()
    reader = undefined
  }
}

function deliver() {
  const records = reader?.take() ?? []
  // Apps often share a logger, which is told once.
  const reporters = new Map([...followers].map((reporter) => [reporter.logger, reporter]))
  for (const { level, message } of records) {
    for (const reporter of reporters.values()) {
      reporter.log(level === 'trace' ? 'debug' : level, message)
    }
  }
}

module.exports = { follow, unfollow }
