//! [`Services`]: what the port for brokers answers beside the exhook packages, for operators and load
//! balancers: health and reflection.

mod exchange;
mod health;
mod reflection;

use std::{
    convert::Infallible,
    future::Future,
    pin::Pin,
    sync::atomic::{AtomicUsize, Ordering},
};

use exchange::RequestBody;
use health::Health;
use http::{Request, Response, StatusCode, request::Parts};
use reflection::Reflection;
use tokio::sync::watch;
use tonic::{Status, body::Body, codegen::Service};

use super::{
    Phase,
    http2::{Outlet, Pieces},
};

/// How many requests are answered at once, by the whole server: those that watch take their time.
const MAX_OPEN: usize = 1024;
/// How many bytes a request may have.
const MAX_REQUEST_BYTES: usize = 64 * 1024;

type Answering = Pin<Box<dyn Future<Output = Response<Body>> + Send>>;
/// Calls a service of tonic's.
type Handler = Box<dyn Fn(Request<RequestBody>) -> Answering + Send + Sync>;

/// The services beside exhook, each by its name.
pub(crate) struct Services {
    health: Handler,
    reflection: Option<Reflection>,
    phases: watch::Receiver<Phase>,
    open: AtomicUsize,
}

impl Services {
    pub(crate) fn new(phases: watch::Receiver<Phase>, reflection: bool) -> Self {
        Self {
            health: Health::new(phases.clone()).into_handler(),
            reflection: reflection.then(Reflection::default),
            phases,
            open: AtomicUsize::new(0),
        }
    }

    /// Whether a method of this path may be one of theirs.
    pub(crate) fn has(&self, path: &str) -> bool {
        self.find(path).is_some()
    }

    /// Answers a request of such a path.
    pub(crate) async fn answer(&self, head: Parts, body: Pieces, outlet: Outlet) {
        let Some(handler) = self.find(head.uri.path()) else {
            return;
        };
        let Some(_open) = Open::new(&self.open) else {
            let status = Status::resource_exhausted("too many health or reflection requests");
            let refused: Response<()> = status.into_http();
            outlet.head(StatusCode::OK, refused.into_parts().0.headers, true);
            return;
        };
        let answering = handler(Request::from_parts(head, RequestBody(body)));
        // Fails only when the peer has gone.
        let _ = exchange::answer(answering, outlet, self.phases.clone()).await;
    }

    fn find(&self, path: &str) -> Option<&Handler> {
        let (service, _) = path.strip_prefix('/')?.split_once('/')?;
        if service == health::NAME {
            return Some(&self.health);
        }
        self.reflection.as_ref()?.find(service)
    }
}

/// Counts a request for as long as it is answered.
struct Open<'count>(&'count AtomicUsize);

impl<'count> Open<'count> {
    fn new(count: &'count AtomicUsize) -> Option<Self> {
        let open = Self(count);
        (count.fetch_add(1, Ordering::Relaxed) < MAX_OPEN).then_some(open)
    }
}

impl Drop for Open<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

fn handler<S>(server: S) -> Handler
where
    S: Service<Request<RequestBody>, Response = Response<Body>, Error = Infallible>
        + Clone
        + Send
        + Sync
        + 'static,
    S::Future: Send + 'static,
{
    Box::new(move |request| {
        let answering = server.clone().call(request);
        Box::pin(async move {
            match answering.await {
                Ok(response) => response,
                Err(never) => match never {},
            }
        })
    })
}
