'use strict'

// The three packages, read from proto/: their services, and the fields of their messages.

const path = require('node:path')
const loader = require('@grpc/proto-loader')

const PROTO = path.join(__dirname, '../../../proto')
const OPTIONS = { keepCase: true, longs: Number, enums: String, defaults: true, oneofs: true }

const loaded = new Map()

/**
 * Everything that a package defines, by full name.
 *
 * @param {string} name `v1`, `v2` or `v3`
 */
function definition(name) {
  if (!loaded.has(name)) {
    loaded.set(name, loader.loadSync(path.join(PROTO, `exhook_${name}.proto`), OPTIONS))
  }
  return loaded.get(name)
}

/** The rpcs of a package by name. */
function service(name) {
  return definition(name)[`emqx.exhook.${name}.HookProvider`]
}

/** The fields of a message of a package, as protobuf's FieldDescriptorProto has them. */
function fields(name, message) {
  return definition(name)[`emqx.exhook.${name}.${message}`].type.field
}

// What older packages call differently.
const V1_RPCS = {
  OnClientAuthorize: 'OnClientCheckAcl',
  OnSessionTakenover: 'OnSessionTakeovered',
}

/** The rpc of a package that is `rpc` in v3; undefined where the package has none. */
function rpcOf(name, rpc) {
  const own = name === 'v1' ? (V1_RPCS[rpc] ?? rpc) : rpc
  return service(name)[own]
}

/** The hooks of the table as rpcs of v3, `OnMessagePublish` for `message.publish`. */
function rpcOfHook(hook) {
  const words = hook.split(/[._]/).map((word) => word[0].toUpperCase() + word.slice(1))
  return `On${words.join('')}`
}

module.exports = { fields, rpcOf, rpcOfHook, service }
