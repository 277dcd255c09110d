// What must compile of the simulated broker, as a module of ECMAScript.

import { after, test } from 'node:test'
import { App, type HookName } from 'exhook'
import {
  Broker,
  type BrokerOptions,
  type Client,
  type Connected,
  type HookCall,
  type MqttMessage,
  type NodeStatus,
  type Program,
  type Published,
  type TestContext,
} from 'exhook/testing'
import { test as vitest } from 'vitest'

const app = new App()

test('alice may publish', async (t) => {
  const broker: Broker = await Broker.start(app, { version: '5.8', context: t })
  const client: Client = broker.client('c1', { username: 'alice', password: 'secret' })
  const connected: Connected = await client.connect()
  await client.subscribe('out/#', { qos: 1 })
  const published: Published = await client.publish('in', 'x', { qos: 1 })
  const text: string | undefined = published.deliveredAs?.payload.toString()
  const [first]: MqttMessage[] = await client.received()
  await broker.waitUntilHandled()
  const calls: HookCall[] = await broker.assertCalled('client.connected', { clientid: 'c1' })
  console.log(connected.accepted, text, first?.topic, calls[0]?.elapsedMs)
})

vitest('and with vitest', async (context) => {
  const given: TestContext = context
  await Broker.start(app, { context: given })
})
vitest('or a part of its context', async ({ onTestFinished }) => {
  await Broker.start('http://127.0.0.1:9000', { context: { onTestFinished } })
})

const programs: Program[] = [
  app,
  'unix:/run/exhook.sock',
  { app, name: 'one', failedAction: 'ignore', requestTimeoutMs: 50 },
  { url: '127.0.0.1:9000', autoReconnectMs: 0, poolSize: 1 },
]
const options: BrokerOptions = {
  nodes: 2,
  requestTimeoutMs: 1_000,
  failedAction: 'deny',
  autoReconnectMs: 500,
  poolSize: 4,
  authentication: 'allow',
  authorization: 'deny',
  noMatch: 'deny',
  authorizationCache: false,
  pace: 100,
  keepCalls: true,
  load: false,
  version: undefined,
}
const broker = await Broker.start(programs, options)
after(() => broker.close())

const client = broker.client('c2', {
  protocolVersion: 4,
  cleanStart: false,
  sessionExpiryInterval: 60,
  keepalive: 10,
  peerhost: '10.0.0.1',
  will: { topic: 'wills/c2', payload: new Uint8Array(3), qos: 1, retain: true },
  userProperties: { unit: 'C' },
  node: 1,
})
await client.subscribe(['a', { filter: '$share/g/b', qos: 2, noLocal: true }])
await client.unsubscribe(['a', 'b'])
await client.publish('a', Buffer.from('x'), { retain: true, userProperties: [['unit', 'C']] })
const isConnected: boolean = await client.isConnected()
const { clientid }: { clientid: string } = client
await client.disconnect()
await client.loseConnection()

const hook: HookName = 'message.publish'
const told: HookCall[] = await broker.calls({ hook, clientid, topic: 'a', result: 'failed' })
await broker.assertCalled(hook, { verdict: 'block', times: 2, node: 'n', provider: 'one' })
const [kept] = await broker.assertCalled('client.connected')
const username: string | undefined = kept?.request.clientinfo.username
for (const call of await broker.calls()) {
  if (call.request.hook === 'message.publish') {
    console.log(call.request.message.qos, username)
  }
}
await broker.assertNotCalled(hook)
await broker.publish('a')
await broker.forgetCalls()
const statuses: NodeStatus[] = await broker.status()
const answer: number = await broker.withRequestTimeout(50, async () => 5)
const same: string = await broker.withRequestTimeout(50, () => 'text')
await broker.disable('one')
await broker.enable()
await broker.restart({ orderly: true })
await broker.stopApps()
await broker.startApps()
await broker.cutConnections()
await broker.delayCalls(5)
await broker.waitUntilLoaded({ timeoutMs: 50 })
await broker.waitUntilHandled({ timeoutMs: 50 })
await broker[Symbol.asyncDispose]()
console.log(isConnected, told[0]?.verdict, statuses[0]?.hooks[0]?.hook, answer, same)
