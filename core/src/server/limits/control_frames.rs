//! [`ControlFrames`]: how many frames a peer sends that ask nothing.

use std::time::Instant;

const PREFACE_BYTES: usize = 24;
const HEAD_BYTES: usize = 9;

const DATA: u8 = 0;
const HEADERS: u8 = 1;
const RST_STREAM: u8 = 3;
const SETTINGS: u8 = 4;
const WINDOW_UPDATE: u8 = 8;
const CONTINUATION: u8 = 9;

/// Brokers send one SETTINGS, but each makes h2 look at every stream.
const SETTINGS_AT_ONCE: f64 = 200.0;
const SETTINGS_PER_SECOND: f64 = 1.0;
/// Brokers send a PING a minute; other clients as many as they make calls.
const OTHERS_AT_ONCE: f64 = 20_000.0;
const OTHERS_PER_SECOND: f64 = 200.0;
const OTHERS_PER_CALL: f64 = 4.0;

/// Counts PING, SETTINGS, PRIORITY and unknown frames as they are read: h2 answers or passes over as
/// many as come.
pub(crate) struct ControlFrames {
    /// Bytes that belong to what has been counted.
    skip: usize,
    head: [u8; HEAD_BYTES],
    head_bytes: usize,
    settings: Allowance,
    others: Allowance,
}

impl ControlFrames {
    pub(crate) fn new() -> Self {
        Self {
            skip: PREFACE_BYTES,
            head: [0; HEAD_BYTES],
            head_bytes: 0,
            settings: Allowance::new(SETTINGS_AT_ONCE, SETTINGS_PER_SECOND),
            others: Allowance::new(OTHERS_AT_ONCE, OTHERS_PER_SECOND),
        }
    }

    /// Counts what is in the next bytes of the connection; whether it is still bearable.
    pub(crate) fn read(&mut self, mut bytes: &[u8]) -> bool {
        let mut bearable = true;
        loop {
            let skipped = self.skip.min(bytes.len());
            bytes = &bytes[skipped..];
            self.skip -= skipped;
            if bytes.is_empty() {
                return bearable;
            }
            let taken = (HEAD_BYTES - self.head_bytes).min(bytes.len());
            self.head[self.head_bytes..self.head_bytes + taken].copy_from_slice(&bytes[..taken]);
            bytes = &bytes[taken..];
            self.head_bytes += taken;
            if self.head_bytes == HEAD_BYTES {
                let [high, middle, low, kind, ..] = self.head;
                self.skip = u32::from_be_bytes([0, high, middle, low]) as usize;
                self.head_bytes = 0;
                bearable &= self.count(kind);
            }
        }
    }

    fn count(&mut self, kind: u8) -> bool {
        match kind {
            DATA | RST_STREAM | WINDOW_UPDATE | CONTINUATION => true,
            HEADERS => {
                self.others.add(OTHERS_PER_CALL);
                true
            }
            SETTINGS => self.settings.take(),
            _ => self.others.take(),
        }
    }
}

/// So many at once, and so many in a second.
struct Allowance {
    most: f64,
    per_second: f64,
    left: f64,
    filled: Instant,
}

impl Allowance {
    fn new(most: f64, per_second: f64) -> Self {
        Self {
            most,
            per_second,
            left: most,
            filled: Instant::now(),
        }
    }

    fn add(&mut self, more: f64) {
        self.left = (self.left + more).min(self.most);
    }

    // The clock is only read when nothing is left.
    fn take(&mut self) -> bool {
        if self.left < 1.0 {
            let now = Instant::now();
            let elapsed = now.duration_since(self.filled);
            self.filled = now;
            self.add(elapsed.as_secs_f64() * self.per_second);
        }
        self.left -= 1.0;
        if self.left < 0.0 {
            self.left = 0.0;
            return false;
        }
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PING: u8 = 6;

    fn frames(kind: u8, length: u8, count: usize) -> Vec<u8> {
        let mut frame = vec![0, 0, length, kind, 0, 0, 0, 0, 0];
        frame.resize(HEAD_BYTES + usize::from(length), 0xff);
        frame.repeat(count)
    }

    #[test]
    fn frames_are_counted_however_they_are_cut() {
        for piece in [1, 7, 9, 10, 64, 1000] {
            let mut counted = ControlFrames::new();
            assert!(counted.read(&[b'x'; PREFACE_BYTES]));
            let mut flood = frames(DATA, 200, 500);
            flood.extend(frames(SETTINGS, 6, 200));
            assert!(flood.chunks(piece).all(|bytes| counted.read(bytes)));
            assert!(counted.settings.left < 1.0, "{piece}");
            assert!(counted.others.left > OTHERS_AT_ONCE - 1.0);
        }
    }

    #[test]
    fn a_flood_is_noticed_and_pings_beside_calls_are_not() {
        let mut counted = ControlFrames::new();
        assert!(counted.read(&[b'x'; PREFACE_BYTES]));
        let mut beside_calls = frames(HEADERS, 20, 1);
        beside_calls.extend(frames(PING, 8, 3));
        for _ in 0..50_000 {
            assert!(counted.read(&beside_calls));
        }
        assert!(counted.read(&frames(PING, 8, 19_990)));
        assert!(!counted.read(&frames(PING, 8, 5_000)));
    }
}
