'use strict'

const { spawn } = require('node:child_process')
const os = require('node:os')
const path = require('node:path')

const COMMAND = path.join(__dirname, '../../bin/exhook.js')
const SIGNALS = /** @type {const} */ (['SIGINT', 'SIGTERM', 'SIGHUP'])
const WATCH_FLAGS = ['--watch', '--watch-preserve-output']

/**
 * Runs `exhook run` below `node --watch`, which starts it again when a file that it imported
 * changes. The first signal stops it, the second ends it at once.
 *
 * @param {string[]} words what follows `run`
 * @returns {Promise<number>} the exit code
 */
function watch(words) {
  const rest = words.filter((word) => word !== '--watch')
  const child = spawn(
    process.execPath,
    [...process.execArgv, ...WATCH_FLAGS, COMMAND, 'run', ...rest],
    {
      stdio: 'inherit',
      // The flag may have come from there.
      env: { ...process.env, EXHOOK_WATCH: '' },
      // In a group of its own it is not reached by Ctrl-C itself, and takes the one passed on for
      // the first and only one.
      detached: process.platform !== 'win32',
    },
  )
  const passOn = passerOn(child)
  for (const signal of SIGNALS) {
    process.on(signal, passOn)
  }
  return new Promise((resolve, reject) => {
    child.once('error', reject)
    child.once('close', (code, signal) => {
      for (const name of SIGNALS) {
        process.off(name, passOn)
      }
      resolve(code ?? numberOf(signal))
    })
  })
}

/**
 * @param {import('node:child_process').ChildProcess} child
 * @returns {(signal: NodeJS.Signals) => void}
 */
function passerOn(child) {
  let isStopping = false
  return (signal) => {
    if (!isStopping) {
      isStopping = true
      child.kill(signal)
      return
    }
    if (child.pid !== undefined && process.platform !== 'win32') {
      // With what it has started.
      process.kill(-child.pid, 'SIGKILL')
    }
    process.exit(numberOf(signal))
  }
}

/**
 * The exit code of a process that a signal has ended.
 *
 * @param {NodeJS.Signals | null} signal
 */
function numberOf(signal) {
  return signal === null ? 1 : 128 + os.constants.signals[signal]
}

module.exports = { watch }
