'use strict'

const { ExhookError } = require('../errors.js')
const { NativeModuleError } = require('../loader.js')

const HELP = ['-h', '--help', 'help']
const RUN_HELP = 'exhook run FILE [options]    serve a JavaScript app; see exhook run --help\n'
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
  const native = require('../native.js')
  if (words.length === 0 || (words.length === 1 && HELP.includes(words[0]))) {
    console.log(RUN_HELP)
    return native.cli(['--help'])
  }
  // Native code adds its handler of Ctrl-C to the one there is, and that of Node.js itself would
  // end the process, again and again. This one is never called: the event loop waits.
  process.once('SIGINT', () => {})
  return native.cli(words)
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
