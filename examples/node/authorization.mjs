// Who may publish and subscribe to what: the first rule that covers the topic decides.

import { App, allow, deny, ignore, keepGoing } from 'exhook'

const rules = new Map([
  ['dashboard', [{ topic: /^/, verdict: allow() }]],
  ['worker', [{ type: 'subscribe', topic: /^jobs\//, verdict: allow() }]],
])

// These come after the user's own.
const everybody = [
  { topic: /^[+#$]/, verdict: deny() }, // filters that cover everything, and the broker's topics
  { type: 'publish', topic: /^sensors\//, verdict: allow() },
  { type: 'subscribe', topic: /^sensors\//, verdict: keepGoing(true) }, // others may object
  { topic: /^jobs\//, verdict: keepGoing(false) }, // others may agree
]

function authorize({ type, topic, clientinfo: { username } }) {
  const asked = [...(rules.get(username) ?? []), ...everybody]
  const rule = asked.find((each) => each.topic.test(topic) && (each.type ?? type) === type)
  return rule?.verdict ?? ignore() // without a rule those of the broker decide
}

const app = new App().onClientAuthorize(authorize)
await app.listen('127.0.0.1:9000') // the environment variable EXHOOK_BIND overrides it
console.log(`serving on ${app.address}`)
