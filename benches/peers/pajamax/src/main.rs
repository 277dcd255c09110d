//! The fastest Rust gRPC server known: pajamax and its generated code, as its guide shows it, with
//! mimalloc. It has a thread for each connection, reads no header but the path, and takes each DATA
//! frame for a request: clients cut large ones in two where 64 KiB are under way.

use std::error::Error;

use exhook_benches::{HOOKS, bind_argument, is_kept, replacement};
use mimalloc::MiMalloc;
use pajamax::Response;

mod proto {
    #![allow(
        clippy::all,
        clippy::pedantic,
        missing_docs,
        unreachable_pub,
        unused_qualifications
    )]
    pajamax::include_proto!("emqx.exhook.v3");
}

use proto::{
    EmptySuccess, HookProvider, HookProviderServer, HookSpec, LoadedResponse, ValuedResponse,
    valued_response::{ResponsedType, Value},
};

#[global_allocator]
static ALLOCATOR: MiMalloc = MiMalloc;

struct Peer;

fn valued(r#type: ResponsedType, value: Option<Value>) -> ValuedResponse {
    ValuedResponse {
        r#type: r#type.into(),
        value,
    }
}

/// The service: the methods of its body, and one that answers `EmptySuccess` for each name below.
macro_rules! hook_provider {
    ({ $($written:tt)* } $($method:ident($request:ident);)*) => {
        impl HookProvider for Peer {
            $($written)*
            $(
                fn $method(&self, _request: proto::$request) -> Response<EmptySuccess> {
                    Ok(EmptySuccess {})
                }
            )*
        }
    };
}

hook_provider! {
    {
        fn on_provider_loaded(
            &self,
            _request: proto::ProviderLoadedRequest,
        ) -> Response<LoadedResponse> {
            let hooks = HOOKS.map(|name| HookSpec {
                name: name.to_owned(),
                topics: Vec::new(),
            });
            Ok(LoadedResponse {
                hooks: hooks.into(),
            })
        }

        fn on_client_authenticate(
            &self,
            _request: proto::ClientAuthenticateRequest,
        ) -> Response<ValuedResponse> {
            Ok(valued(ResponsedType::StopAndReturn, Some(Value::BoolResult(true))))
        }

        fn on_client_authorize(
            &self,
            _request: proto::ClientAuthorizeRequest,
        ) -> Response<ValuedResponse> {
            Ok(valued(ResponsedType::Ignore, None))
        }

        fn on_message_ingress(
            &self,
            _request: proto::MessageIngressRequest,
        ) -> Response<ValuedResponse> {
            Ok(valued(ResponsedType::Ignore, None))
        }

        fn on_message_publish(
            &self,
            request: proto::MessagePublishRequest,
        ) -> Response<ValuedResponse> {
            let mut message = request.message.unwrap_or_default();
            if is_kept(&message.payload) {
                return Ok(valued(ResponsedType::Ignore, None));
            }
            message.payload = replacement(message.payload.len());
            Ok(valued(ResponsedType::StopAndReturn, Some(Value::Message(message))))
        }
    }

    on_provider_unloaded(ProviderUnloadedRequest);
    on_client_connect(ClientConnectRequest);
    on_client_connack(ClientConnackRequest);
    on_client_connected(ClientConnectedRequest);
    on_client_disconnected(ClientDisconnectedRequest);
    on_client_subscribe(ClientSubscribeRequest);
    on_client_unsubscribe(ClientUnsubscribeRequest);
    on_session_created(SessionCreatedRequest);
    on_session_subscribed(SessionSubscribedRequest);
    on_session_unsubscribed(SessionUnsubscribedRequest);
    on_session_resumed(SessionResumedRequest);
    on_session_discarded(SessionDiscardedRequest);
    on_session_takenover(SessionTakenoverRequest);
    on_session_terminated(SessionTerminatedRequest);
    on_message_delivered(MessageDeliveredRequest);
    on_message_dropped(MessageDroppedRequest);
    on_message_acked(MessageAckedRequest);
}

fn main() -> Result<(), Box<dyn Error>> {
    // It does not tell where it listens, so the address has a port.
    pajamax::Config::new()
        .add_service(HookProviderServer::new(Peer))
        .serve(bind_argument()?)?;
    Ok(())
}
