'use strict'

const assert = require('node:assert/strict')
const grpc = require('@grpc/grpc-js')
const { rpcOf } = require('./protocol.js')

const ANSWER_MS = 60_000

/** One connection to a server, speaking one package, that calls the hooks as EMQX does. */
class Broker {
  /**
   * @param {string} address `host:port` or `unix:/path`
   * @param {string} speaks `v1`, `v2` or `v3`
   */
  constructor(address, speaks = 'v3') {
    this.package = speaks
    this._client = new grpc.Client(address, grpc.credentials.createInsecure(), {
      // Otherwise brokers of one process would share a connection.
      'grpc.use_local_subchannel_pool': 1,
      'grpc.max_receive_message_length': -1,
      'grpc.max_send_message_length': -1,
    })
  }

  close() {
    this._client.close()
  }

  /** Calls a hook by its rpc in v3 and resolves to the response message. */
  call(rpc, fields = {}, timeoutMs = ANSWER_MS) {
    return this._send(
      rpc,
      fields,
      (request) => method(this.package, rpc).requestSerialize(request),
      timeoutMs,
    )
  }

  /** Calls a hook with an encoded request. */
  callBytes(rpc, bytes, timeoutMs = ANSWER_MS) {
    return this._send(rpc, bytes, (request) => request, timeoutMs)
  }

  _send(rpc, argument, serialize, timeoutMs) {
    const { path, responseDeserialize } = method(this.package, rpc)
    const metadata = new grpc.Metadata({ waitForReady: true })
    const options = { deadline: Date.now() + timeoutMs }
    return new Promise((resolve, reject) => {
      const done = (error, response) => (error ? reject(error) : resolve(response))
      this._client.makeUnaryRequest(
        path,
        serialize,
        responseDeserialize,
        argument,
        metadata,
        options,
        done,
      )
    })
  }

  /** The verdict of a login. */
  async authenticate(clientid = 'c1', client = {}, timeoutMs = ANSWER_MS) {
    const clientinfo = { clientid, username: 'alice', password: 'secret-word', ...client }
    return verdict(await this.call('OnClientAuthenticate', { clientinfo }, timeoutMs))
  }

  /** The verdict of a publish to `topic`, before it happens. */
  async authorize(topic = 'a/b', clientid = 'c1', client = {}) {
    const clientinfo = { clientid, ...client }
    return verdict(await this.call('OnClientAuthorize', { clientinfo, topic }))
  }

  /** The verdict of a message; see `message` for what it can be given. */
  async publish(changes = {}) {
    return verdict(await this.call('OnMessagePublish', { message: message(changes) }))
  }

  /** Calls a hook that only informs. */
  async notify(rpc = 'OnClientConnected', clientid = 'c1', fields = {}) {
    await this.call(rpc, { clientinfo: { clientid }, ...fields })
  }
}

function method(speaks, rpc) {
  const found = rpcOf(speaks, rpc)
  assert.ok(found, `package ${speaks} has no ${rpc}`)
  return found
}

/** The fields of a message. */
function message({ topic = 'a/b', payload = 'payload', clientid = 'c1', qos = 1 } = {}) {
  return {
    node: 'emqx@127.0.0.1',
    id: '0005',
    qos,
    from: clientid,
    topic,
    payload: Buffer.from(payload),
    timestamp: 1_700_000_000_000,
    headers: { username: 'alice' },
  }
}

/** A response in words: `keep_going false`, `replace TOPIC PAYLOAD QOS`. */
function verdict(response) {
  const { type, value } = response
  if (type === 'IGNORE') {
    assert.equal(value, undefined)
    return 'ignore'
  }
  if (value === 'bool_result') {
    const word = response.bool_result ? 'allow' : 'deny'
    return type === 'STOP_AND_RETURN' ? word : `keep_going ${response.bool_result}`
  }
  assert.deepEqual([type, value], ['STOP_AND_RETURN', 'message'])
  const { id, timestamp, headers, topic, payload, qos } = response.message
  assert.deepEqual([id, timestamp], ['0005', 1_700_000_000_000])
  return headers.allow_publish === 'false' ? 'block' : `replace ${topic} ${payload} ${qos}`
}

module.exports = { Broker, message, verdict }
