// What must not compile. Each line below a directive is an error, or the directive is one.

import { App, allow, block, deny, keepGoing, Message, Request, Verdict } from 'exhook'

const app = new App()

// @ts-expect-error There is no such hook.
app.onClientAuthenticated(() => true)
// @ts-expect-error EMQX 4 calls it so, the method has the newer name.
app.onClientCheckAcl(() => true)
// @ts-expect-error There is no such option.
new App({ timeout: 5 })
// @ts-expect-error Options are named in camel case.
new App({ timeout_ms: 5 })
// @ts-expect-error Milliseconds are a number.
new App({ timeoutMs: '5' })
// @ts-expect-error A switch is true or false.
new App({ companion: 1 })
// @ts-expect-error An address is a text.
new App({ admin: 9090 })
// @ts-expect-error A logger has four methods.
new App({ logger: { error() {} } })
// @ts-expect-error A logger is an object or false.
new App({ logger: true })

// @ts-expect-error A text is no verdict.
app.onClientAuthenticate(() => 'yes')
// @ts-expect-error Nor is a promise of one.
app.onClientAuthenticate(async () => 'yes')
// @ts-expect-error A login cannot be blocked.
app.onClientAuthenticate(() => block())
// @ts-expect-error The function is given, not its result.
app.onClientAuthenticate(true)
// @ts-expect-error A login has no message.
app.onClientAuthenticate((request) => request.message)
// @ts-expect-error The field is called username.
app.onClientAuthenticate((request) => request.clientinfo.userName === 'alice')
// @ts-expect-error Fields cannot be changed.
app.onClientAuthenticate((request) => void (request.result = true))
// @ts-expect-error A login has no topics.
app.onClientAuthenticate('a/#', () => true)
// @ts-expect-error There is no such option.
app.onClientAuthenticate(() => true, { timeout: 5 })
// @ts-expect-error Topics come before the handler.
app.onMessagePublish(() => {}, { topics: ['a'] })
// @ts-expect-error There is no such fallback.
app.onClientAuthenticate(() => true, { fallback: 'accept' })
// @ts-expect-error A login cannot be unchanged.
app.onClientAuthenticate(() => true, { fallback: 'unchanged' })
// @ts-expect-error The broker waits for a login anyway.
app.onClientAuthenticate(() => true, { ack: 'late' })
// @ts-expect-error Only a final answer counts.
app.onMessageIngress(() => keepGoing(true))
// @ts-expect-error keepGoing takes a boolean.
keepGoing('yes')
// @ts-expect-error keepGoing takes one.
keepGoing()

// @ts-expect-error A publish is not allowed but left as it is.
app.onMessagePublish(() => allow())
// @ts-expect-error Nor denied but blocked.
app.onMessagePublish(() => deny())
// @ts-expect-error Nor answered with true.
app.onMessagePublish(() => true)
// @ts-expect-error A text is no message.
app.onMessagePublish(() => 'payload')
// @ts-expect-error There is no such fallback.
app.onMessagePublish(() => {}, { fallback: 'deny' })
// @ts-expect-error A topic filter is not empty.
app.onMessagePublish('', () => {})
// @ts-expect-error # is the last level.
app.onMessagePublish('a/#/b', () => {})
// @ts-expect-error # is alone in its level.
app.onMessagePublish('a/b#', () => {})
// @ts-expect-error + is alone in its level.
app.onMessagePublish('a/+b/c', () => {})
// @ts-expect-error One of several is wrong.
app.onMessagePublish(['a', 'b#'], () => {})
// @ts-expect-error An array has at least one.
app.onMessagePublish([], () => {})
// @ts-expect-error The group of a shared subscription is no part of the topic.
app.onMessagePublish('$share/group/a', () => {})
// @ts-expect-error A topic filter is text.
app.onMessagePublish(5, () => {})
// @ts-expect-error A topic of a message has no wildcards.
app.onMessagePublish(({ message }) => message.replace({ topic: 'a/#' }))
// @ts-expect-error A topic of a message is not empty.
app.onMessagePublish(({ message }) => message.replace({ topic: '' }))
// @ts-expect-error There is no such quality of service.
app.onMessagePublish(({ message }) => message.replace({ qos: 3 }))
// @ts-expect-error A payload is text or bytes.
app.onMessagePublish(({ message }) => message.replace({ payload: 5 }))
// @ts-expect-error A client id cannot be changed.
app.onMessagePublish(({ message }) => message.replace({ from: 'bob' }))
// @ts-expect-error Messages are not made of nothing.
app.onMessagePublish(() => new Message())
// @ts-expect-error Nor are verdicts.
new Verdict()
// @ts-expect-error Nor are requests.
new Request()

// @ts-expect-error The hook only informs.
app.onClientConnect(() => false)
// @ts-expect-error And a promise changes nothing in that.
app.onClientConnected(async () => true)
// @ts-expect-error Neither does a verdict.
app.onClientConnected(() => deny())
// @ts-expect-error A delivery cannot be changed.
app.onMessageDelivered(({ message }) => message.block())
// @ts-expect-error It has no fallback.
app.onClientConnected(() => {}, { fallback: 'allow' })
// @ts-expect-error There is no such time.
app.onClientConnected(() => {}, { ack: 'never' })
// @ts-expect-error Providers are always answered first.
app.onProviderLoaded(() => {}, { ack: 'late' })
// @ts-expect-error An address is text.
app.listen(9000)
// @ts-expect-error There is no such option.
app.listen('127.0.0.1:0', { signal: false })
// @ts-expect-error There is no such event.
app.on('failure', () => {})
// @ts-expect-error An error of a handler has no request.
app.on('error', (error) => error.request)
// @ts-expect-error The address is not set but asked for.
app.address = '127.0.0.1:0'
