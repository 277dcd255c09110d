'use strict'

/** The base of all errors of exhook. */
class ExhookError extends Error {
  /**
   * @param {string} message
   * @param {string} code
   * @param {ErrorOptions} [options]
   */
  constructor(message, code, options) {
    super(message, options)
    this.code = code
  }

  get name() {
    return this.constructor.name
  }
}

/**
 * @param {string} code
 */
function errorClass(code) {
  return class extends ExhookError {
    /** @param {string} message */
    constructor(message) {
      super(message, code)
    }
  }
}

/** A configuration value or handler option has no meaning. */
class InvalidOptionError extends errorClass('INVALID_OPTION') {}

/** The bind address cannot be read. */
class InvalidAddressError extends errorClass('INVALID_ADDRESS') {}

/** The address is used by another process, or by this one. */
class AddressInUseError extends errorClass('ADDRESS_IN_USE') {}

/** The system refused a socket or a thread. */
class IoError extends errorClass('IO') {}

/** The server was started before, or has been stopped. */
class WrongStateError extends errorClass('WRONG_STATE') {}

/** A handler threw, or returned what its hook cannot be answered with. */
class HandlerError extends ExhookError {
  /**
   * @param {string} message
   * @param {import('./request.js').Request} request
   * @param {ErrorOptions} [options]
   */
  constructor(message, request, options) {
    super(message, 'HANDLER', options)
    this.hook = request.hook
    this.clientid = request.clientid
    this.topic = request.topic
    this.node = request.node
  }
}

/** @type {Record<string, new (message: string) => ExhookError>} */
const CLASSES = {
  INVALID_OPTION: InvalidOptionError,
  INVALID_ADDRESS: InvalidAddressError,
  ADDRESS_IN_USE: AddressInUseError,
  IO: IoError,
  WRONG_STATE: WrongStateError,
}

/**
 * The error of the class that native code names before the message.
 *
 * @param {unknown} error
 * @returns {unknown}
 */
function translated(error) {
  const found = /^([A-Z_]+): (.*)$/s.exec(error instanceof Error ? error.message : '')
  const Class = found ? CLASSES[found[1]] : undefined
  return found && Class ? new Class(found[2]) : error
}

module.exports = {
  AddressInUseError,
  ExhookError,
  HandlerError,
  InvalidAddressError,
  InvalidOptionError,
  IoError,
  WrongStateError,
  translated,
}
