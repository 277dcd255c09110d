'use strict'

const { Broker } = require('./broker.js')

const ANY = '127.0.0.1:0'

/**
 * Starts an app and resolves to a broker that calls it; both are closed after the test.
 *
 * @param {import('node:test').TestContext} t
 * @param {import('exhook').App} app
 * @param {string} speaks `v1`, `v2` or `v3`
 */
async function serve(t, app, speaks = 'v3', bind = ANY) {
  await app.listen(bind, { signals: false, environment: false })
  const broker = new Broker(app.address, speaks)
  t.after(async () => {
    broker.close()
    await app.close()
  })
  return broker
}

/** Another connection to a server, closed after the test. */
function connect(t, address, speaks = 'v3') {
  const broker = new Broker(address, speaks)
  t.after(() => broker.close())
  return broker
}

module.exports = { ANY, connect, serve }
