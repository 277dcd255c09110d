'use strict'

const { App } = require('./app.js')
const { currentRequest } = require('./context.js')
const errors = require('./errors.js')
const { Message } = require('./message.js')
const native = require('./native.js')
const parts = require('./parts.js')
const { Request } = require('./request.js')
const requests = require('./requests.js')
const { Verdict, allow, block, deny, ignore, keepGoing } = require('./verdict.js')

const { translated: _translated, ...errorClasses } = errors
const { MessageFields: _messageFields, ...partClasses } = parts

module.exports = {
  App,
  Message,
  Request,
  Verdict,
  allow,
  block,
  currentRequest,
  deny,
  ignore,
  keepGoing,
  version: native.version(),
  ...errorClasses,
  ...partClasses,
  ...requests,
}
