//! The log records of this test process.

use std::{
    fmt::Write as _,
    sync::{Mutex, OnceLock},
};

use tracing::{
    Event, Metadata, Subscriber,
    field::{Field, Visit},
    span::{Attributes, Id, Record},
};

static LINES: Mutex<Vec<String>> = Mutex::new(Vec::new());
static INSTALLED: OnceLock<()> = OnceLock::new();

/// Begins to capture; for the whole process, because servers log on threads of their own.
pub(crate) fn capture() {
    INSTALLED.get_or_init(|| {
        tracing::subscriber::set_global_default(Capture).expect("installed once");
    });
}

/// How many captured lines contain all of `parts`.
pub(crate) fn count(parts: &[&str]) -> usize {
    let lines = LINES.lock().expect("no panic");
    let matching = lines
        .iter()
        .filter(|line| parts.iter().all(|part| line.contains(part)));
    matching.count()
}

struct Capture;

struct Line(String);

impl Visit for Line {
    fn record_debug(&mut self, field: &Field, value: &dyn std::fmt::Debug) {
        write!(self.0, " {}={value:?}", field.name()).expect("text has room");
    }
}

impl Subscriber for Capture {
    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        metadata.target().starts_with("exhook")
    }

    fn new_span(&self, _: &Attributes<'_>) -> Id {
        Id::from_u64(1)
    }

    fn record(&self, _: &Id, _: &Record<'_>) {}

    fn record_follows_from(&self, _: &Id, _: &Id) {}

    fn event(&self, event: &Event<'_>) {
        let mut line = Line(event.metadata().level().to_string());
        event.record(&mut line);
        LINES.lock().expect("no panic").push(line.0);
    }

    fn enter(&self, _: &Id) {}

    fn exit(&self, _: &Id) {}
}
