//! [`ControlFrames`]: how many frames a peer sends that ask nothing.

use std::time::Instant;

use crate::frame::kind::{CONTINUATION, DATA, HEADERS, RST_STREAM, SETTINGS, WINDOW_UPDATE};

/// Brokers send one SETTINGS, but each can make the server look at every stream.
const SETTINGS_AT_ONCE: f64 = 200.0;
const SETTINGS_PER_SECOND: f64 = 1.0;
/// Brokers cancel calls whose answer is late, but no call that they are sending.
const BROKEN_OFF_AT_ONCE: f64 = 100.0;
const BROKEN_OFF_PER_SECOND: f64 = 10.0;
/// Brokers send a PING a minute; other clients as many as they make calls.
const OTHERS_AT_ONCE: f64 = 20_000.0;
const OTHERS_PER_SECOND: f64 = 200.0;
const OTHERS_PER_CALL: f64 = 4.0;

/// Counts PING, SETTINGS, PRIORITY, unknown and empty frames, and requests that are broken off.
pub(super) struct ControlFrames {
    settings: Allowance,
    broken_off: Allowance,
    others: Allowance,
}

impl ControlFrames {
    pub(super) fn new() -> Self {
        Self {
            settings: Allowance::new(SETTINGS_AT_ONCE, SETTINGS_PER_SECOND),
            broken_off: Allowance::new(BROKEN_OFF_AT_ONCE, BROKEN_OFF_PER_SECOND),
            others: Allowance::new(OTHERS_AT_ONCE, OTHERS_PER_SECOND),
        }
    }

    /// Counts a frame with so many bytes of payload; whether it is still bearable.
    pub(super) fn count(&mut self, kind: u8, length: usize) -> bool {
        match kind {
            HEADERS => {
                self.others.add(OTHERS_PER_CALL);
                true
            }
            DATA if length > 0 => true,
            RST_STREAM | WINDOW_UPDATE | CONTINUATION => true,
            SETTINGS => self.settings.take(),
            _ => self.others.take(),
        }
    }

    /// Counts a request that the peer ended before it was complete; whether it is still bearable.
    pub(super) fn count_broken_off(&mut self) -> bool {
        self.broken_off.take()
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
    use crate::frame::kind::PING;

    #[test]
    fn a_flood_is_noticed_and_pings_beside_calls_are_not() {
        let mut counted = ControlFrames::new();
        for _ in 0..50_000 {
            assert!(counted.count(HEADERS, 20));
            assert!((0..3).all(|_| counted.count(PING, 8)));
        }
        assert!((0..19_990).all(|_| counted.count(PING, 8)));
        assert!(!(0..5_000).all(|_| counted.count(PING, 8)));
    }

    #[test]
    fn data_is_not_counted_unless_it_is_empty() {
        let mut counted = ControlFrames::new();
        assert!((0..50_000).all(|_| counted.count(DATA, 1)));
        assert!(!(0..50_000).all(|_| counted.count(DATA, 0)));
    }

    #[test]
    fn of_settings_and_requests_that_are_broken_off_a_few_are_bearable() {
        let mut counted = ControlFrames::new();
        assert!((0..150).all(|_| counted.count(SETTINGS, 6)));
        assert!(!(0..1_000).all(|_| counted.count(SETTINGS, 6)));
        assert!((0..50).all(|_| counted.count_broken_off()));
        assert!(!(0..1_000).all(|_| counted.count_broken_off()));
    }
}
