// What must not compile of the simulated broker. Each line below a directive is an error, or the
// directive is one.

import { App } from 'exhook'
import { Broker, Client } from 'exhook/testing'

const app = new App()

// @ts-expect-error A broker is started.
new Broker()
// @ts-expect-error A client is made by its broker.
new Client()
// @ts-expect-error A broker calls something.
void Broker.start()
// @ts-expect-error A module is no app.
void Broker.start({ default: app })
// @ts-expect-error A program is an app or a URL.
void Broker.start({ app, url: '127.0.0.1:9000' })
// @ts-expect-error A program is one of them.
void Broker.start({ name: 'one' })
// @ts-expect-error A version is a text.
void Broker.start(app, { version: 5.8 })
// @ts-expect-error Options are named in camel case.
void Broker.start(app, { request_timeout_ms: 5 })
// @ts-expect-error The unit is part of the name.
void Broker.start(app, { requestTimeout: 5 })
// @ts-expect-error There is no such action.
void Broker.start(app, { failedAction: 'drop' })
// @ts-expect-error A context has a way to tell the end of a test.
void Broker.start(app, { context: {} })

const broker = await Broker.start(app)
// @ts-expect-error A client has an id.
broker.client()
// @ts-expect-error MQTT's word is one word.
broker.client('c1', { userName: 'alice' })
// @ts-expect-error There is no such protocol.
broker.client('c1', { protocolVersion: 2 })
// @ts-expect-error A will has a topic.
broker.client('c1', { will: { payload: 'x' } })

const client = broker.client('c1')
// @ts-expect-error A payload is text or bytes.
await client.publish('a', 5)
// @ts-expect-error A message has a topic.
await client.publish()
// @ts-expect-error There is no such quality of service.
await client.publish('a', 'x', { qos: 3 })
// @ts-expect-error A subscription has a filter.
await client.subscribe({ qos: 1 })
// @ts-expect-error What was not delivered has no payload.
;(await client.publish('a')).deliveredAs.payload
// @ts-expect-error It is a promise.
client.received()[0]
// @ts-expect-error The client id is not set.
client.clientid = 'c2'

// @ts-expect-error There is no such hook.
await broker.assertCalled('client.conected')
// @ts-expect-error The client id is one word here.
await broker.assertCalled('client.connected', { clientId: 'c1' })
// @ts-expect-error A connected client has no message.
;(await broker.assertCalled('client.connected'))[0]?.request.message
// @ts-expect-error That it was not called has no times.
await broker.assertNotCalled('client.connected', { times: 1 })
// @ts-expect-error A broker understands no such answer.
await broker.calls({ verdict: 'accept' })
// @ts-expect-error A time is a number.
await broker.delayCalls('5')
// @ts-expect-error There is something to do meanwhile.
await broker.withRequestTimeout(50)
// @ts-expect-error There is no such option.
await broker.restart({ ordered: true })
