//! What each side tells the other about itself (RFC 9113, section 6.5).

use super::Code;
use crate::frame::{
    DEFAULT_WINDOW, MASK, flag, kind, number,
    setting::{
        ENABLE_PUSH, HEADER_TABLE_SIZE, INITIAL_WINDOW_SIZE, MAX_FRAME_SIZE, MAX_HEADER_LIST_SIZE,
    },
    write,
};

const ENTRY_BYTES: usize = 6;
const FRAME_SIZES: std::ops::RangeInclusive<u32> = 16_384..=16_777_215;

/// A whole stream window in one DATA frame, which is then decoded without being copied together.
pub(super) const MAX_FRAME_BYTES: u32 = DEFAULT_WINDOW;
/// All streams of a connection together; announced by `WINDOW_UPDATE`, which every client applies.
pub(super) const CONNECTION_WINDOW: u32 = 16 * 1024 * 1024;

/// What the peer can take.
pub(super) struct PeerSettings {
    /// How many bytes of DATA a new stream takes.
    pub(super) window: u32,
    /// How many bytes of payload a frame may have.
    pub(super) frame_bytes: u32,
    /// Whether fields may be named by number.
    pub(super) keeps_fields: bool,
}

impl Default for PeerSettings {
    fn default() -> Self {
        Self {
            window: DEFAULT_WINDOW,
            frame_bytes: *FRAME_SIZES.start(),
            keeps_fields: true,
        }
    }
}

impl PeerSettings {
    /// Applies what a SETTINGS frame says; fails where that makes no sense.
    pub(super) fn apply(&mut self, payload: &[u8]) -> Result<(), Code> {
        let (entries, []) = payload.as_chunks::<ENTRY_BYTES>() else {
            return Err(Code::FrameSizeError);
        };
        for [high, low, value @ ..] in entries {
            let value = u32::from_be_bytes(*value);
            match u16::from_be_bytes([*high, *low]) {
                // What we name by number takes some hundred bytes: the default, or nothing.
                HEADER_TABLE_SIZE => self.keeps_fields &= value >= 4_096,
                ENABLE_PUSH if value > 1 => return Err(Code::ProtocolError),
                INITIAL_WINDOW_SIZE if value > MASK => {
                    return Err(Code::FlowControlError);
                }
                INITIAL_WINDOW_SIZE => self.window = value,
                MAX_FRAME_SIZE if !FRAME_SIZES.contains(&value) => {
                    return Err(Code::ProtocolError);
                }
                MAX_FRAME_SIZE => self.frame_bytes = value,
                _ => {}
            }
        }
        Ok(())
    }
}

/// Says what we can take.
///
/// The window of streams stays at the default: gun 1.3 (EMQX up to 5.8.8) does not apply a larger
/// one to streams that are open when it learns of it, and would then wait for an update that is not
/// due. And there is no limit of concurrent streams: brokers ignore it, and hang on the streams above
/// it.
pub(super) fn introduce(out: &mut Vec<u8>, max_header_bytes: u32) {
    let mut payload = Vec::new();
    for (setting, value) in [
        (INITIAL_WINDOW_SIZE, DEFAULT_WINDOW),
        (MAX_FRAME_SIZE, MAX_FRAME_BYTES),
        (MAX_HEADER_LIST_SIZE, max_header_bytes),
    ] {
        payload.extend_from_slice(&setting.to_be_bytes());
        payload.extend_from_slice(&value.to_be_bytes());
    }
    write(out, kind::SETTINGS, 0, 0, &payload);
    let more = CONNECTION_WINDOW - DEFAULT_WINDOW;
    write(out, kind::WINDOW_UPDATE, 0, 0, &more.to_be_bytes());
}

/// Says that a SETTINGS frame was applied.
pub(super) fn acknowledge(out: &mut Vec<u8>) {
    write(out, kind::SETTINGS, flag::ACK, 0, &[]);
}

/// The increment of a `WINDOW_UPDATE`; `None` where the frame has not the size for one.
pub(super) fn increment(payload: &[u8]) -> Option<u32> {
    let increment = number(payload).filter(|_| payload.len() == 4)?;
    Some(increment & MASK)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(setting: u16, value: u32) -> Vec<u8> {
        [&setting.to_be_bytes()[..], &value.to_be_bytes()].concat()
    }

    #[test]
    fn settings_are_applied_and_nonsense_is_refused() {
        let mut settings = PeerSettings::default();
        let several = [
            entry(INITIAL_WINDOW_SIZE, 7),
            entry(MAX_FRAME_SIZE, 20_000),
            entry(99, 1),
        ]
        .concat();
        assert_eq!(settings.apply(&several), Ok(()));
        assert_eq!((settings.window, settings.frame_bytes), (7, 20_000));
        assert!(settings.keeps_fields);
        assert_eq!(settings.apply(&entry(HEADER_TABLE_SIZE, 0)), Ok(()));
        assert_eq!(settings.apply(&entry(HEADER_TABLE_SIZE, 4_096)), Ok(()));
        assert!(!settings.keeps_fields, "never again");
        for (nonsense, code) in [
            (entry(ENABLE_PUSH, 2), Code::ProtocolError),
            (entry(INITIAL_WINDOW_SIZE, 1 << 31), Code::FlowControlError),
            (entry(MAX_FRAME_SIZE, 16_383), Code::ProtocolError),
            (vec![0; 5], Code::FrameSizeError),
        ] {
            assert_eq!(settings.apply(&nonsense), Err(code), "{nonsense:?}");
        }
    }
}
