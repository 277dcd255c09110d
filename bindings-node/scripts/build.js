'use strict'

// Builds the native module with cargo and lays it into native/, where the package finds it.
// EXHOOK_PROFILE names the profile (release unless it says otherwise), CARGO_BUILD_TARGET a target
// that is not this machine.

const { spawnSync } = require('node:child_process')
const fs = require('node:fs')
const path = require('node:path')

const { PLATFORMS, fileOf, platformsHere } = require('../lib/platforms.js')

const PACKAGE = path.join(__dirname, '..')
const MANIFEST = path.join(PACKAGE, 'Cargo.toml')
const NATIVE = path.join(PACKAGE, 'native')
const LIBRARY = /\.(?:so|dylib|dll)$/
// What cargo says of all that it has built takes that many bytes at most.
const LONGEST_OUTPUT = 64 * 1024 * 1024

/** What keeps the native module from being built; the message says how to go on. */
class BuildError extends Error {}

function main() {
  if (!fs.existsSync(MANIFEST)) {
    // A published package, whose native module is in a package of its own.
    return
  }
  const platform = platformToBuild()
  const library = build(process.env.EXHOOK_PROFILE || 'release')
  console.log(`built ${path.relative(process.cwd(), lay(library, fileOf(platform)))}`)
}

/** The name of the platform that is built for. */
function platformToBuild() {
  const target = process.env.CARGO_BUILD_TARGET
  const all = Object.keys(PLATFORMS)
  if (target) {
    const found = all.find((name) => PLATFORMS[name].target === target)
    if (found === undefined) {
      const known = all.map((name) => PLATFORMS[name].target).join(', ')
      throw new BuildError(`CARGO_BUILD_TARGET is ${target}; known are ${known}`)
    }
    return found
  }
  const [here] = platformsHere()
  if (here === undefined) {
    throw new BuildError(
      `${process.platform}-${process.arch} has no name in lib/platforms.json; known are ${all.join(', ')}`,
    )
  }
  return here
}

/**
 * Builds the library and returns its path.
 *
 * @param {string} profile
 */
function build(profile) {
  const words = ['build', '--package', 'exhook-node', '--profile', profile]
  const cargo = process.env.CARGO || 'cargo'
  const { error, status, stdout } = spawnSync(
    cargo,
    [...words, '--manifest-path', MANIFEST, '--message-format=json-render-diagnostics'],
    // From there it finds the settings and the toolchain of the workspace.
    { cwd: PACKAGE, stdio: ['ignore', 'pipe', 'inherit'], maxBuffer: LONGEST_OUTPUT },
  )
  if (error !== undefined) {
    const missing = /** @type {NodeJS.ErrnoException} */ (error).code === 'ENOENT'
    throw new BuildError(
      missing
        ? 'cargo is missing; install Rust 1.88 or newer with rustup and try again'
        : `${cargo} cannot be run: ${error.message}`,
    )
  }
  if (status !== 0) {
    throw new BuildError(`${cargo} ${words.join(' ')} failed; what it says is above`)
  }
  return libraryIn(stdout.toString())
}

/**
 * The library among the artifacts that cargo lists.
 *
 * @param {string} output
 */
function libraryIn(output) {
  for (const line of output.split('\n')) {
    if (!line.startsWith('{')) {
      continue
    }
    const { reason, target, filenames = [] } = JSON.parse(line)
    if (reason === 'compiler-artifact' && target.name === 'exhook_node') {
      const library = filenames.find((/** @type {string} */ name) => LIBRARY.test(name))
      if (library !== undefined) {
        return /** @type {string} */ (library)
      }
    }
  }
  throw new BuildError('cargo has built no library; is the crate exhook-node a cdylib?')
}

/**
 * Copies the library to its place in one step, because a process may use the one there is.
 *
 * @param {string} library
 * @param {string} name
 */
function lay(library, name) {
  const place = path.join(NATIVE, name)
  const beside = `${place}.${process.pid}`
  fs.mkdirSync(NATIVE, { recursive: true })
  try {
    fs.copyFileSync(library, beside)
    fs.renameSync(beside, place)
  } finally {
    fs.rmSync(beside, { force: true })
  }
  return place
}

try {
  main()
} catch (error) {
  if (!(error instanceof BuildError)) {
    throw error
  }
  console.error(`exhook: ${error.message}`)
  process.exitCode = 1
}
