//! [`Health`]: `grpc.health.v1`, as load balancers and Kubernetes ask for it.

use std::pin::Pin;

use futures_util::stream::{self, Stream};
use tokio::sync::watch;
use tonic::{Request, Response, Status};
use tonic_health::pb::{
    HealthCheckRequest, HealthCheckResponse,
    health_check_response::ServingStatus,
    health_server::{self, HealthServer},
};

use super::{Handler, MAX_REQUEST_BYTES, handler};
use crate::{package::Package, server::Phase};

pub(super) const NAME: &str = "grpc.health.v1.Health";

/// Tells whether the server, or the service of a package, is to be sent brokers: not any more from
/// the moment on when it is told to stop.
pub(super) struct Health {
    phases: watch::Receiver<Phase>,
}

impl Health {
    pub(super) fn new(phases: watch::Receiver<Phase>) -> Self {
        Self { phases }
    }

    pub(super) fn into_handler(self) -> Handler {
        handler(HealthServer::new(self).max_decoding_message_size(MAX_REQUEST_BYTES))
    }
}

#[tonic::async_trait]
impl health_server::Health for Health {
    type WatchStream = Pin<Box<dyn Stream<Item = Result<HealthCheckResponse, Status>> + Send>>;

    async fn check(
        &self,
        request: Request<HealthCheckRequest>,
    ) -> Result<Response<HealthCheckResponse>, Status> {
        let service = &request.get_ref().service;
        if !is_known(service) {
            return Err(Status::not_found(format!(
                "there is no service {service}; ask for emqx.exhook.v1.HookProvider, v2, v3, or \
                 nothing for the whole server"
            )));
        }
        let status = status(*self.phases.borrow());
        Ok(Response::new(response(status)))
    }

    async fn watch(
        &self,
        request: Request<HealthCheckRequest>,
    ) -> Result<Response<Self::WatchStream>, Status> {
        let is_known = is_known(&request.get_ref().service);
        let statuses = stream::unfold(
            (self.phases.clone(), None),
            move |(mut phases, last)| async move {
                let next = match last {
                    None if is_known => status(*phases.borrow()),
                    None => ServingStatus::ServiceUnknown,
                    Some(ServingStatus::Serving) => {
                        let changed =
                            phases.wait_for(|phase| status(*phase) != ServingStatus::Serving);
                        status(*changed.await.ok()?)
                    }
                    // Nothing else will ever be said.
                    Some(_) => std::future::pending().await,
                };
                Some((Ok(response(next)), (phases, Some(next))))
            },
        );
        Ok(Response::new(Box::pin(statuses)))
    }
}

/// The whole server, or the service of a package.
fn is_known(service: &str) -> bool {
    service.is_empty()
        || Package::ALL
            .iter()
            .any(|package| service.strip_prefix(package.name()) == Some(".HookProvider"))
}

fn status(phase: Phase) -> ServingStatus {
    if phase == Phase::Serving {
        ServingStatus::Serving
    } else {
        ServingStatus::NotServing
    }
}

fn response(status: ServingStatus) -> HealthCheckResponse {
    HealthCheckResponse {
        status: status.into(),
    }
}
