'use strict'

const native = require('../../lib/native.js')
const { rpcOf, rpcOfHook } = require('./protocol.js')

/** The hooks of the table, each with its rpc in v3. */
const HOOKS = native.hooks().map((hook) => ({ ...hook, rpc: rpcOfHook(hook.name) }))

/** The hooks that a package has. */
function hooksOf(speaks) {
  return HOOKS.filter((hook) => rpcOf(speaks, hook.rpc))
}

/** The hooks of one kind: `bool`, `message`, `notification` or `provider`. */
function hooksOfKind(kind) {
  return HOOKS.filter((hook) => hook.kind === kind)
}

/** Registers one handler for every hook. */
function onEvery(app, handler, options) {
  for (const hook of HOOKS) app[hook.method](handler, options?.(hook))
  return app
}

module.exports = { HOOKS, hooksOf, hooksOfKind, onEvery }
