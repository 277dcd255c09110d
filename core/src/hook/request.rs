//! [`Request`]: the decoded request of any hook, and the parts that many of them share.

use bytes::Bytes;
use prost::{DecodeError, Message as _};

use super::{Hook, table::for_each_hook};
use crate::{proto, wire};

macro_rules! clientinfo_of {
    (clientinfo, $request:ident) => {
        $request.clientinfo.as_ref()
    };
    (clientinfo_and_message, $request:ident) => {
        $request.clientinfo.as_ref()
    };
    ($other:ident, $request:ident) => {{
        let _ = $request;
        None
    }};
}

macro_rules! conninfo_of {
    (conninfo, $request:ident) => {
        $request.conninfo.as_ref()
    };
    ($other:ident, $request:ident) => {{
        let _ = $request;
        None
    }};
}

macro_rules! message_of {
    (message, $request:ident) => {
        $request.message.as_ref()
    };
    (clientinfo_and_message, $request:ident) => {
        $request.message.as_ref()
    };
    ($other:ident, $request:ident) => {{
        let _ = $request;
        None
    }};
}

macro_rules! define_request {
    ($($variant:ident, $snake:ident, $name:literal, $v1_name:literal, $rpc:literal, $v1_rpc:literal,
       $request:ident, $kind:ident, $topics:ident, $place:ident, $since:ident;)*) => {
        /// The request of a hook, in the types of package v3 whatever the broker speaks.
        #[derive(Clone, Debug, PartialEq)]
        #[expect(missing_docs, reason = "each variant is the request of the hook of that name")]
        pub enum Request {
            $($variant(proto::$request),)*
        }

        impl Request {
            /// Decodes the protobuf bytes of a v3 request of `hook`.
            ///
            /// # Errors
            ///
            /// When the bytes are not a message of that hook's request type.
            pub fn decode(hook: Hook, body: Bytes) -> Result<Self, DecodeError> {
                Ok(match hook {
                    $(Hook::$variant => Request::$variant(wire::decode(body)?),)*
                })
            }

            /// A request of `hook` without any content.
            pub(crate) fn empty(hook: Hook) -> Self {
                match hook {
                    $(Hook::$variant => Request::$variant(proto::$request::default()),)*
                }
            }

            /// Encodes the request as package v3 has it.
            pub fn encode_to_vec(&self) -> Vec<u8> {
                match self { $(Request::$variant(request) => request.encode_to_vec(),)* }
            }

            /// The hook whose request this is.
            pub const fn hook(&self) -> Hook {
                match self { $(Request::$variant(_) => Hook::$variant,)* }
            }

            /// The client that caused the event; absent before authentication and for messages
            /// as such.
            pub fn clientinfo(&self) -> Option<&proto::ClientInfo> {
                match self { $(Request::$variant(request) => clientinfo_of!($place, request),)* }
            }

            /// The connection that caused the event; `client.connect` and `client.connack` only.
            pub fn conninfo(&self) -> Option<&proto::ConnInfo> {
                match self { $(Request::$variant(request) => conninfo_of!($place, request),)* }
            }

            /// The message that the event is about.
            pub fn message(&self) -> Option<&proto::Message> {
                match self { $(Request::$variant(request) => message_of!($place, request),)* }
            }

            /// The broker node that calls; absent before EMQX 4.3.14 and 4.4.3.
            pub fn meta(&self) -> Option<&proto::RequestMeta> {
                match self { $(Request::$variant(request) => request.meta.as_ref(),)* }
            }
        }
    };
}

for_each_hook!(define_request);

impl Request {
    /// The client id that orders this call among others, empty when there is none: of the client,
    /// of the connection, else the publisher of the message.
    pub fn clientid(&self) -> &str {
        if let Some(clientinfo) = self.clientinfo() {
            &clientinfo.clientid
        } else if let Some(conninfo) = self.conninfo() {
            &conninfo.clientid
        } else {
            self.message().map_or("", |message| &message.from)
        }
    }

    /// The topic that the event is about, for logs and for topic filters.
    pub fn topic(&self) -> Option<&str> {
        match self {
            Request::ClientAuthorize(request) => Some(&request.topic),
            Request::SessionSubscribed(request) => Some(&request.topic),
            Request::SessionUnsubscribed(request) => Some(&request.topic),
            other => other.message().map(|message| message.topic.as_str()),
        }
    }

    /// The broker node that calls, empty for brokers that do not say.
    pub fn node(&self) -> &str {
        if let Some(meta) = self.meta() {
            &meta.node
        } else if let Some(clientinfo) = self.clientinfo() {
            &clientinfo.node
        } else if let Some(conninfo) = self.conninfo() {
            &conninfo.node
        } else {
            self.message().map_or("", |message| &message.node)
        }
    }
}
