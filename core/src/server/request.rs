//! Reading one gRPC request: the path, the headers that matter, the message.

use std::time::Duration;

use bytes::{Buf, Bytes, BytesMut};

use super::{
    http2::Message,
    limits::{Memory, Reservation},
};
use crate::{call::Failure, hook::Hook, package::Package};

const SERVICE: &str = "HookProvider";
/// A gRPC message is preceded by a compression flag and its length.
pub(crate) const MESSAGE_PREFIX_BYTES: usize = 5;

/// The hook that a path such as `/emqx.exhook.v2.HookProvider/OnClientConnect` names.
pub(crate) fn parse_path(path: &str) -> Option<(Package, Hook)> {
    let (service, rpc) = path.strip_prefix('/')?.split_once('/')?;
    let package_name = service.strip_suffix(SERVICE)?.strip_suffix('.')?;
    let package = Package::ALL
        .into_iter()
        .find(|package| package.name() == package_name)?;
    Some((package, Hook::from_rpc(package, rpc)?))
}

/// Whether a content type is one of gRPC.
pub(crate) fn is_grpc(content_type: &[u8]) -> bool {
    content_type.starts_with(b"application/grpc")
}

/// The header `grpc-timeout`: a number of at most 8 digits and a unit. EMQX writes `5S` for its
/// `request_timeout`, cutting off fractions of seconds above one second.
pub(crate) fn grpc_timeout(value: &[u8]) -> Option<Duration> {
    let (unit, digits) = value.split_last()?;
    if digits.is_empty() || digits.len() > 8 {
        return None;
    }
    let mut number = 0;
    for digit in digits {
        let digit = digit.checked_sub(b'0').filter(|digit| *digit < 10)?;
        number = number * 10 + u64::from(digit);
    }
    Some(match unit {
        b'H' => Duration::from_secs(number * 3_600),
        b'M' => Duration::from_secs(number * 60),
        b'S' => Duration::from_secs(number),
        b'm' => Duration::from_millis(number),
        b'u' => Duration::from_micros(number),
        b'n' => Duration::from_nanos(number),
        _ => return None,
    })
}

/// The message in the one DATA frame of a request.
pub(crate) fn whole_message(mut data: Bytes, most: usize) -> Result<Bytes, Failure> {
    if data.len() > most.saturating_add(MESSAGE_PREFIX_BYTES) {
        return Err(Failure::TooLarge);
    }
    if data.len() < MESSAGE_PREFIX_BYTES {
        return Err(Failure::Undecodable);
    }
    let compressed = data.get_u8() != 0;
    let length = data.get_u32() as usize;
    if compressed || data.len() != length {
        return Err(Failure::Undecodable);
    }
    Ok(data)
}

/// Puts DATA frames together until the message is whole; what cannot be kept is let go at once.
pub(crate) struct MessageReader {
    most: usize,
    gathered: BytesMut,
    reservation: Option<Reservation>,
    failed: Option<Failure>,
}

impl MessageReader {
    pub(crate) fn new(most: usize) -> Self {
        Self {
            most,
            gathered: BytesMut::new(),
            reservation: None,
            failed: None,
        }
    }

    // Copied, because a short frame would keep all of the memory that was read at once.
    pub(crate) fn push(&mut self, data: &[u8]) {
        if self.failed.is_some() {
            return;
        }
        let size = self.gathered.len() + data.len();
        if size > self.most.saturating_add(MESSAGE_PREFIX_BYTES) {
            self.fail(Failure::TooLarge);
        } else {
            self.gathered.extend_from_slice(data);
        }
    }

    /// Reserves what has arrived, because the rest has not.
    pub(crate) fn keep(&mut self, memory: &Memory) {
        let bytes = self.gathered.capacity();
        if bytes > 0 {
            let reservation = self.reservation.get_or_insert_with(|| memory.reserve());
            if !reservation.resize(bytes) {
                self.fail(Failure::Overload);
            }
        }
    }

    fn fail(&mut self, failure: Failure) {
        self.failed = Some(failure);
        self.gathered = BytesMut::new();
        self.reservation = None;
    }

    /// The message, if it is whole now; the reservation is handed out with it.
    pub(crate) fn finish(self) -> Message {
        if let Some(failure) = self.failed {
            return Err(failure);
        }
        let message = whole_message(self.gathered.freeze(), self.most)?;
        Ok((message, self.reservation))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_of_all_packages_name_their_hook() {
        assert_eq!(
            parse_path("/emqx.exhook.v1.HookProvider/OnClientCheckAcl"),
            Some((Package::V1, Hook::ClientAuthorize))
        );
        assert_eq!(
            parse_path("/emqx.exhook.v3.HookProvider/OnMessageIngress"),
            Some((Package::V3, Hook::MessageIngress))
        );
        for unknown in [
            "/emqx.exhook.v2.HookProvider/OnMessageIngress",
            "/emqx.exhook.v2.HookProvider/OnClientCheckAcl",
            "/emqx.exhook.v4.HookProvider/OnClientConnect",
            "/emqx.exhook.v1HookProvider/OnClientConnect",
            "/grpc.health.v1.Health/Check",
            "/",
            "",
        ] {
            assert_eq!(parse_path(unknown), None, "{unknown}");
        }
    }

    #[test]
    fn timeouts_are_read_in_every_unit() {
        for (text, expected) in [
            ("5S", Some(Duration::from_secs(5))),
            ("300m", Some(Duration::from_millis(300))),
            ("1H", Some(Duration::from_secs(3_600))),
            ("99999999u", Some(Duration::from_micros(99_999_999))),
            ("0n", Some(Duration::ZERO)),
            ("123456789S", None),
            ("5", None),
            ("S", None),
            ("-1S", None),
            ("", None),
        ] {
            assert_eq!(grpc_timeout(text.as_bytes()), expected, "{text}");
        }
    }

    fn message(reader: MessageReader) -> Result<Bytes, Failure> {
        reader.finish().map(|(message, _)| message)
    }

    #[test]
    fn a_message_in_many_frames_is_put_together() {
        let whole = [0, 0, 0, 0, 3, 7, 8, 9];
        for size in 1..=whole.len() {
            let mut reader = MessageReader::new(3);
            for chunk in whole.chunks(size) {
                reader.push(chunk);
            }
            assert_eq!(message(reader), Ok(Bytes::from_static(&[7, 8, 9])));
        }
    }

    #[test]
    fn what_has_to_be_kept_is_reserved_and_let_go_where_there_is_no_room() {
        let memory = Memory::new(64);
        let mut reader = MessageReader::new(1_000);
        reader.push(&[0, 0, 0, 0, 3, 7, 8]);
        reader.keep(&memory);
        assert!(!memory.reserve().resize(64), "some is reserved");
        let mut other = MessageReader::new(1_000);
        other.push(&[0; 100]);
        other.keep(&memory);
        assert_eq!(message(other), Err(Failure::Overload));
        reader.push(&[9]);
        assert_eq!(message(reader), Ok(Bytes::from_static(&[7, 8, 9])));
        assert!(memory.reserve().resize(64), "all has come back");
    }

    #[test]
    fn broken_and_large_messages_are_told_apart() {
        let read = |bytes: &'static [u8], most| {
            let mut reader = MessageReader::new(most);
            reader.push(bytes);
            let message = message(reader);
            assert_eq!(message, whole_message(Bytes::from_static(bytes), most));
            message
        };
        assert_eq!(read(&[], 10), Err(Failure::Undecodable));
        assert_eq!(read(&[0, 0, 0], 10), Err(Failure::Undecodable));
        assert_eq!(read(&[1, 0, 0, 0, 0], 10), Err(Failure::Undecodable));
        assert_eq!(read(&[0, 0, 0, 0, 2, 1], 10), Err(Failure::Undecodable));
        assert_eq!(read(&[0, 0, 0, 0, 2, 1, 2], 1), Err(Failure::TooLarge));
        assert_eq!(read(&[0, 0, 0, 0, 0], 1), Ok(Bytes::new()));
    }
}
