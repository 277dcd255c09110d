import testing from './index.js'

export const { Broker, Client } = testing
