// What must compile of the simulated broker, as a CommonJS module.

import exhook = require('exhook')
import testing = require('exhook/testing')

const starting: Promise<testing.Broker> = testing.Broker.start(new exhook.App())
void starting.then((broker) => broker.close())
