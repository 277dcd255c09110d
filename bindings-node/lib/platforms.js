'use strict'

const fs = require('node:fs')

/**
 * Where a native module runs.
 *
 * @typedef {object} Platform
 * @property {string} os what `process.platform` says there
 * @property {string} cpu what `process.arch` says there
 * @property {string} [libc] the C library, `glibc` or `musl`, on Linux
 * @property {string} target what Rust calls it
 */

/**
 * The platforms that packages are published for, by their names.
 *
 * @type {Record<string, Platform>}
 */
const PLATFORMS = require('./platforms.json')

/** The names of the platforms that can be this one, the likeliest first. */
function platformsHere() {
  const here = Object.keys(PLATFORMS).filter((name) => {
    const { os, cpu } = PLATFORMS[name]
    return os === process.platform && cpu === process.arch
  })
  if (here.length > 1 && hasMusl()) {
    here.sort((one, other) => rank(one) - rank(other))
  }
  return here
}

/** @param {string} name */
function rank(name) {
  return PLATFORMS[name].libc === 'musl' ? 0 : 1
}

/** Whether the C library of this process is musl. */
function hasMusl() {
  try {
    // A report would tell too, but it takes milliseconds and may look up host names.
    return fs.readFileSync('/proc/self/maps', 'utf8').includes('/ld-musl-')
  } catch {
    return false
  }
}

/** The C library in words, for error messages; takes its time. */
function libcInWords() {
  if (process.platform !== 'linux') {
    return undefined
  }
  const version = glibcVersion()
  if (version !== undefined) {
    return `glibc ${version}`
  }
  return hasMusl() ? 'musl' : 'an unknown libc'
}

/** @returns {string | undefined} */
function glibcVersion() {
  const report = /** @type {NodeJS.ProcessReport & { excludeNetwork?: boolean } | undefined} */ (
    process.report
  )
  if (report === undefined) {
    return undefined
  }
  const before = report.excludeNetwork
  report.excludeNetwork = true
  try {
    const text = /** @type {unknown} */ (report.getReport())
    const { header } = typeof text === 'string' ? JSON.parse(text) : text
    return header.glibcVersionRuntime
  } catch {
    return undefined
  } finally {
    report.excludeNetwork = before
  }
}

/**
 * The name of the package that holds the native module of a platform.
 *
 * @param {string} platform
 */
function packageOf(platform) {
  return `@exhook/${platform}`
}

/**
 * The name of the file of a platform's native module.
 *
 * @param {string} platform
 */
function fileOf(platform) {
  return `exhook.${platform}.node`
}

module.exports = { PLATFORMS, fileOf, libcInWords, packageOf, platformsHere }
