'use strict'

const { InvalidOptionError, WrongStateError } = require('../errors.js')
const { running } = require('../life.js')
const { BANNER, CONFIG_OPTIONS, RUN_OPTIONS, WATCH, beginRun, isOn } = require('../settings.js')
const { banner } = require('./banner.js')
const { readFlags } = require('./flags.js')
const { runHelp } = require('./help.js')
const { Program } = require('./program.js')
const { watch } = require('./watch.js')

const LOOK_MS = 10

/**
 * Runs `exhook run`, until the program ends.
 *
 * @param {string[]} words what follows `run`
 * @throws {import('../errors.js').ExhookError} for what the user can put right
 */
async function run(words) {
  const line = readFlags(words, [...RUN_OPTIONS, ...CONFIG_OPTIONS])
  if (line.wantsHelp) {
    console.log(runHelp())
    return
  }
  const program = new Program(targetOf(line.words))
  const isWatched = isOn(WATCH, line.values)
  const hasBanner = isOn(BANNER, line.values)
  if (isWatched && !line.wantsConfig) {
    process.exitCode = await watch(words)
    return
  }
  // From there every app takes them, also one that the program serves itself.
  beginRun(line.values, line.wantsConfig)
  await serve(program)
  for (const app of running) {
    if (hasBanner && app._hasBanner) {
      console.error(banner(app))
    }
  }
}

/** @param {string[]} words */
function targetOf(words) {
  if (words.length === 1) {
    return words[0]
  }
  if (words.length === 0) {
    throw new InvalidOptionError('exhook run needs a FILE, such as app.mjs; see exhook run --help')
  }
  throw new InvalidOptionError(`exhook run takes one FILE; ${words[1]} is one too many`)
}

/**
 * Resolves once an app of the program serves.
 *
 * @param {Program} program
 */
async function serve(program) {
  const served = untilServed(program)
  const app = program.appIn(await Promise.race([loaded(program), served.then(() => ({}))]))
  if (app !== undefined && !app.listening) {
    try {
      await app.listen()
    } catch (error) {
      // The program has begun to serve it.
      if (!(error instanceof WrongStateError)) {
        throw error
      }
    }
  }
  await served
}

/**
 * Resolves to what the program exports. What it throws ends the process as it would without us.
 *
 * @param {Program} program
 * @returns {Promise<Record<string, unknown>>}
 */
function loaded(program) {
  return new Promise((resolve) => {
    program.load().then(resolve, (error) => {
      // A rejection that nobody handles, so that it is not taken for an error of the command.
      Promise.reject(error)
    })
  })
}

/**
 * Resolves once any app serves, and rejects when the program ends before that.
 *
 * @param {Program} program
 * @returns {Promise<void>}
 */
function untilServed({ file }) {
  return new Promise((resolve, reject) => {
    const timer = setInterval(() => {
      if (running.size > 0) {
        clearInterval(timer)
        process.off('beforeExit', end)
        resolve()
      }
    }, LOOK_MS).unref()
    function end() {
      reject(
        new InvalidOptionError(
          `${file} exports no App, and none in it listens; write: export const app = new App()`,
        ),
      )
    }
    process.once('beforeExit', end)
  })
}

module.exports = { run }
