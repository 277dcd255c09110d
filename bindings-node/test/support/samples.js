'use strict'

// Requests of every hook with every field set, made from the proto definitions, and what handlers
// see of them: requests of older packages are shown as those of v3.

const { fields, rpcOf } = require('./protocol.js')

const REPEATED = 'LABEL_REPEATED'
const MAPS = new Set(['headers'])

/** The name of a message or enum type without its package. */
function nameOf(typeName) {
  return typeName.split('.').at(-1)
}

/** The kind of one value of a field: `text`, `number`, `bytes`, `message` ... */
function kindOf(field) {
  const kinds = {
    TYPE_STRING: 'text',
    TYPE_BOOL: 'bool',
    TYPE_BYTES: 'bytes',
    TYPE_ENUM: 'enum',
    TYPE_MESSAGE: 'message',
  }
  return MAPS.has(field.name) ? 'map' : (kinds[field.type] ?? 'number')
}

/** Makes values for the fields of a message, each of them different. */
class Sample {
  constructor(speaks, words) {
    this._speaks = speaks
    this._words = words
    this._count = 0
  }

  message(name) {
    const made = {}
    for (const field of fields(this._speaks, name)) made[field.name] = this._field(field)
    return made
  }

  _field(field) {
    if (field.label === REPEATED && !MAPS.has(field.name)) {
      return Array.from({ length: 3 }, () => this._one(field))
    }
    return this._one(field)
  }

  _one(field) {
    this._count += 1
    const word = this._words[this._count % this._words.length]
    switch (kindOf(field)) {
      case 'message':
        return this.message(nameOf(field.typeName))
      case 'map':
        return {
          [`${word}${this._count}`]: word,
          username: `u${this._count}`,
          '': '',
          constructor: 'c',
        }
      case 'bytes':
        return Buffer.from([0, 255, 10, this._count])
      case 'bool':
        return true
      case 'enum':
        return 'SUBSCRIBE'
      case 'number':
        return field.type.endsWith('64') ? Number.MAX_SAFE_INTEGER - this._count : this._count
      default:
        return `${field.name} ${word} ${this._count}`
    }
  }
}

/**
 * A request with every field set.
 *
 * @param {string} speaks `v1`, `v2` or `v3`
 * @param {string} rpc as v3 calls it
 * @param {string[]} words what texts are made of
 */
function sample(speaks, rpc, words = ['plain', 'ärger', '😀 火']) {
  const request = new Sample(speaks, words).message(rpcOf(speaks, rpc).requestType.type.name)
  if (speaks === 'v1' && request.broker)
    request.broker.uptime = '1 days,2 hours, 3 minutes, 4 seconds'
  return request
}

/** What handlers see of a request, as a plain object. */
function seen(speaks, rpc, request) {
  const shown = structuredClone(request)
  if (speaks === 'v1' && shown.broker) shown.broker.uptime = request.broker.uptime ? 93_784_000 : 0
  for (const filter of shown.topic_filters ?? []) filter.subopts ??= { qos: filter.qos }
  if (shown.subopts?.share) shown.topic = `$share/${shown.subopts.share}/${shown.topic}`
  return complete(rpcOf('v3', rpc).requestType.type.name, shown)
}

/** The fields of a message of v3; what is not set is empty, as it is in v3. */
function complete(name, value = {}) {
  return Object.fromEntries(
    fields('v3', name).map((field) => [field.name, completeField(field, value[field.name])]),
  )
}

function completeField(field, value) {
  const kind = kindOf(field)
  if (kind === 'map') return { ...value }
  if (field.label === REPEATED) {
    return (value ?? []).map((each) => complete(nameOf(field.typeName), each))
  }
  if (kind === 'message') {
    const isAbsent = field.name === 'meta' && value === undefined
    return isAbsent ? undefined : complete(nameOf(field.typeName), value)
  }
  if (kind === 'bytes') return Buffer.from(value ?? [])
  if (kind === 'enum') return (value ?? 'PUBLISH').toLowerCase()
  return value ?? { text: '', number: 0, bool: false }[kind]
}

/** Reads every field of a request through its getters, into a plain object. */
function read(rpc, request) {
  return readMessage(rpcOf('v3', rpc).requestType.type.name, request)
}

function readMessage(name, part) {
  return Object.fromEntries(
    fields('v3', name).map((field) => [field.name, readField(field, part[field.name])]),
  )
}

function readField(field, value) {
  if (kindOf(field) === 'map') return { ...value }
  if (kindOf(field) === 'bytes') return Buffer.from(value)
  if (kindOf(field) !== 'message' || value === undefined) return value
  const name = nameOf(field.typeName)
  return Array.isArray(value)
    ? value.map((each) => readMessage(name, each))
    : readMessage(name, value)
}

/** What `toJSON` makes of what handlers see. */
function json(shown) {
  const plain = JSON.parse(JSON.stringify(shown))
  if (plain.clientinfo) delete plain.clientinfo.password
  if (plain.message) plain.message.payload = shown.message.payload.toString('base64')
  return plain
}

module.exports = { json, read, sample, seen }
