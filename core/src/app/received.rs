//! The request of one hook, as handlers see it.

use std::{marker::PhantomData, ops::Deref, sync::Arc};

use once_cell::sync::Lazy;

use crate::{
    call::Call,
    hook::{Hook, Request, for_each_hook},
    proto::{self, ClientInfo, ConnInfo, Message},
};

static NO_CLIENTINFO: Lazy<ClientInfo> = Lazy::new(ClientInfo::default);
static NO_CONNINFO: Lazy<ConnInfo> = Lazy::new(ConnInfo::default);
static NO_MESSAGE: Lazy<Message> = Lazy::new(Message::default);

/// The request message of one hook.
pub trait HookRequest: Send + Sync + 'static {
    /// The hook.
    const HOOK: Hook;

    /// The message in `request`, if it is one of this hook.
    fn of(request: &Request) -> Option<&Self>;
}

/// A request that an async handler keeps for as long as it runs; it reads like the request itself.
#[derive(Debug)]
pub struct Received<R> {
    request: Arc<Request>,
    traceparent: Option<String>,
    kind: PhantomData<R>,
}

impl<R: HookRequest> Received<R> {
    /// The request of `call`, if it is one of the hook of `R`.
    pub(crate) fn new(call: &Call) -> Option<Self> {
        let request = call.request();
        R::of(request).is_some().then(|| Self {
            request: Arc::clone(request),
            traceparent: call.traceparent(),
            kind: PhantomData,
        })
    }

    /// The span of this handler as W3C's header `traceparent`, for spans that it begins and requests
    /// that it sends; `None` where the call is not traced (options `otlp_endpoint` and
    /// `otlp_sample_percent`).
    pub fn traceparent(&self) -> Option<&str> {
        self.traceparent.as_deref()
    }
}

impl<R: HookRequest> Deref for Received<R> {
    type Target = R;

    fn deref(&self) -> &R {
        R::of(&self.request).expect("checked when it was received")
    }
}

macro_rules! part_accessors {
    (clientinfo, $request:ident) => {
        part_accessors!(@clientinfo $request);
    };
    (conninfo, $request:ident) => {
        impl proto::$request {
            /// The connection; an empty one if the broker sent none.
            pub fn conninfo(&self) -> &ConnInfo {
                self.conninfo.as_ref().unwrap_or(&NO_CONNINFO)
            }
        }
    };
    (message, $request:ident) => {
        part_accessors!(@message $request);
    };
    (clientinfo_and_message, $request:ident) => {
        part_accessors!(@clientinfo $request);
        part_accessors!(@message $request);
    };
    (nowhere, $request:ident) => {};
    (@clientinfo $request:ident) => {
        impl proto::$request {
            /// The client; an empty one if the broker sent none.
            pub fn clientinfo(&self) -> &ClientInfo {
                self.clientinfo.as_ref().unwrap_or(&NO_CLIENTINFO)
            }
        }
    };
    (@message $request:ident) => {
        impl proto::$request {
            /// The message; an empty one if the broker sent none.
            pub fn message(&self) -> &Message {
                self.message.as_ref().unwrap_or(&NO_MESSAGE)
            }
        }
    };
}

macro_rules! define_hook_requests {
    ($($variant:ident, $snake:ident, $name:literal, $v1_name:literal, $rpc:literal, $v1_rpc:literal,
       $request:ident, $kind:ident, $topics:ident, $place:ident, $since:ident;)*) => {$(
        impl HookRequest for proto::$request {
            const HOOK: Hook = Hook::$variant;

            fn of(request: &Request) -> Option<&Self> {
                match request {
                    Request::$variant(request) => Some(request),
                    _ => None,
                }
            }
        }

        part_accessors!($place, $request);
    )*};
}

for_each_hook!(define_hook_requests);
