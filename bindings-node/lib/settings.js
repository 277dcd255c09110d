'use strict'
module.exports = { DEFAULT_BIND: '127.0.0.1:9000', fromEnvironment: () => ({}) }
