'use strict'

const { setTimeout: sleep } = require('node:timers/promises')

/**
 * Waits until a condition holds, and resolves to what it returned.
 *
 * @param {() => unknown} condition
 * @param {() => string} [explain] what to say when it does not
 */
async function eventually(condition, explain = () => String(condition), seconds = 60) {
  const end = Date.now() + seconds * 1000
  for (;;) {
    const result = await condition()
    if (result) return result
    if (Date.now() > end) throw new Error(`not within ${seconds} s: ${explain()}`)
    await sleep(5)
  }
}

/** A promise with the functions that settle it. */
function settleable() {
  const result = {}
  result.promise = new Promise((resolve, reject) => Object.assign(result, { resolve, reject }))
  return result
}

module.exports = { eventually, settleable, sleep }
