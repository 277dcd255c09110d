'use strict'

const { CONFIG_OPTIONS, LEVELS, RUN_OPTIONS } = require('../settings.js')

const INTRODUCTION = `\
Usage: exhook run FILE[#NAME] [options]

Imports FILE, an ES module or CommonJS, and serves the App that it exports as NAME: without NAME
as app, as default, or its only one. A file that calls listen() itself is served as it is.

  // app.mjs
  import { App } from 'exhook'
  export const app = new App()
  app.onClientAuthenticate(({ clientinfo }) => clientinfo.username === 'alice')

  exhook run app.mjs --bind 0.0.0.0:9000
  exhook run app.mjs --watch               restart when a file of the program changes
  exhook run servers.mjs#first             the App that is exported as first

A flag wins over its environment variable, named in brackets, and that over what the code says.`

/** @type {Record<string, string>} */
const MEANINGS = {
  bind: 'host:port or unix:/path to serve on',
  logLevel: `what the core logs: ${LEVELS.join(', ')}`,
  banner: 'print what is served to standard error',
  watch: 'restart when a file of the program changes',
  timeoutMs: 'how long a handler may take that does not say',
  maxInflight: 'calls that may run at once',
  inboxCapacity: 'events that may wait for their handler',
  ioThreads: 'threads of the core',
  maxMessageBytes: 'the largest request that is read',
  drainTimeoutMs: 'how long closing waits for what is running',
  keepaliveIntervalMs: 'PING for brokers that vanished; 0 is off',
  companion: 'also answer the valued hooks without a handler',
}

/** The text of `exhook run --help`. */
function runHelp() {
  const options = [...RUN_OPTIONS, ...CONFIG_OPTIONS]
  const names = options.map(nameOf)
  const width = Math.max(...names.map((name) => name.length))
  const rows = options.map((option, at) => {
    const byDefault =
      option.kind === 'switch' ? (option.byDefault ? 'on' : 'off') : option.byDefault
    const meaning = MEANINGS[option.name] ?? 'option of the server'
    const text = `${meaning} (default ${byDefault})`
    return `  ${names[at].padEnd(width)}  ${text}\n  ${' '.repeat(width)}  [${option.variable}]`
  })
  return [INTRODUCTION, '', 'Options:', ...rows].join('\n')
}

/** @param {import('../settings.js').Option} option */
function nameOf(option) {
  switch (option.kind) {
    case 'switch':
      return `--${option.flag}, --no-${option.flag}`
    case 'number':
      return `--${option.flag} N`
    default:
      return `--${option.flag} TEXT`
  }
}

module.exports = { runHelp }
