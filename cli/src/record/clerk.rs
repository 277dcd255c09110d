//! The clerk: a thread that reads copies of all connections and writes down their calls.
//!
//! It stands beside the way of the calls: neither a slow disk nor bytes that it cannot read hold
//! up the broker.

use std::{
    collections::HashMap,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
        mpsc::{self, Receiver, RecvTimeoutError, Sender},
    },
    time::{Duration, Instant},
};

use bytes::Bytes;

use super::{
    entry::{Entry, Unrecorded},
    out_file::OutFile,
    redact::Secret,
    summary::Summary,
    tap::{Exchange, Side, Tap},
    voice::Voice,
};

/// How many bytes may wait for the clerk, whose disk is then too slow.
const BACKLOG_BYTES: usize = 256 << 20;
/// How often calls are looked for that the broker waits for no longer.
const LOOK_EVERY: Duration = Duration::from_millis(200);

enum Note {
    Opened {
        connection: u64,
        peer: String,
    },
    Bytes {
        connection: u64,
        from: Side,
        at: Instant,
        bytes: Bytes,
    },
    Closed {
        connection: u64,
        reason: &'static str,
    },
    Overrun {
        connection: u64,
    },
}

/// Tells the clerk what happens on connections.
#[derive(Clone)]
pub(super) struct Notes {
    sender: Sender<Note>,
    backlog: Arc<AtomicUsize>,
}

impl Notes {
    /// A way to tell, and where it ends.
    pub(super) fn new() -> (Self, Inbox) {
        let (sender, notes) = mpsc::channel();
        let backlog = Arc::new(AtomicUsize::new(0));
        let inbox = Inbox {
            notes,
            backlog: Arc::clone(&backlog),
        };
        (Self { sender, backlog }, inbox)
    }

    // Where nobody listens any more the recording is over, and calls still pass.

    pub(super) fn opened(&self, connection: u64, peer: String) {
        let _ = self.sender.send(Note::Opened { connection, peer });
    }

    pub(super) fn bytes(&self, connection: u64, from: Side, bytes: Bytes) {
        let length = bytes.len();
        if self.backlog.fetch_add(length, Ordering::Relaxed) > BACKLOG_BYTES {
            self.backlog.fetch_sub(length, Ordering::Relaxed);
            let _ = self.sender.send(Note::Overrun { connection });
            return;
        }
        let at = Instant::now();
        let _ = self.sender.send(Note::Bytes {
            connection,
            from,
            at,
            bytes,
        });
    }

    pub(super) fn closed(&self, connection: u64, reason: &'static str) {
        let _ = self.sender.send(Note::Closed { connection, reason });
    }
}

/// Where notes arrive.
pub(super) struct Inbox {
    notes: Receiver<Note>,
    backlog: Arc<AtomicUsize>,
}

/// Writes a recording.
pub(super) struct Clerk {
    pub(super) file: OutFile,
    pub(super) secrets: Vec<Secret>,
    pub(super) began: Instant,
    pub(super) voice: Voice,
    pub(super) summary: Summary,
    pub(super) connections: HashMap<u64, (String, Tap)>,
}

impl Clerk {
    /// Works until nobody can tell anything any more, and returns what was counted.
    pub(super) fn work(mut self, inbox: &Inbox) -> Summary {
        let mut looked = Instant::now();
        loop {
            match inbox.notes.recv_timeout(LOOK_EVERY) {
                Ok(note) => {
                    if let Note::Bytes { bytes, .. } = &note {
                        inbox.backlog.fetch_sub(bytes.len(), Ordering::Relaxed);
                    }
                    self.take(note);
                }
                Err(RecvTimeoutError::Timeout) => {}
                Err(RecvTimeoutError::Disconnected) => break,
            }
            if looked.elapsed() > LOOK_EVERY {
                looked = Instant::now();
                self.end_overdue(looked);
            }
        }
        let connections: Vec<u64> = self.connections.keys().copied().collect();
        for connection in connections {
            self.close(connection, "the recording ended");
        }
        self.summary.elapsed = self.began.elapsed();
        self.summary
    }

    fn take(&mut self, note: Note) {
        match note {
            Note::Opened { connection, peer } => {
                self.summary.connections += 1;
                self.connections.insert(connection, (peer, Tap::new()));
                self.voice.connections(self.connections.len());
            }
            Note::Bytes {
                connection,
                from,
                at,
                bytes,
            } => {
                let Some((_, tap)) = self.connections.get_mut(&connection) else {
                    return;
                };
                let read = tap.read(from, at, &bytes);
                self.write_ended(connection);
                if let Err(problem) = read {
                    self.give_up(connection, &problem);
                }
            }
            Note::Closed { connection, reason } => self.close(connection, reason),
            Note::Overrun { connection } => {
                self.give_up(
                    connection,
                    "the recording cannot be written as fast as calls come",
                );
            }
        }
    }

    fn end_overdue(&mut self, now: Instant) {
        let connections: Vec<u64> = self.connections.keys().copied().collect();
        for connection in connections {
            if let Some((_, tap)) = self.connections.get_mut(&connection) {
                tap.end_overdue(now);
            }
            self.write_ended(connection);
        }
    }

    fn close(&mut self, connection: u64, reason: &str) {
        if let Some((_, tap)) = self.connections.get_mut(&connection) {
            let now = Instant::now();
            tap.end_overdue(now);
            tap.end_all(now, reason);
        }
        self.write_ended(connection);
        self.connections.remove(&connection);
        self.voice.connections(self.connections.len());
    }

    fn give_up(&mut self, connection: u64, problem: &str) {
        if let Some((peer, tap)) = self.connections.remove(&connection) {
            self.summary.lost += tap.open() as u64;
            self.summary.unread_connections += 1;
            self.voice.say(&format!(
                "the connection from {peer} is passed on, but no longer recorded: {problem}"
            ));
        }
    }

    fn write_ended(&mut self, connection: u64) {
        let Some((peer, tap)) = self.connections.get_mut(&connection) else {
            return;
        };
        let peer = peer.clone();
        for exchange in tap.take_ended() {
            self.write(&peer, exchange);
        }
    }

    fn write(&mut self, peer: &str, exchange: Exchange) {
        let at = exchange.began.saturating_duration_since(self.began);
        let at = self.file.continues_at + at.as_secs_f64();
        let entry = match Entry::new(exchange, peer, at, &self.secrets) {
            Ok(entry) => entry,
            Err(Unrecorded::NoHook { path }) => {
                *self.summary.passed_methods.entry(path).or_default() += 1;
                return;
            }
            Err(Unrecorded::Unreadable { hook }) => {
                self.summary.unreadable += 1;
                self.voice.say(&format!(
                    "a call of {hook} from {peer} was passed on, but not recorded: its request is \
                     no {} that is whole and not compressed",
                    hook.request_name()
                ));
                return;
            }
        };
        match self.file.write(&entry.text) {
            Ok(()) => {
                if self.summary.file_fails {
                    self.summary.file_fails = false;
                    self.voice.say("calls are recorded again");
                }
                self.summary.add(entry.package, entry.hook, &entry.outcome);
                self.voice.calls(self.summary.calls());
            }
            Err(error) => {
                self.summary.lost += 1;
                if !self.summary.file_fails {
                    self.summary.file_fails = true;
                    self.voice.say(&format!(
                        "cannot write {}: {error}; calls are passed on, but not recorded until it \
                         can be written again",
                        self.summary.file
                    ));
                }
            }
        }
    }
}
