//! [`Health`]: `grpc.health.v1`, as load balancers and Kubernetes ask for it.

use std::{
    future::{Future, poll_fn},
    pin::{Pin, pin},
    task::Poll,
};

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
                        stopping(&mut phases).await?;
                        ServingStatus::NotServing
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

/// Waits until the server is told to stop; `None` where it is gone.
async fn stopping(phases: &mut watch::Receiver<Phase>) -> Option<()> {
    let told = phases.clone();
    let is_told = || status(*told.borrow()) == ServingStatus::NotServing;
    let mut change = pin!(phases.wait_for(|phase| status(*phase) == ServingStatus::NotServing));
    // Who waits is woken one after the other: what sees the new phase elsewhere and polls this then
    // has to see it here too.
    poll_fn(|context| match change.as_mut().poll(context) {
        Poll::Pending if is_told() => Poll::Ready(Some(())),
        change => change.map(|change| change.ok().map(drop)),
    })
    .await
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

#[cfg(test)]
mod tests {
    use futures_util::{FutureExt, StreamExt};

    use super::*;

    #[tokio::test]
    async fn who_watches_sees_the_phase_that_others_see_before_being_woken() {
        let (sender, phases) = watch::channel(Phase::Serving);
        let asking = Request::new(HealthCheckRequest::default());
        let watching = health_server::Health::watch(&Health::new(phases), asking).await;
        let mut statuses = watching.expect("known").into_inner();
        let mut next = || statuses.next().now_or_never().flatten();
        let said = |status| Some(response(status));
        assert_eq!(next().and_then(Result::ok), said(ServingStatus::Serving));
        assert!(next().is_none());
        sender.send_if_modified(|phase| {
            *phase = Phase::Draining;
            false
        });
        assert_eq!(next().and_then(Result::ok), said(ServingStatus::NotServing));
    }
}
