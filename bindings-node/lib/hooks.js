'use strict'

const native = require('./native.js')

/**
 * What the table of hooks says of one of them.
 *
 * @typedef {object} HookRow
 * @property {string} name its dotted name
 * @property {string} method the method of an app that registers a handler
 * @property {'bool' | 'message' | 'notification' | 'provider'} kind the kind of its answer
 * @property {boolean} hasTopics whether it has topic filters
 * @property {string} request the class of its requests
 */

/**
 * The table of hooks; a hook's index is its number in native code.
 *
 * @type {readonly HookRow[]}
 */
const HOOKS = native.hooks()

module.exports = { HOOKS }
