'use strict'

const { Broker } = require('./broker.js')
const { Client } = require('./client.js')

module.exports = { Broker, Client }
