//! [`SpanQueue`]: spans on their way to a thread that sends them.

use std::{
    sync::mpsc::{Receiver, RecvTimeoutError, Sender, SyncSender, channel, sync_channel},
    thread::{self, JoinHandle},
    time::{Duration, Instant},
};

use super::{exporter::Exporter, span::Span};
use crate::{
    error::Error,
    sync::{Mutex, lock},
};

/// How many spans wait to be sent.
const CAPACITY: usize = 16_384;
/// How many spans are sent at once.
const BATCH: usize = 1_024;
/// How long spans are gathered before they are sent.
const GATHERING: Duration = Duration::from_millis(200);

/// A bounded queue, and the thread that sends what is in it. Nobody who pushes waits.
pub(super) struct SpanQueue {
    spans: SyncSender<Span>,
    worker: Mutex<Option<Worker>>,
}

struct Worker {
    /// When to have sent what is left.
    end: Sender<Instant>,
    thread: JoinHandle<()>,
}

impl SpanQueue {
    pub(super) fn start(exporter: Exporter) -> Result<Self, Error> {
        let (spans, receiver) = sync_channel(CAPACITY);
        let (end, ending) = channel();
        let thread = thread::Builder::new()
            .name("exhook-traces".to_owned())
            .spawn(move || send_all(&receiver, &ending, &exporter))
            .map_err(|error| Error::io("cannot start the thread of traces", error))?;
        Ok(Self {
            spans,
            worker: Mutex::new(Some(Worker { end, thread })),
        })
    }

    /// Leaves a span; false where the queue is full, and the span lost.
    pub(super) fn push(&self, span: Span) -> bool {
        self.spans.try_send(span).is_ok()
    }

    /// Sends what was pushed and ends the thread. One that waits for its collector is left behind.
    pub(super) fn close(&self, limit: Duration) {
        let Some(Worker { end, thread }) = lock(&self.worker).take() else {
            return;
        };
        let until = Instant::now() + limit;
        let _ = end.send(until);
        while !thread.is_finished() && Instant::now() < until {
            thread::sleep(Duration::from_millis(1));
        }
        if thread.is_finished() {
            // Its panic would have been said where it happened.
            let _ = thread.join();
        }
    }
}

/// The thread sleeps between two batches, rather than that each span wakes it.
fn send_all(spans: &Receiver<Span>, ending: &Receiver<Instant>, exporter: &Exporter) {
    loop {
        let until = match ending.recv_timeout(GATHERING) {
            Err(RecvTimeoutError::Timeout) => None,
            Ok(until) => Some(until),
            Err(RecvTimeoutError::Disconnected) => Some(Instant::now()),
        };
        let mut left = CAPACITY;
        while left > 0 {
            let batch: Vec<Span> = spans.try_iter().take(BATCH.min(left)).collect();
            if batch.is_empty() {
                break;
            }
            left -= batch.len();
            exporter.send(batch, until);
        }
        if until.is_some() {
            return;
        }
    }
}
