// generated, do not edit, run `make gen`
// @ts-nocheck Kept parts are no declared fields.
'use strict'

const { Part, bytes, list, map, signedNumber, text, wideNumber } = require('./part.js')

/** What a broker node says about itself when it loads the server. */
class BrokerInfo extends Part {
  static fields = ['version', 'sysdescr', 'uptime', 'datetime']

  get version() {
    return text(this._slab, this._at)
  }

  get sysdescr() {
    return text(this._slab, this._at + 2)
  }

  get uptime() {
    return signedNumber(this._slab, this._at + 4)
  }

  get datetime() {
    return text(this._slab, this._at + 6)
  }
}

/** A connection as the broker sees it before authentication. */
class ConnInfo extends Part {
  static fields = [
    'node',
    'clientid',
    'username',
    'peerhost',
    'sockport',
    'proto_name',
    'proto_ver',
    'keepalive',
    'peerport',
  ]

  get node() {
    return text(this._slab, this._at)
  }

  get clientid() {
    return text(this._slab, this._at + 2)
  }

  get username() {
    return text(this._slab, this._at + 4)
  }

  get peerhost() {
    return text(this._slab, this._at + 6)
  }

  get sockport() {
    return this._slab.words[this._at + 8]
  }

  get proto_name() {
    return text(this._slab, this._at + 9)
  }

  get proto_ver() {
    return text(this._slab, this._at + 11)
  }

  get keepalive() {
    return this._slab.words[this._at + 13]
  }

  get peerport() {
    return this._slab.words[this._at + 14]
  }
}

/** A client as the broker sees it from authentication on. */
class ClientInfo extends Part {
  static fields = [
    'node',
    'clientid',
    'username',
    'password',
    'peerhost',
    'sockport',
    'protocol',
    'mountpoint',
    'is_superuser',
    'anonymous',
    'cn',
    'dn',
    'peerport',
  ]

  get node() {
    return text(this._slab, this._at)
  }

  get clientid() {
    return text(this._slab, this._at + 2)
  }

  get username() {
    return text(this._slab, this._at + 4)
  }

  get password() {
    return text(this._slab, this._at + 6)
  }

  get peerhost() {
    return text(this._slab, this._at + 8)
  }

  get sockport() {
    return this._slab.words[this._at + 10]
  }

  get protocol() {
    return text(this._slab, this._at + 11)
  }

  get mountpoint() {
    return text(this._slab, this._at + 13)
  }

  get is_superuser() {
    return this._slab.words[this._at + 15] !== 0
  }

  get anonymous() {
    return this._slab.words[this._at + 16] !== 0
  }

  get cn() {
    return text(this._slab, this._at + 17)
  }

  get dn() {
    return text(this._slab, this._at + 19)
  }

  get peerport() {
    return this._slab.words[this._at + 21]
  }
}

/** An MQTT message. */
class MessageFields extends Part {
  static fields = ['node', 'id', 'qos', 'from', 'topic', 'payload', 'timestamp', 'headers']

  get node() {
    return text(this._slab, this._at)
  }

  get id() {
    return text(this._slab, this._at + 2)
  }

  get qos() {
    return this._slab.words[this._at + 4]
  }

  get from() {
    return text(this._slab, this._at + 5)
  }

  get topic() {
    return text(this._slab, this._at + 7)
  }

  get payload() {
    return bytes(this._slab, this._at + 9)
  }

  get timestamp() {
    return wideNumber(this._slab, this._at + 11)
  }

  get headers() {
    return map(this._slab, this._at + 13)
  }
}

/** One MQTT 5 property as text. */
class Property extends Part {
  static fields = ['name', 'value']

  get name() {
    return text(this._slab, this._at)
  }

  get value() {
    return text(this._slab, this._at + 2)
  }

  *[Symbol.iterator]() {
    yield this.name
    yield this.value
  }
}

/** The options of one subscription. */
class SubOpts extends Part {
  static fields = ['qos', 'rh', 'rap', 'nl']

  get qos() {
    return this._slab.words[this._at]
  }

  get rh() {
    return this._slab.words[this._at + 1]
  }

  get rap() {
    return this._slab.words[this._at + 2]
  }

  get nl() {
    return this._slab.words[this._at + 3]
  }
}

/** The broker node that makes a call. */
class RequestMeta extends Part {
  static fields = ['node', 'version', 'sysdescr', 'cluster_name']

  get node() {
    return text(this._slab, this._at)
  }

  get version() {
    return text(this._slab, this._at + 2)
  }

  get sysdescr() {
    return text(this._slab, this._at + 4)
  }

  get cluster_name() {
    return text(this._slab, this._at + 6)
  }
}

/** One topic filter of a SUBSCRIBE or UNSUBSCRIBE packet. */
class TopicFilter extends Part {
  static fields = ['name', 'subopts']

  get name() {
    return text(this._slab, this._at)
  }

  get subopts() {
    return (this._subopts ??= new SubOpts(this._slab, this._at + 2))
  }
}

module.exports = {
  BrokerInfo,
  ClientInfo,
  ConnInfo,
  MessageFields,
  Property,
  RequestMeta,
  SubOpts,
  TopicFilter,
}
