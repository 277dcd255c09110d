//! The peer that ours is compared with: tonic and its generated code, as their guides show it,
//! with what a careful user adds (mimalloc, `TCP_NODELAY`, one thread).

use std::error::Error;

use exhook_benches::{HOOKS, announce, bind_argument, is_kept, replacement};
use mimalloc::MiMalloc;
use tonic::{
    Request, Response, Status,
    transport::{Server, server::TcpIncoming},
};

mod proto {
    #![allow(
        clippy::all,
        clippy::pedantic,
        missing_docs,
        unreachable_pub,
        unused_qualifications
    )]
    tonic::include_proto!("emqx.exhook.v3");
}

use proto::{
    EmptySuccess, HookSpec, LoadedResponse, ValuedResponse,
    hook_provider_server::{HookProvider, HookProviderServer},
    valued_response::{ResponsedType, Value},
};

#[global_allocator]
static ALLOCATOR: MiMalloc = MiMalloc;

struct Peer;

type Answer<T> = Result<Response<T>, Status>;

fn valued(r#type: ResponsedType, value: Option<Value>) -> Response<ValuedResponse> {
    Response::new(ValuedResponse {
        r#type: r#type.into(),
        value,
    })
}

/// The service: the methods of its body, and one that answers `EmptySuccess` for each name below.
macro_rules! hook_provider {
    ({ $($written:tt)* } $($method:ident($request:ident);)*) => {
        #[tonic::async_trait]
        impl HookProvider for Peer {
            $($written)*
            $(
                async fn $method(&self, _request: Request<proto::$request>) -> Answer<EmptySuccess> {
                    Ok(Response::new(EmptySuccess {}))
                }
            )*
        }
    };
}

hook_provider! {
    {
        async fn on_provider_loaded(
            &self,
            _request: Request<proto::ProviderLoadedRequest>,
        ) -> Answer<LoadedResponse> {
            let hooks = HOOKS.map(|name| HookSpec {
                name: name.to_owned(),
                topics: Vec::new(),
            });
            Ok(Response::new(LoadedResponse {
                hooks: hooks.into(),
            }))
        }

        async fn on_client_authenticate(
            &self,
            _request: Request<proto::ClientAuthenticateRequest>,
        ) -> Answer<ValuedResponse> {
            Ok(valued(ResponsedType::StopAndReturn, Some(Value::BoolResult(true))))
        }

        async fn on_client_authorize(
            &self,
            _request: Request<proto::ClientAuthorizeRequest>,
        ) -> Answer<ValuedResponse> {
            Ok(valued(ResponsedType::Ignore, None))
        }

        async fn on_message_ingress(
            &self,
            _request: Request<proto::MessageIngressRequest>,
        ) -> Answer<ValuedResponse> {
            Ok(valued(ResponsedType::Ignore, None))
        }

        async fn on_message_publish(
            &self,
            request: Request<proto::MessagePublishRequest>,
        ) -> Answer<ValuedResponse> {
            let mut message = request.into_inner().message.unwrap_or_default();
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

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn Error>> {
    let incoming = TcpIncoming::bind(bind_argument()?.parse()?)?.with_nodelay(Some(true));
    announce(incoming.local_addr()?)?;
    Server::builder()
        .add_service(HookProviderServer::new(Peer))
        .serve_with_incoming(incoming)
        .await?;
    Ok(())
}
