//! [`Streams`]: those who watch, and what they are told each second (server-sent events).

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use bytes::Bytes;
use http::{Response, StatusCode};
use http_body_util::{
    BodyExt as _,
    channel::{Channel, Sender},
};
use hyper::body::Frame;
use serde::Serialize;
use tokio::sync::{Notify, oneshot};

use super::{
    filter::Filter,
    recent::Watching,
    respond::{self, Body},
    status::Status,
    subject::Subject,
    window::Window,
};
use crate::sync::{Mutex, lock};

/// How often those who watch are told.
const INTERVAL: Duration = Duration::from_secs(1);
/// How many may watch; what is left of the connections is for health and metrics.
const MAX_WATCHERS: usize = 48;
/// How many messages a watcher may leave unread before it is let go.
const MAX_UNREAD: usize = 16;
/// What a stream is, for the browser; and how long it waits before it asks again.
const CONTENT_TYPE: &str = "text/event-stream";
const RETRY: &str = "retry: 1000\n\n";

/// Those who watch the server.
pub(super) struct Streams {
    subject: Arc<Subject>,
    watchers: Mutex<Vec<Watcher>>,
    window: Mutex<Window>,
    came: Notify,
}

struct Watcher {
    sender: Sender<Bytes>,
    calls: Option<Watching>,
    /// Dropped with the watcher, which tells its connection.
    _end: oneshot::Sender<()>,
}

impl Watcher {
    fn send(&mut self, message: Bytes) -> bool {
        self.sender.try_send(Frame::data(message)).is_ok()
    }
}

impl Streams {
    pub(super) fn new(subject: Arc<Subject>) -> Self {
        Self {
            subject,
            watchers: Mutex::default(),
            window: Mutex::default(),
            came: Notify::new(),
        }
    }

    /// A stream of what `query` asks for, from now on, and what tells when it has ended.
    pub(super) fn open(&self, query: &str) -> (Response<Body>, Option<oneshot::Receiver<()>>) {
        let filter = match Filter::parse(query) {
            Ok(filter) => filter,
            Err(message) => return (respond::text(StatusCode::BAD_REQUEST, message), None),
        };
        let mut watchers = lock(&self.watchers);
        if watchers.len() >= MAX_WATCHERS {
            let message = format!("{MAX_WATCHERS} watch already; close one of them\n");
            let refused = respond::text(StatusCode::SERVICE_UNAVAILABLE, message);
            return (refused, None);
        }
        let (mut sender, body) = Channel::new(MAX_UNREAD);
        let (end, ended) = oneshot::channel();
        let first = RETRY.to_owned() + &self.status();
        sender
            .try_send(Frame::data(first.into()))
            .unwrap_or_else(|_| unreachable!("nothing was sent so far"));
        watchers.push(Watcher {
            sender,
            calls: filter.map(|filter| self.subject.recent.watch(filter)),
            _end: end,
        });
        self.came.notify_one();
        let response = respond::response(StatusCode::OK, CONTENT_TYPE, body.boxed_unsync());
        (response, Some(ended))
    }

    /// The head of a stream that nobody reads.
    pub(super) fn head() -> Response<Body> {
        respond::content(StatusCode::OK, CONTENT_TYPE, "")
    }

    /// Tells whoever watches, for as long as the listener serves.
    pub(super) async fn run(&self) {
        loop {
            if lock(&self.watchers).is_empty() {
                self.came.notified().await;
            }
            tokio::time::sleep(INTERVAL).await;
            self.tell();
        }
    }

    fn tell(&self) {
        let mut watchers = lock(&self.watchers);
        if watchers.is_empty() {
            return;
        }
        let status = Bytes::from(self.status());
        // Fails when the watcher has gone, and when it does not read.
        watchers.retain_mut(|watcher| {
            watcher.send(status.clone())
                && match watcher.calls.as_ref().and_then(Watching::take) {
                    Some(seen) => watcher.send(message("calls", &seen).into()),
                    None => true,
                }
        });
    }

    fn status(&self) -> String {
        let snapshot = self.subject.counted();
        let mut window = lock(&self.window);
        window.push(Instant::now(), snapshot.clone());
        message("status", &Status::new(&self.subject, &snapshot, &window))
    }
}

/// One message of a stream.
fn message(event: &str, data: &impl Serialize) -> String {
    let data = serde_json::to_string(data).expect("keys are texts");
    format!("event: {event}\ndata: {data}\n\n")
}
