//! [`LineQueue`]: what is to be written, on its way to a thread that writes.

use std::{
    iter, process,
    sync::mpsc::{Receiver, SyncSender, TrySendError, sync_channel},
    thread::{self, JoinHandle},
    time::{Duration, Instant},
};

use crate::{
    error::Error,
    sync::{Mutex, lock},
};

/// How many entries wait to be written.
const CAPACITY: usize = 16_384;
/// How long the writer gathers entries after the first, so that it is woken for many at once.
const GATHERING: Duration = Duration::from_millis(10);
/// How long somebody waits for what is queued to be written, at most.
const FLUSH_TIMEOUT: Duration = Duration::from_secs(2);

/// Writes entries, on a thread of its own.
pub(crate) trait LineWriter<T>: Send + 'static {
    /// Writes one more entry, now or at the next flush.
    fn write(&mut self, entry: T);
    /// Writes what has not been written yet.
    fn flush(&mut self);
}

/// A bounded queue, and the thread that writes what is in it. Nobody who pushes waits.
pub(crate) struct LineQueue<T> {
    sender: SyncSender<Note<T>>,
    thread: Mutex<Option<JoinHandle<()>>>,
    process: u32,
}

enum Note<T> {
    Entry(T),
    /// To be answered when all before it is written.
    Flush(SyncSender<()>),
    End,
}

impl<T: Send + 'static> LineQueue<T> {
    /// Starts the thread.
    ///
    /// # Errors
    ///
    /// When the system refuses one.
    pub(crate) fn start(name: &str, writer: impl LineWriter<T>) -> Result<Self, Error> {
        let (sender, receiver) = sync_channel(CAPACITY);
        let thread = thread::Builder::new()
            .name(name.to_owned())
            .spawn(move || write_all(&receiver, writer))
            .map_err(|error| Error::io(format!("cannot start the thread {name}"), error))?;
        Ok(Self {
            sender,
            thread: Mutex::new(Some(thread)),
            process: process::id(),
        })
    }

    /// Leaves an entry; false where the queue is full, and the entry lost.
    pub(crate) fn push(&self, entry: T) -> bool {
        self.sender.try_send(Note::Entry(entry)).is_ok()
    }

    /// Whether this is the process that writes, and not one that was forked from it.
    pub(crate) fn is_own_process(&self) -> bool {
        self.process == process::id()
    }

    /// Waits until what was pushed is written, but not for ever.
    pub(crate) fn flush(&self) {
        let (written, all) = sync_channel(1);
        let end = Instant::now() + FLUSH_TIMEOUT;
        if self.is_own_process() && self.send(Note::Flush(written), end) {
            let _ = all.recv_timeout(end.saturating_duration_since(Instant::now()));
        }
    }

    /// Writes what was pushed and ends the thread. One that hangs in a write is left behind.
    pub(crate) fn close(&self) {
        let end = Instant::now() + FLUSH_TIMEOUT;
        let thread = lock(&self.thread).take();
        let Some(thread) = thread.filter(|_| self.is_own_process()) else {
            return;
        };
        if !self.send(Note::End, end) {
            return;
        }
        while !thread.is_finished() && Instant::now() < end {
            thread::sleep(Duration::from_millis(1));
        }
        if thread.is_finished() {
            // Its panic would have been said where it happened.
            let _ = thread.join();
        }
    }

    fn send(&self, mut note: Note<T>, end: Instant) -> bool {
        loop {
            match self.sender.try_send(note) {
                Ok(()) => return true,
                Err(TrySendError::Disconnected(_)) => return false,
                Err(TrySendError::Full(again)) => note = again,
            }
            if Instant::now() >= end {
                return false;
            }
            thread::sleep(Duration::from_millis(1));
        }
    }
}

fn write_all<T>(receiver: &Receiver<Note<T>>, mut writer: impl LineWriter<T>) {
    while let Ok(first) = receiver.recv() {
        if matches!(first, Note::Entry(_)) {
            thread::sleep(GATHERING);
        }
        let mut flushed = Vec::new();
        let mut is_over = false;
        for note in iter::once(first).chain(receiver.try_iter().take(CAPACITY)) {
            match note {
                Note::Entry(entry) => writer.write(entry),
                Note::Flush(written) => flushed.push(written),
                Note::End => is_over = true,
            }
        }
        writer.flush();
        for written in flushed {
            // Whoever waited may have given up.
            let _ = written.try_send(());
        }
        if is_over {
            return;
        }
    }
}
