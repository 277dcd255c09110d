'use strict'

const path = require('node:path')

const { PLATFORMS, fileOf, libcInWords, packageOf, platformsHere } = require('./platforms.js')

const FOLDER = path.join(__dirname, '..', 'native')

/** There is no native module that can be loaded here; the message tells what was tried. */
class NativeModuleError extends Error {
  name = 'NativeModuleError'
  code = 'NATIVE_MODULE'
}

/**
 * Loads the native module: the file that `EXHOOK_NATIVE` names and no other, or else what was built
 * here, or else what the package of this platform brings.
 *
 * @returns {any}
 * @throws {NativeModuleError} when none can be loaded
 */
function load() {
  const named = process.env.EXHOOK_NATIVE
  const tried = []
  for (const name of named ? [path.resolve(named)] : candidates()) {
    try {
      return path.isAbsolute(name) ? open(name) : require(name)
    } catch (error) {
      tried.push(`  ${name}: ${reasonOf(error, name)}`)
    }
  }
  throw new NativeModuleError(explain(tried, named))
}

function candidates() {
  const platforms = platformsHere()
  return [...platforms.map((name) => path.join(FOLDER, fileOf(name))), ...platforms.map(packageOf)]
}

/**
 * Loads a file whatever its name ends with, as that of a library that cargo has built.
 *
 * @param {string} file
 */
function open(file) {
  const module = { exports: {} }
  process.dlopen(module, file)
  return module.exports
}

/**
 * @param {unknown} error
 * @param {string} name what could not be loaded
 */
function reasonOf(error, name) {
  const text = error instanceof Error ? error.message : String(error)
  // Further lines say from where it was required, which is always here.
  const [reason] = text.split('\n', 1)
  return reason.startsWith(`${name}: `) ? reason.slice(name.length + 2) : reason
}

/**
 * @param {string[]} tried
 * @param {string | undefined} named
 */
function explain(tried, named) {
  const here = [`${process.platform}-${process.arch}`, `Node.js ${process.version}`, libcInWords()]
  const lines = [
    `the native module of exhook cannot be loaded on ${here.filter(Boolean).join(', ')}`,
    ...(tried.length > 0 ? ['Tried:', ...tried] : ['No package is published for this platform.']),
  ]
  if (named) {
    lines.push('The environment variable EXHOOK_NATIVE names that file; correct or unset it.')
  } else {
    lines.push(
      `Published are packages for ${Object.keys(PLATFORMS).join(', ')}.`,
      'They are optional dependencies: where yours is one of them, install exhook again without',
      '--omit=optional or --no-optional, and without node_modules of another system.',
      'Anywhere else build it from source with cargo: in a checkout of the project, run',
      'npm run prepare in the folder bindings-node, and install that folder.',
    )
  }
  return lines.join('\n')
}

module.exports = { NativeModuleError, load }
