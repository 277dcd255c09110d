// What must compile, as a module of ECMAScript.

import {
  AddressInUseError,
  App,
  type AuthAnswer,
  allow,
  block,
  type ClientAuthenticateRequest,
  type ClientInfo,
  currentRequest,
  deny,
  ExhookError,
  type HandlerError,
  ignore,
  keepGoing,
  Message,
  MessagePublishRequest,
  type Metrics,
  type Request,
  type Verdict,
  version,
} from 'exhook'

const app = new App({
  timeoutMs: 500,
  maxInflight: 10,
  inboxCapacity: 10,
  ioThreads: 2,
  maxMessageBytes: 1024,
  drainTimeoutMs: 100,
  keepaliveIntervalMs: 0,
  companion: true,
  admin: '127.0.0.1:9090',
  logger: console,
  context: false,
})
new App()
new App({ logger: false })

app.onClientAuthenticate((request) => request.clientinfo.username === 'alice')
app.onClientAuthenticate(async (request) => request.clientinfo.username === 'alice')
app.onClientAuthenticate(() => {})
app.onClientAuthenticate(async () => {})
app.onClientAuthenticate(() => null)
app.onClientAuthenticate((request) => (request.clientid === '' ? ignore() : allow()))
app.onClientAuthenticate(() => keepGoing(false), { timeoutMs: 100, fallback: 'ignore' })
app.onClientAuthorize((request) => {
  const kind: 'publish' | 'subscribe' = request.type
  return kind === 'publish' ? deny() : undefined
})
app.onMessageIngress(() => allow(), { fallback: 'allow' })
app.onMessageIngress('a/#', () => false)

app.onMessagePublish((request) => request.message.replace({ payload: 'text', qos: 1 }))
app.onMessagePublish('sensors/#', async ({ message }) =>
  message.replace({ payload: new Uint8Array(3) }),
)
app.onMessagePublish('#', ({ message }) => message.block())
app.onMessagePublish('+/b/+', () => block())
app.onMessagePublish(['a/+', 'b/#', '/', '$SYS/broker'], () => undefined, { fallback: 'unchanged' })
const filter: string = process.argv[2] ?? '#'
app.onMessagePublish(filter, () => {})
app.onMessagePublish([filter, 'a'], () => {})
const filters: string | string[] = process.argv.slice(2)
app.onMessagePublish(process.argv.length > 3 ? filters : filter, ({ message }) => message.block())
app.onMessagePublish(`devices/${filter}`, () => {})
app.onMessagePublish(({ message }) => message.replace({ topic: `archive/${message.topic}` }))
app.onMessageDelivered('a/#', (request) => console.log(request.message.payload.toString()))

const online = new Set<string>()
app
  .onClientConnected((request) => online.add(request.clientid))
  .onClientDisconnected((request) => void online.delete(request.clientid), { ack: 'late' })
  .onSessionSubscribed(async (request) => {
    const qos: number = request.subopts.qos
    const topic: string = request.topic
    console.log(topic, qos)
  })
  .onProviderLoaded((request) => console.log(request.broker.version, request.meta?.cluster_name))
  .onProviderUnloaded(() => JSON.parse('{}'))

app.onClientSubscribe((request) => {
  for (const { name, subopts } of request.topic_filters) {
    console.log(name, subopts.qos)
  }
  for (const [name, value] of request.user_props) {
    console.log(name, value)
  }
})

app.on('error', (error) => {
  const { hook, clientid, topic, node, cause, code }: HandlerError = error
  const same: 'HANDLER' = code
  console.log(hook, clientid, topic, node, cause, same)
})
app.once('close', () => {})

async function authenticate(request: ClientAuthenticateRequest): Promise<AuthAnswer> {
  const info: ClientInfo = request.clientinfo
  request.signal.throwIfAborted()
  await fetch('http://localhost', { signal: request.signal })
  return request.deadlineMs === undefined || info.password.length > 0
}
app.onClientAuthenticate(authenticate)

const same: App = await app.listen()
await app.listen('127.0.0.1:0', { signals: false, environment: false })
const address: string = same.address
const isListening: boolean = app.listening
const metrics: Metrics = app.metrics()
const lag: number = metrics.loopLagMs.max + metrics.hooks[0].latencyUs.p99
const verdict: Verdict = allow()
const request: Request | undefined = currentRequest()
if (request instanceof MessagePublishRequest && request.message instanceof Message) {
  const headers: Record<string, string | undefined> = request.message.headers
  const payload: Buffer = request.message.payload
  const hook: 'message.publish' = request.hook
  console.log(headers, payload, hook)
}
try {
  await app.close()
} catch (error) {
  if (error instanceof AddressInUseError) {
    const code: 'ADDRESS_IN_USE' = error.code
    console.log(code)
  } else if (error instanceof ExhookError) {
    console.log(error.code)
  }
}
await app[Symbol.asyncDispose]()
console.log(address, isListening, lag, verdict, version.length)

const any = currentRequest()
if (any?.hook === 'client.subscribe') {
  console.log(any.topic_filters.length)
} else if (any?.hook === 'message.publish') {
  const topic: string = any.topic
  console.log(topic, any.message.qos)
}
