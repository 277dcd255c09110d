'use strict'

const native = require('../native.js')
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

A flag wins over its environment variable, named in brackets, that over the file of --config, and
that over what the code says. --print-config prints every option with where its value is from, and
serves nothing.`

const WIDTH = 100

/** @type {Record<string, string>} */
const MEANINGS = {
  config: 'A file of options, in TOML.',
  bind: 'Where to serve: host:port or unix:/path.',
  logLevel: `What the core logs: ${LEVELS.join(', ')}.`,
  banner: 'Print what is served to standard error.',
  watch: 'Restart when a file of the program changes.',
}

/** The text of `exhook run --help`. */
function runHelp() {
  const rows = [...RUN_OPTIONS, ...CONFIG_OPTIONS].map((option) => {
    const byDefault =
      option.kind === 'switch' && option.byDefault ? 'on' : option.byDefault || 'off'
    const head = `  ${nameOf(option)}  [${option.variable}] (default ${byDefault})`
    return [head, ...wrapped(meaningOf(option.name))].join('\n')
  })
  return [INTRODUCTION, '', 'Options:', ...rows].join('\n')
}

/** @param {string} name */
function meaningOf(name) {
  // The first sentence is enough here.
  const [sentence] = (native.describeConfig()[name] ?? '').split(/(?<=\.) /, 1)
  return MEANINGS[name] ?? sentence
}

/**
 * Lines of text below an option.
 *
 * @param {string} text
 */
function wrapped(text) {
  const indent = ' '.repeat(6)
  const lines = [indent.slice(1)]
  for (const word of text.split(' ')) {
    if (lines[lines.length - 1].length + 1 + word.length > WIDTH) {
      lines.push(indent.slice(1))
    }
    lines[lines.length - 1] += ` ${word}`
  }
  return lines
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
