// The calls that were answered last, as the filters want them.

const KEPT = 256
const SHOWN = 60
const filters = byId('filters')
let calls = []
let leftOut = 0

/** Whether a topic matches a filter, by MQTT's rules. */
function topicMatches(filter, topic) {
  if (topic.startsWith('$') && /^[+#]/.test(filter)) return false
  const wanted = filter.split('/')
  const levels = topic.split('/')
  for (let index = 0; index < wanted.length; index++) {
    if (wanted[index] === '#') return true
    if (index >= levels.length) return false
    if (wanted[index] !== '+' && wanted[index] !== levels[index]) return false
  }
  return wanted.length === levels.length
}

/** The filters that are set, by name. */
function wantedCalls() {
  return Object.fromEntries([...new FormData(filters)].filter(([, value]) => value !== ''))
}

function isWanted(call, wanted) {
  return (
    (!wanted.hook || call.hook === wanted.hook) &&
    (!wanted.verdict || call.verdict === wanted.verdict) &&
    (!wanted.clientid || call.clientid.includes(wanted.clientid)) &&
    (!wanted.topic || (call.topic !== null && topicMatches(wanted.topic, call.topic)))
  )
}

/** The query of the stream that the filters want: the server leaves out the rest. */
function query() {
  return new URLSearchParams({ calls: 'on', ...wantedCalls() }).toString()
}

function timeOfDay(milliseconds) {
  const time = new Date(milliseconds)
  const two = (number) => String(number).padStart(2, '0')
  const clock = [time.getHours(), time.getMinutes(), time.getSeconds()].map(two).join(':')
  return `${clock}.${String(time.getMilliseconds()).padStart(3, '0')}`
}

function payloadOf(call) {
  if (call.payload_bytes === null) return ''
  const size = `${whole.format(call.payload_bytes)} B`
  if (call.payload === null) return size
  return `${call.payload}${call.payload_bytes > 256 ? '…' : ''} (${size})`
}

function callRow(call) {
  const row = document.createElement('tr')
  row.setAttribute('role', 'row')
  const isFallback = !['handler', 'early', 'no_handler'].includes(call.cause)
  const cells = [
    ['mono', timeOfDay(call.time), ''],
    ['', call.hook, ''],
    ['text', call.clientid || '–', 'client'],
    ['text', call.topic ?? '–', 'topic'],
    [`verdict ${call.verdict}`, call.verdict + (call.shadow ? ', shadow' : ''), 'verdict'],
    [isFallback ? 'cause trouble' : 'cause', call.cause.replaceAll('_', ' '), 'cause'],
    ['number', duration(call.microseconds), 'took'],
    ['text payload', payloadOf(call), 'payload'],
  ].map(([name, text, label]) => {
    const cell = spoken('td', name, text)
    cell.setAttribute('role', 'cell')
    if (label) cell.dataset.label = label
    if (name.startsWith('text')) cell.title = text
    return cell
  })
  row.append(...cells)
  return row
}

function showCalls() {
  const wanted = wantedCalls()
  calls = calls.filter((call) => isWanted(call, wanted)).slice(0, KEPT)
  byId('calls').replaceChildren(...calls.slice(0, SHOWN).map(callRow))
  const isFiltered = Object.keys(wanted).length > 0
  byId('no-calls').hidden = calls.length > 0
  say(byId('no-calls'), isFiltered ? 'No call has matched so far.' : 'No call has come so far.')
  say(byId('left-out'), leftOut > 0 ? `${count(leftOut)} more came too fast to be shown` : '')
}

/** Takes in what was seen in the last second, oldest first. */
function addCalls(seen) {
  calls = [...seen.calls.reverse(), ...calls]
  leftOut += seen.left_out
  showCalls()
}

/** Offers the names of these hooks and of all verdicts. */
function offer(hooks) {
  const select = filters.elements.hook
  const known = new Set([...select.options].map((option) => option.value))
  for (const hook of hooks) if (!known.has(hook)) select.append(new Option(hook, hook))
}
