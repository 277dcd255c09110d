'use strict'

const { App } = require('../..')
const { eventually } = require('./eventually.js')
const { onEvery } = require('./hooks.js')
const { serve } = require('./serve.js')

/**
 * Serves every hook, and returns a function that calls one and resolves to what its handler saw.
 *
 * @param {import('node:test').TestContext} t
 * @param {string} speaks `v1`, `v2` or `v3`
 */
async function listening(t, speaks) {
  const kept = []
  const app = onEvery(new App({ logger: false }), (request) => void kept.push(request))
  const broker = await serve(t, app, speaks)
  return async (rpc, fields) => {
    const before = kept.length
    await broker.call(rpc, fields)
    await eventually(() => kept.length > before)
    return kept.at(-1)
  }
}

module.exports = { listening }
