//! Reading one gRPC request: the path, the headers that matter, the message.

use std::{future::poll_fn, time::Duration};

use bytes::{Buf, Bytes, BytesMut};
use h2::RecvStream;
use http::HeaderMap;

use super::limits::{Memory, Reservation};
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

/// Whether the content type is one of gRPC.
pub(crate) fn is_grpc(headers: &HeaderMap) -> bool {
    headers
        .get(http::header::CONTENT_TYPE)
        .is_some_and(|value| value.as_bytes().starts_with(b"application/grpc"))
}

/// The header `grpc-timeout`: a number of at most 8 digits and a unit. EMQX writes `5S` for its
/// `request_timeout`, cutting off fractions of seconds above one second.
pub(crate) fn grpc_timeout(headers: &HeaderMap) -> Option<Duration> {
    let text = headers.get("grpc-timeout")?.to_str().ok()?;
    let (digits, unit) = text.split_at_checked(text.len().checked_sub(1)?)?;
    if digits.len() > 8 || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let number: u64 = digits.parse().ok()?;
    Some(match unit {
        "H" => Duration::from_secs(number * 3_600),
        "M" => Duration::from_secs(number * 60),
        "S" => Duration::from_secs(number),
        "m" => Duration::from_millis(number),
        "u" => Duration::from_micros(number),
        "n" => Duration::from_nanos(number),
        _ => return None,
    })
}

/// Reads the one message of a unary request, to the end of the stream: a stream that is let go
/// before would be reset, which makes a broker wait out its timeout.
///
/// What has arrived of a message that is not complete is reserved; the reservation is handed out with
/// the message.
pub(crate) async fn read_message(
    mut body: RecvStream,
    most: usize,
    memory: &Memory,
) -> Result<(Bytes, Option<Reservation>), Failure> {
    let mut reader = MessageReader::new(most);
    while let Some(data) = next_data(&mut body, &mut reader, memory).await {
        let data = data.map_err(|_| Failure::Undecodable)?;
        // Fails only when more is released than was received.
        let _ = body.flow_control().release_capacity(data.len());
        reader.push(data);
    }
    let reservation = reader.reservation.take();
    reader.finish().map(|message| (message, reservation))
}

async fn next_data(
    body: &mut RecvStream,
    reader: &mut MessageReader,
    memory: &Memory,
) -> Option<Result<Bytes, h2::Error>> {
    poll_fn(|context| {
        let data = body.poll_data(context);
        if data.is_pending() {
            reader.keep(memory);
        }
        data
    })
    .await
}

/// Puts DATA frames together until the message is whole; what cannot be kept is let go at once.
struct MessageReader {
    most: usize,
    first: Bytes,
    gathered: BytesMut,
    reservation: Option<Reservation>,
    failed: Option<Failure>,
}

impl MessageReader {
    fn new(most: usize) -> Self {
        Self {
            most,
            first: Bytes::new(),
            gathered: BytesMut::new(),
            reservation: None,
            failed: None,
        }
    }

    // Nearly every request is one frame, which is kept as it is.
    fn push(&mut self, data: Bytes) {
        if self.failed.is_some() {
            return;
        }
        let size = self.first.len() + self.gathered.len() + data.len();
        if size > self.most.saturating_add(MESSAGE_PREFIX_BYTES) {
            self.fail(Failure::TooLarge);
        } else if self.first.is_empty() && self.gathered.is_empty() {
            self.first = data;
        } else {
            self.gather();
            self.gathered.extend_from_slice(&data);
        }
    }

    fn gather(&mut self) {
        let first = std::mem::take(&mut self.first);
        self.gathered.extend_from_slice(&first);
    }

    /// Reserves what has arrived, because the rest has not.
    fn keep(&mut self, memory: &Memory) {
        // A short frame would keep all of the memory that was read at once.
        self.gather();
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
        self.first = Bytes::new();
        self.gathered = BytesMut::new();
        self.reservation = None;
    }

    fn finish(self) -> Result<Bytes, Failure> {
        if let Some(failure) = self.failed {
            return Err(failure);
        }
        let mut whole = if self.gathered.is_empty() {
            self.first
        } else {
            self.gathered.freeze()
        };
        if whole.len() < MESSAGE_PREFIX_BYTES {
            return Err(Failure::Undecodable);
        }
        let compressed = whole.get_u8() != 0;
        let length = whole.get_u32() as usize;
        if compressed || whole.len() != length {
            return Err(Failure::Undecodable);
        }
        Ok(whole)
    }
}

#[cfg(test)]
mod tests {
    use http::HeaderValue;

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
            let mut headers = HeaderMap::new();
            headers.insert("grpc-timeout", HeaderValue::from_static(text));
            assert_eq!(grpc_timeout(&headers), expected, "{text}");
        }
    }

    #[test]
    fn a_message_in_many_frames_is_put_together() {
        let whole = [0, 0, 0, 0, 3, 7, 8, 9];
        for size in 1..=whole.len() {
            let mut reader = MessageReader::new(3);
            for chunk in whole.chunks(size) {
                reader.push(Bytes::copy_from_slice(chunk));
            }
            assert_eq!(reader.finish(), Ok(Bytes::from_static(&[7, 8, 9])));
        }
    }

    #[test]
    fn what_has_to_be_kept_is_reserved_and_let_go_where_there_is_no_room() {
        let memory = Memory::new(64);
        let mut reader = MessageReader::new(1_000);
        reader.push(Bytes::from_static(&[0, 0, 0, 0, 3, 7, 8]));
        reader.keep(&memory);
        assert!(!memory.reserve().resize(64), "some is reserved");
        let mut other = MessageReader::new(1_000);
        other.push(Bytes::from_static(&[0; 100]));
        other.keep(&memory);
        assert_eq!(other.finish(), Err(Failure::Overload));
        reader.push(Bytes::from_static(&[9]));
        assert_eq!(reader.finish(), Ok(Bytes::from_static(&[7, 8, 9])));
        assert!(memory.reserve().resize(64), "all has come back");
    }

    #[test]
    fn broken_and_large_messages_are_told_apart() {
        let read = |bytes: &'static [u8], most| {
            let mut reader = MessageReader::new(most);
            reader.push(Bytes::from_static(bytes));
            reader.finish()
        };
        assert_eq!(read(&[], 10), Err(Failure::Undecodable));
        assert_eq!(read(&[0, 0, 0], 10), Err(Failure::Undecodable));
        assert_eq!(read(&[1, 0, 0, 0, 0], 10), Err(Failure::Undecodable));
        assert_eq!(read(&[0, 0, 0, 0, 2, 1], 10), Err(Failure::Undecodable));
        assert_eq!(read(&[0, 0, 0, 0, 2, 1, 2], 1), Err(Failure::TooLarge));
        assert_eq!(read(&[0, 0, 0, 0, 0], 1), Ok(Bytes::new()));
    }
}
