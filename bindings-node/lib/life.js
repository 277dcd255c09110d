'use strict'

// The longest that a timer can wait.
const LONGEST = 2 ** 31 - 1
const SIGNALS = /** @type {const} */ (['SIGINT', 'SIGTERM'])

/**
 * The apps that serve.
 *
 * @type {Set<import('./app.js').App>}
 */
const running = new Set()

/** The apps among them that signals close. */
const closing = new Set()

/**
 * Begins the time in which an app serves.
 *
 * @param {import('./app.js').App} app
 * @param {boolean} signals whether SIGINT and SIGTERM close it
 * @param {boolean} keepsAlive whether the process lives until then
 * @returns {() => void} ends that
 */
function begin(app, signals, keepsAlive) {
  const alive = keepsAlive ? setInterval(() => {}, LONGEST) : undefined
  running.add(app)
  if (signals) {
    closing.add(app)
    watch()
  }
  return () => {
    clearInterval(alive)
    running.delete(app)
    closing.delete(app)
    if (closing.size === 0) {
      unwatch()
    }
  }
}

function watch() {
  for (const signal of SIGNALS) {
    if (!process.listeners(signal).includes(obey)) {
      process.on(signal, obey)
    }
  }
}

function unwatch() {
  for (const signal of SIGNALS) {
    process.off(signal, obey)
  }
}

/**
 * Closes the apps, and then lets the process end as it would have without them.
 *
 * @param {NodeJS.Signals} signal
 */
async function obey(signal) {
  // From here on a second signal does what it does without us.
  unwatch()
  await Promise.allSettled([...closing].map((app) => app.close()))
  if (process.listenerCount(signal) === 0) {
    process.kill(process.pid, signal)
  }
}

module.exports = { begin, running }
