'use strict'

const native = require('../native.js')

/**
 * What is shown once an app serves.
 *
 * @param {import('../app.js').App} app
 */
function banner({ hooks, address }) {
  const names = hooks.map(({ name, topics }) =>
    topics.length > 0 ? `${name} (${topics.join(' ')})` : name,
  )
  const served = names.length > 0 ? names.join(', ') : 'no hook, because no handler is registered,'
  return `exhook ${native.version()} serves ${served} on ${address} (pid ${process.pid})`
}

module.exports = { banner }
