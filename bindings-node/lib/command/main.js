'use strict'

const { ExhookError } = require('../errors.js')
const { NativeModuleError } = require('../loader.js')

/** The exit code for what the user can put right. */
const UNUSABLE = 2

/**
 * Runs the command `exhook`: `run` here, every other verb in the native module.
 *
 * @param {string[]} words what follows the command's name
 */
async function main(words) {
  try {
    if (words[0] === 'run') {
      await require('./run.js').run(words.slice(1))
    } else {
      process.exitCode = passOn(words)
    }
  } catch (error) {
    if (error instanceof ExhookError || error instanceof NativeModuleError) {
      complain(error)
    } else {
      throw error
    }
  }
}

/** @param {string[]} words */
function passOn(words) {
  // Not before, because a module that cannot be loaded is to be complained of.
  const native = require('../native.js')
  const { CONFIG_OPTIONS, RUN_OPTIONS } = require('../settings.js')
  // Native code adds its handler of Ctrl-C to the one there is, and that of Node.js itself would
  // end the process, again and again. This one is never called: the event loop waits.
  process.once('SIGINT', () => {})
  const flags = [...RUN_OPTIONS, ...CONFIG_OPTIONS].map((option) => `--${option.flag}`)
  flags.push('--print-config')
  return native.cli(words.length === 0 ? ['--help'] : words, flags)
}

/**
 * Ends the command with a line about what is wrong, whatever the program has begun.
 *
 * @param {Error} error
 */
function complain(error) {
  console.error(`exhook: ${error.message}`)
  process.exit(UNUSABLE)
}

module.exports = { complain, main }
