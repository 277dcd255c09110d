//! A burst: the calls that wait, written one after the other into memory of JavaScript's.
//!
//! Each call is an [`Entry`]: what every call has, which `lib/request.js` reads, and then the fields
//! of its request.

use exhook::{Call, Package, Request};

use crate::{entry::Entry, fields};

/// How many words are before the fields of the request.
const HEADER_WORDS: usize = 14;
/// Set beside the hook's number when the call has a topic.
const HAS_TOPIC: u32 = 1 << 16;

/// What an entry says of a call besides its request.
pub(crate) struct Head {
    /// The number under which it is answered.
    pub(crate) id: u32,
    /// The number of its handler.
    pub(crate) handler: u32,
    /// The package in which it came.
    pub(crate) package: Package,
    /// The time of `performance.now()` at which the broker is answered at the latest.
    pub(crate) deadline: Option<f64>,
    /// The span of its handler, where it is traced.
    pub(crate) traceparent: Option<String>,
}

/// Writes `call` under the number `id` at the byte `start`, a multiple of 8.
pub(crate) fn write_call<'memory>(
    memory: &'memory mut [u8],
    start: usize,
    call: &Call,
    id: u32,
    deadline: Option<f64>,
) -> Entry<'memory> {
    let head = Head {
        id,
        handler: call.handler().0,
        package: call.package(),
        deadline,
        traceparent: call.traceparent(),
    };
    write_request(memory, start, call.request(), &head)
}

/// Writes a request as that of a call.
pub(crate) fn write_request<'memory>(
    memory: &'memory mut [u8],
    start: usize,
    request: &Request,
    head: &Head,
) -> Entry<'memory> {
    let number = request.hook() as u32;
    let words = HEADER_WORDS + fields::WORDS[request.hook() as usize];
    let mut entry = Entry::begin(memory, start, words);
    let first = entry.first_word();
    let topic = request.topic();
    let hook = number | (head.package as u32) << 8;
    entry.number(first + 1, head.id);
    entry.number(first + 2, head.handler);
    entry.number(first + 3, hook | topic.map_or(0, |_| HAS_TOPIC));
    entry.float(first + 4, head.deadline.unwrap_or(f64::INFINITY));
    entry.text(first + 6, request.clientid());
    entry.text(first + 8, topic.unwrap_or_default());
    entry.text(first + 10, request.node());
    entry.text(first + 12, head.traceparent.as_deref().unwrap_or_default());
    fields::write(&mut entry, first + HEADER_WORDS, request);
    entry.finish();
    entry
}
