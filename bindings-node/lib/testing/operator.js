'use strict'

const { WrongStateError, translated } = require('../errors.js')
const native = require('../native.js')
const { outcomeOf } = require('./outcomes.js')

// What a parser of JSON adds says nothing to whoever wrote no JSON.
const PLACE_IN_JSON = / at line \d+ column \d+$/

/** Works the broker of native code, by commands. */
class Operator {
  #native
  #isClosed = false

  /** @param {import('../native.js').TestBroker} started */
  constructor(started) {
    this.#native = started
  }

  /** @param {Record<string, unknown>} settings */
  static async start(settings) {
    try {
      return new Operator(await native.startTestBroker(JSON.stringify(settings)))
    } catch (error) {
      throw inOurWords(error)
    }
  }

  /**
   * Performs a command, and resolves to what came of it.
   *
   * @param {{ do: string, [name: string]: unknown }} command
   */
  async perform(command) {
    this.checkOpen()
    return this.#send(command)
  }

  checkOpen() {
    if (this.#isClosed) {
      throw new WrongStateError('the broker is closed')
    }
  }

  get isClosed() {
    return this.#isClosed
  }

  /** Unloads the programs, and ends the broker. What is under way is rejected. */
  async close() {
    this.#isClosed = true
    try {
      await this.#send({ do: 'delay_calls', delay_ms: 0 })
      await this.#send({ do: 'stop' })
    } finally {
      await this.#native.close()
    }
  }

  /** @param {object} command */
  async #send(command) {
    try {
      return outcomeOf(JSON.parse(await this.#native.perform(JSON.stringify(command))))
    } catch (error) {
      throw inOurWords(error)
    }
  }
}

/**
 * An error of native code as one of ours.
 *
 * @param {unknown} error
 */
function inOurWords(error) {
  const ours = translated(error)
  if (ours instanceof Error) {
    ours.message = ours.message.replace(PLACE_IN_JSON, '')
  }
  return ours
}

module.exports = { Operator }
