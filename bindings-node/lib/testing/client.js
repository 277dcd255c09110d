'use strict'

const { WrongStateError } = require('../errors.js')
const { filtersOf, publicationOf, subscriptionsOf } = require('./messages.js')

/**
 * Has native code perform a command, and resolves to what came of it.
 *
 * @typedef {(command: { do: string, [name: string]: unknown }) => Promise<any>} Perform
 */

/** An MQTT client of a simulated broker. What it does, it does one after the other. */
class Client {
  #perform
  #name
  #clientid
  /** Why it can do nothing; undefined while it is connected. */
  #absence = /** @type {string | undefined} */ ('is not connected; await connect() first')
  /** @type {Promise<unknown>} */
  #last

  /**
   * @param {Perform} perform
   * @param {string} name what native code knows it by
   * @param {Record<string, unknown> & { clientid: string }} settings
   */
  constructor(perform, name, settings) {
    this.#perform = perform
    this.#name = name
    this.#clientid = settings.clientid
    this.#last = this.#do('client', { settings })
    // Whoever uses the client is told.
    this.#last.catch(() => {})
  }

  get clientid() {
    return this.#clientid
  }

  connect() {
    return this.#next(async () => {
      const connected = await this.#do('connect')
      this.#absence = connected.accepted
        ? undefined
        : `was refused when it connected: ${connected.reason}`
      return connected
    })
  }

  /**
   * @param {unknown} filters
   * @param {unknown} [options]
   */
  async subscribe(filters, options = {}) {
    const subscriptions = subscriptionsOf(filters, options)
    return this.#connected('subscribe', { subscriptions })
  }

  /** @param {unknown} filters */
  async unsubscribe(filters) {
    return this.#connected('unsubscribe', { filters: filtersOf(filters) })
  }

  /**
   * @param {unknown} topic
   * @param {unknown} [payload]
   * @param {unknown} [options]
   */
  async publish(topic, payload, options = {}) {
    const message = publicationOf(topic, payload, options)
    return this.#connected('publish', { message })
  }

  async disconnect() {
    return this.#connected('disconnect', {}, 'has disconnected; connect it again')
  }

  async loseConnection() {
    return this.#connected('lose_connection', {}, 'has lost its connection; connect it again')
  }

  async received() {
    return (await this.#seen()).messages
  }

  async isConnected() {
    return (await this.#seen()).connected
  }

  #seen() {
    return this.#next(() => this.#do('received'))
  }

  /**
   * Does what only a connected client can do.
   *
   * @param {string} what
   * @param {object} details
   * @param {string} [absence] why it can do nothing afterwards
   */
  #connected(what, details, absence) {
    return this.#next(async () => {
      this.#checkPresence()
      const outcome = await this.#do(what, details)
      if (outcome.authorized === false || outcome.accepted === false) {
        // Nothing is authorized of a client that has been pushed out, which is no verdict.
        const { connected } = await this.#do('received')
        this.#absence = connected ? undefined : 'has lost its session to another of its client id'
        this.#checkPresence()
      }
      this.#absence = absence
      return outcome
    })
  }

  #checkPresence() {
    if (this.#absence !== undefined) {
      throw new WrongStateError(`client ${this.#clientid} ${this.#absence}`)
    }
  }

  /**
   * @param {string} what
   * @param {object} [details]
   */
  #do(what, details = {}) {
    return this.#perform({ do: what, client: this.#name, ...details })
  }

  /**
   * Does something when everything before is done.
   *
   * @template T
   * @param {() => Promise<T>} act
   * @returns {Promise<T>}
   */
  #next(act) {
    const next = this.#last.then(act)
    // The next one is done as well where this one fails.
    this.#last = next.catch(() => {})
    return next
  }
}

module.exports = { Client }
