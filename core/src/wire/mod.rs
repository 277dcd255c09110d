//! Protobuf on plain slices, for the messages that come with every call.
//!
//! prost decodes from any kind of buffer. A request is one slice, which [`decode`] reads with fewer
//! instructions. The build script writes [`DecodeFields`] for every message that a request holds;
//! what these decoders refuse, prost decides.

mod reader;
#[cfg(test)]
mod tests;
mod writer;

use bytes::Bytes;
use prost::{DecodeError, Message};

pub(crate) use reader::{Malformed, Reader};
pub(crate) use writer::{delimited_len, put_delimited, put_length, put_varint, varint_len};

/// A message that can be read from one slice.
pub(crate) trait DecodeFields: Default {
    /// Reads the field of this key, its number shifted by three and its wire type.
    fn decode_field(&mut self, key: u32, reader: &mut Reader<'_>) -> Result<(), Malformed>;
}

/// Decodes what prost would, to the same message or error.
pub(crate) fn decode<M: DecodeFields + Message>(body: Bytes) -> Result<M, DecodeError> {
    let mut message = M::default();
    match Reader::new(&body).fields(&mut message) {
        Ok(()) => Ok(message),
        Err(Malformed) => M::decode(body),
    }
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_possible_wrap,
    clippy::manual_range_patterns,
    deprecated,
    reason = "numbers are cut as protobuf prescribes, older brokers send deprecated fields, and \
              the generator lists field numbers"
)]
mod generated {
    use super::{DecodeFields, Malformed, Reader};
    use crate::proto::{v1, v2, v3};

    include!(concat!(env!("OUT_DIR"), "/decoder.rs"));

    #[cfg(any(test, feature = "testing"))]
    pub(super) use for_each_rpc;
}

/// Decodes the request of an rpc of a package, and says whether there is such an rpc.
///
/// # Panics
///
/// When prost makes something else of it.
#[cfg(any(test, feature = "testing"))]
pub(crate) fn compare_with_prost(package: &str, rpc: &str, body: &Bytes) -> bool {
    use crate::proto::{v1, v2, v3};

    macro_rules! compare {
        ($(($package:literal, $rpc:literal) => $request:ty,)*) => {
            match (package, rpc) {
                $(($package, $rpc) => assert_eq!(
                    decode::<$request>(body.clone()),
                    <$request>::decode(body.clone())
                ),)*
                _ => return false,
            }
        };
    }
    generated::for_each_rpc!(compare);
    true
}
