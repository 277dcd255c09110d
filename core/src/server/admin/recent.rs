//! [`Recent`]: the calls that somebody watches.

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::SystemTime,
};

use serde::Serialize;

use super::{filter::Filter, status::milliseconds};
use crate::{
    decision::{Decision, Observer},
    hook::Request,
    sync::{Mutex, lock},
};

/// How many calls a watcher is told of at once, each second; the others are counted.
const MAX_CALLS: usize = 200;
/// How many bytes of a payload, or of any other text, are told.
const MAX_BYTES: usize = 256;

/// The calls that somebody watches; while nobody does, a call costs the look at a flag.
pub(crate) struct Recent {
    is_watched: AtomicBool,
    shows_payloads: bool,
    watches: Mutex<Vec<Arc<Watch>>>,
}

struct Watch {
    filter: Filter,
    seen: Mutex<Seen>,
}

/// What was seen since the last time that it was told.
#[derive(Default, Serialize)]
pub(super) struct Seen {
    calls: Vec<SeenCall>,
    left_out: u64,
}

/// A call as it is told.
#[derive(Clone, Serialize)]
struct SeenCall {
    /// When it was answered, in milliseconds since 1970.
    time: u64,
    hook: &'static str,
    package: &'static str,
    clientid: String,
    topic: Option<String>,
    verdict: &'static str,
    cause: &'static str,
    /// Whether a shadow handler said so, which the broker is not told.
    shadow: bool,
    microseconds: u64,
    payload_bytes: Option<usize>,
    /// The beginning of the payload, where the option `admin_payloads` is on.
    payload: Option<String>,
}

/// One who watches calls, until it is dropped.
pub(super) struct Watching {
    recent: Arc<Recent>,
    watch: Arc<Watch>,
}

impl Recent {
    pub(crate) fn new(shows_payloads: bool) -> Self {
        Self {
            is_watched: AtomicBool::new(false),
            shows_payloads,
            watches: Mutex::default(),
        }
    }

    /// Watches the calls that `filter` lets through.
    pub(super) fn watch(self: &Arc<Self>, filter: Filter) -> Watching {
        let watch = Arc::new(Watch {
            filter,
            seen: Mutex::default(),
        });
        let mut watches = lock(&self.watches);
        watches.push(Arc::clone(&watch));
        self.is_watched.store(true, Ordering::Relaxed);
        Watching {
            recent: Arc::clone(self),
            watch,
        }
    }

    pub(super) fn shows_payloads(&self) -> bool {
        self.shows_payloads
    }
}

impl Observer for Recent {
    fn wants(&self) -> bool {
        self.is_watched.load(Ordering::Relaxed)
    }

    fn decided(&self, decision: &Decision<'_>) {
        if !self.wants() {
            return;
        }
        let mut told = None;
        for watch in &*lock(&self.watches) {
            if !watch.filter.lets_through(decision) {
                continue;
            }
            let mut seen = lock(&watch.seen);
            if seen.calls.len() >= MAX_CALLS {
                seen.left_out += 1;
                continue;
            }
            let call = told.get_or_insert_with(|| SeenCall::new(decision, self.shows_payloads));
            seen.calls.push(call.clone());
        }
    }
}

impl Watching {
    /// What was seen since the last time; none where that is nothing.
    pub(super) fn take(&self) -> Option<Seen> {
        let seen = std::mem::take(&mut *lock(&self.watch.seen));
        (!seen.calls.is_empty()).then_some(seen)
    }
}

impl Drop for Watching {
    fn drop(&mut self) {
        let mut watches = lock(&self.recent.watches);
        watches.retain(|watch| !Arc::ptr_eq(watch, &self.watch));
        let is_watched = !watches.is_empty();
        self.recent.is_watched.store(is_watched, Ordering::Relaxed);
    }
}

impl SeenCall {
    fn new(decision: &Decision<'_>, shows_payload: bool) -> Self {
        let request = decision.request;
        let payload = request.message().map(|message| &message.payload);
        Self {
            time: milliseconds(SystemTime::now()),
            hook: decision.hook.name(),
            package: decision.package.short_name(),
            clientid: beginning(request.clientid()),
            topic: topic_of(request).map(beginning),
            verdict: decision.verdict,
            cause: decision.cause.name(),
            shadow: decision.shadow.is_some(),
            microseconds: u64::try_from(decision.took.as_micros()).unwrap_or(u64::MAX),
            payload_bytes: payload.map(bytes::Bytes::len),
            payload: payload
                .filter(|_| shows_payload)
                .map(|payload| preview(payload)),
        }
    }
}

/// The topic that a call is about; the first one of a list.
pub(super) fn topic_of(request: &Request) -> Option<&str> {
    let filters = match request {
        Request::ClientSubscribe(request) => &request.topic_filters,
        Request::ClientUnsubscribe(request) => &request.topic_filters,
        other => return other.topic(),
    };
    filters.first().map(|filter| filter.name.as_str())
}

/// The beginning of a text that may be long.
fn beginning(text: &str) -> String {
    let mut ends = (0..=MAX_BYTES.min(text.len())).rev();
    let end = ends.find(|end| text.is_char_boundary(*end)).unwrap_or(0);
    text[..end].to_owned()
}

/// The beginning of a payload: text as it is, other bytes in hexadecimal.
fn preview(payload: &[u8]) -> String {
    let cut = &payload[..payload.len().min(MAX_BYTES)];
    match std::str::from_utf8(cut) {
        Ok(text) => text.to_owned(),
        // A letter that was cut in two is no reason to show all others as numbers.
        Err(error) if error.error_len().is_none() && cut.len() < payload.len() => {
            String::from_utf8_lossy(&cut[..error.valid_up_to()]).into_owned()
        }
        Err(_) => {
            let bytes = cut.iter().take(MAX_BYTES / 2);
            let hexadecimal: Vec<_> = bytes.map(|byte| format!("{byte:02x}")).collect();
            hexadecimal.join(" ")
        }
    }
}
