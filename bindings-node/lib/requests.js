// generated, do not edit, run `make gen`
// @ts-nocheck Kept parts are no declared fields.
'use strict'

const { Message } = require('./message.js')
const { list, text } = require('./part.js')
const { BrokerInfo, ClientInfo, ConnInfo, Property, RequestMeta, SubOpts, TopicFilter } = require('./parts.js')
const { Request } = require('./request.js')

/** Request of `OnProviderLoaded`. */
class ProviderLoadedRequest extends Request {
  static fields = ['broker', 'meta']

  get broker() {
    return (this._broker ??= new BrokerInfo(this._slab, this._at + 14))
  }

  get meta() {
    return this._slab.words[this._at + 22] === 0
      ? undefined
      : (this._meta ??= new RequestMeta(this._slab, this._at + 23))
  }
}

/** Request of `OnProviderUnloaded`. */
class ProviderUnloadedRequest extends Request {
  static fields = ['meta']

  get meta() {
    return this._slab.words[this._at + 14] === 0
      ? undefined
      : (this._meta ??= new RequestMeta(this._slab, this._at + 15))
  }
}

/** Request of `OnClientConnect`. */
class ClientConnectRequest extends Request {
  static fields = ['conninfo', 'props', 'meta', 'user_props']

  get conninfo() {
    return (this._conninfo ??= new ConnInfo(this._slab, this._at + 14))
  }

  get props() {
    return (this._props ??= list(this._slab, this._at + 29, 4, Property))
  }

  get meta() {
    return this._slab.words[this._at + 31] === 0
      ? undefined
      : (this._meta ??= new RequestMeta(this._slab, this._at + 32))
  }

  get user_props() {
    return (this._user_props ??= list(this._slab, this._at + 40, 4, Property))
  }
}

/** Request of `OnClientConnack`. */
class ClientConnackRequest extends Request {
  static fields = ['conninfo', 'result_code', 'props', 'meta', 'user_props']

  get conninfo() {
    return (this._conninfo ??= new ConnInfo(this._slab, this._at + 14))
  }

  get result_code() {
    return text(this._slab, this._at + 29)
  }

  get props() {
    return (this._props ??= list(this._slab, this._at + 31, 4, Property))
  }

  get meta() {
    return this._slab.words[this._at + 33] === 0
      ? undefined
      : (this._meta ??= new RequestMeta(this._slab, this._at + 34))
  }

  get user_props() {
    return (this._user_props ??= list(this._slab, this._at + 42, 4, Property))
  }
}

/** Request of `OnClientConnected`. */
class ClientConnectedRequest extends Request {
  static fields = ['clientinfo', 'meta']

  get clientinfo() {
    return (this._clientinfo ??= new ClientInfo(this._slab, this._at + 14))
  }

  get meta() {
    return this._slab.words[this._at + 36] === 0
      ? undefined
      : (this._meta ??= new RequestMeta(this._slab, this._at + 37))
  }
}

/** Request of `OnClientDisconnected`. */
class ClientDisconnectedRequest extends Request {
  static fields = ['clientinfo', 'reason', 'meta']

  get clientinfo() {
    return (this._clientinfo ??= new ClientInfo(this._slab, this._at + 14))
  }

  get reason() {
    return text(this._slab, this._at + 36)
  }

  get meta() {
    return this._slab.words[this._at + 38] === 0
      ? undefined
      : (this._meta ??= new RequestMeta(this._slab, this._at + 39))
  }
}

/** Request of `OnClientAuthenticate`. */
class ClientAuthenticateRequest extends Request {
  static fields = ['clientinfo', 'result', 'meta']

  get clientinfo() {
    return (this._clientinfo ??= new ClientInfo(this._slab, this._at + 14))
  }

  get result() {
    return this._slab.words[this._at + 36] !== 0
  }

  get meta() {
    return this._slab.words[this._at + 37] === 0
      ? undefined
      : (this._meta ??= new RequestMeta(this._slab, this._at + 38))
  }
}

/** Request of `OnClientAuthorize`. */
class ClientAuthorizeRequest extends Request {
  static fields = ['clientinfo', 'type', 'topic', 'result', 'meta']

  get clientinfo() {
    return (this._clientinfo ??= new ClientInfo(this._slab, this._at + 14))
  }

  get type() {
    return this._slab.words[this._at + 36] === 1 ? 'subscribe' : 'publish'
  }

  get topic() {
    return text(this._slab, this._at + 37)
  }

  get result() {
    return this._slab.words[this._at + 39] !== 0
  }

  get meta() {
    return this._slab.words[this._at + 40] === 0
      ? undefined
      : (this._meta ??= new RequestMeta(this._slab, this._at + 41))
  }
}

/** Request of `OnClientSubscribe`. */
class ClientSubscribeRequest extends Request {
  static fields = ['clientinfo', 'props', 'topic_filters', 'meta', 'user_props']

  get clientinfo() {
    return (this._clientinfo ??= new ClientInfo(this._slab, this._at + 14))
  }

  get props() {
    return (this._props ??= list(this._slab, this._at + 36, 4, Property))
  }

  get topic_filters() {
    return (this._topic_filters ??= list(this._slab, this._at + 38, 6, TopicFilter))
  }

  get meta() {
    return this._slab.words[this._at + 40] === 0
      ? undefined
      : (this._meta ??= new RequestMeta(this._slab, this._at + 41))
  }

  get user_props() {
    return (this._user_props ??= list(this._slab, this._at + 49, 4, Property))
  }
}

/** Request of `OnClientUnsubscribe`. */
class ClientUnsubscribeRequest extends Request {
  static fields = ['clientinfo', 'props', 'topic_filters', 'meta', 'user_props']

  get clientinfo() {
    return (this._clientinfo ??= new ClientInfo(this._slab, this._at + 14))
  }

  get props() {
    return (this._props ??= list(this._slab, this._at + 36, 4, Property))
  }

  get topic_filters() {
    return (this._topic_filters ??= list(this._slab, this._at + 38, 6, TopicFilter))
  }

  get meta() {
    return this._slab.words[this._at + 40] === 0
      ? undefined
      : (this._meta ??= new RequestMeta(this._slab, this._at + 41))
  }

  get user_props() {
    return (this._user_props ??= list(this._slab, this._at + 49, 4, Property))
  }
}

/** Request of `OnSessionCreated`. */
class SessionCreatedRequest extends Request {
  static fields = ['clientinfo', 'meta']

  get clientinfo() {
    return (this._clientinfo ??= new ClientInfo(this._slab, this._at + 14))
  }

  get meta() {
    return this._slab.words[this._at + 36] === 0
      ? undefined
      : (this._meta ??= new RequestMeta(this._slab, this._at + 37))
  }
}

/** Request of `OnSessionSubscribed`. */
class SessionSubscribedRequest extends Request {
  static fields = ['clientinfo', 'topic', 'subopts', 'meta']

  get clientinfo() {
    return (this._clientinfo ??= new ClientInfo(this._slab, this._at + 14))
  }

  get topic() {
    return text(this._slab, this._at + 36)
  }

  get subopts() {
    return (this._subopts ??= new SubOpts(this._slab, this._at + 38))
  }

  get meta() {
    return this._slab.words[this._at + 42] === 0
      ? undefined
      : (this._meta ??= new RequestMeta(this._slab, this._at + 43))
  }
}

/** Request of `OnSessionUnsubscribed`. */
class SessionUnsubscribedRequest extends Request {
  static fields = ['clientinfo', 'topic', 'meta']

  get clientinfo() {
    return (this._clientinfo ??= new ClientInfo(this._slab, this._at + 14))
  }

  get topic() {
    return text(this._slab, this._at + 36)
  }

  get meta() {
    return this._slab.words[this._at + 38] === 0
      ? undefined
      : (this._meta ??= new RequestMeta(this._slab, this._at + 39))
  }
}

/** Request of `OnSessionResumed`. */
class SessionResumedRequest extends Request {
  static fields = ['clientinfo', 'meta']

  get clientinfo() {
    return (this._clientinfo ??= new ClientInfo(this._slab, this._at + 14))
  }

  get meta() {
    return this._slab.words[this._at + 36] === 0
      ? undefined
      : (this._meta ??= new RequestMeta(this._slab, this._at + 37))
  }
}

/** Request of `OnSessionDiscarded`. */
class SessionDiscardedRequest extends Request {
  static fields = ['clientinfo', 'meta']

  get clientinfo() {
    return (this._clientinfo ??= new ClientInfo(this._slab, this._at + 14))
  }

  get meta() {
    return this._slab.words[this._at + 36] === 0
      ? undefined
      : (this._meta ??= new RequestMeta(this._slab, this._at + 37))
  }
}

/** Request of `OnSessionTakenover`. */
class SessionTakenoverRequest extends Request {
  static fields = ['clientinfo', 'meta']

  get clientinfo() {
    return (this._clientinfo ??= new ClientInfo(this._slab, this._at + 14))
  }

  get meta() {
    return this._slab.words[this._at + 36] === 0
      ? undefined
      : (this._meta ??= new RequestMeta(this._slab, this._at + 37))
  }
}

/** Request of `OnSessionTerminated`. */
class SessionTerminatedRequest extends Request {
  static fields = ['clientinfo', 'reason', 'meta']

  get clientinfo() {
    return (this._clientinfo ??= new ClientInfo(this._slab, this._at + 14))
  }

  get reason() {
    return text(this._slab, this._at + 36)
  }

  get meta() {
    return this._slab.words[this._at + 38] === 0
      ? undefined
      : (this._meta ??= new RequestMeta(this._slab, this._at + 39))
  }
}

/** Request of `OnMessagePublish`. */
class MessagePublishRequest extends Request {
  static fields = ['message', 'meta', 'props', 'user_props']

  get message() {
    return (this._message ??= new Message(this._slab, this._at + 14))
  }

  get meta() {
    return this._slab.words[this._at + 29] === 0
      ? undefined
      : (this._meta ??= new RequestMeta(this._slab, this._at + 30))
  }

  get props() {
    return (this._props ??= list(this._slab, this._at + 38, 4, Property))
  }

  get user_props() {
    return (this._user_props ??= list(this._slab, this._at + 40, 4, Property))
  }
}

/** Request of `OnMessageDelivered`. */
class MessageDeliveredRequest extends Request {
  static fields = ['clientinfo', 'message', 'meta']

  get clientinfo() {
    return (this._clientinfo ??= new ClientInfo(this._slab, this._at + 14))
  }

  get message() {
    return (this._message ??= new Message(this._slab, this._at + 36))
  }

  get meta() {
    return this._slab.words[this._at + 51] === 0
      ? undefined
      : (this._meta ??= new RequestMeta(this._slab, this._at + 52))
  }
}

/** Request of `OnMessageDropped`. */
class MessageDroppedRequest extends Request {
  static fields = ['message', 'reason', 'meta']

  get message() {
    return (this._message ??= new Message(this._slab, this._at + 14))
  }

  get reason() {
    return text(this._slab, this._at + 29)
  }

  get meta() {
    return this._slab.words[this._at + 31] === 0
      ? undefined
      : (this._meta ??= new RequestMeta(this._slab, this._at + 32))
  }
}

/** Request of `OnMessageAcked`. */
class MessageAckedRequest extends Request {
  static fields = ['clientinfo', 'message', 'meta']

  get clientinfo() {
    return (this._clientinfo ??= new ClientInfo(this._slab, this._at + 14))
  }

  get message() {
    return (this._message ??= new Message(this._slab, this._at + 36))
  }

  get meta() {
    return this._slab.words[this._at + 51] === 0
      ? undefined
      : (this._meta ??= new RequestMeta(this._slab, this._at + 52))
  }
}

/** Request of `OnMessageIngress`. */
class MessageIngressRequest extends Request {
  static fields = ['clientinfo', 'message', 'meta', 'props', 'user_props']

  get clientinfo() {
    return (this._clientinfo ??= new ClientInfo(this._slab, this._at + 14))
  }

  get message() {
    return (this._message ??= new Message(this._slab, this._at + 36))
  }

  get meta() {
    return this._slab.words[this._at + 51] === 0
      ? undefined
      : (this._meta ??= new RequestMeta(this._slab, this._at + 52))
  }

  get props() {
    return (this._props ??= list(this._slab, this._at + 60, 4, Property))
  }

  get user_props() {
    return (this._user_props ??= list(this._slab, this._at + 62, 4, Property))
  }
}

module.exports = {
  ClientAuthenticateRequest,
  ClientAuthorizeRequest,
  ClientConnackRequest,
  ClientConnectRequest,
  ClientConnectedRequest,
  ClientDisconnectedRequest,
  ClientSubscribeRequest,
  ClientUnsubscribeRequest,
  MessageAckedRequest,
  MessageDeliveredRequest,
  MessageDroppedRequest,
  MessageIngressRequest,
  MessagePublishRequest,
  ProviderLoadedRequest,
  ProviderUnloadedRequest,
  SessionCreatedRequest,
  SessionDiscardedRequest,
  SessionResumedRequest,
  SessionSubscribedRequest,
  SessionTakenoverRequest,
  SessionTerminatedRequest,
  SessionUnsubscribedRequest,
}
