//! The generated protobuf types of the three packages.
//!
//! Package v3 is a superset of v2 on the wire, so its types are the one set that the rest of the
//! crate and user code know; they are re-exported here. Requests of older packages are translated
//! into them as they arrive.

// Documented in proto/*.proto; the generator cannot satisfy the lints meant for hand-written code.
#![allow(missing_docs, clippy::all, clippy::pedantic, unreachable_pub)]

use std::fmt;

/// Package `emqx.exhook.v1`: EMQX 4.3 and 4.4.
pub mod v1 {
    include!(concat!(env!("OUT_DIR"), "/emqx.exhook.v1.rs"));
}

/// Package `emqx.exhook.v2`: EMQX 5.0 to 5.8.
pub mod v2 {
    include!(concat!(env!("OUT_DIR"), "/emqx.exhook.v2.rs"));
}

/// Package `emqx.exhook.v3`: EMQX 5.9 and later.
pub mod v3 {
    include!(concat!(env!("OUT_DIR"), "/emqx.exhook.v3.rs"));
}

pub use v3::*;

/// The descriptors of all three packages: an encoded `google.protobuf.FileDescriptorSet`.
pub const FILE_DESCRIPTOR_SET: &[u8] =
    include_bytes!(concat!(env!("OUT_DIR"), "/exhook_descriptors.bin"));

/// What a `Debug` output shows in place of a password.
pub const REDACTED: &str = "<redacted>";

macro_rules! redacted_debug {
    ($($package:ident { $($field:ident)* })*) => {$(
        impl fmt::Debug for $package::ClientInfo {
            fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                let mut debug = formatter.debug_struct("ClientInfo");
                $(debug.field(stringify!($field), &self.$field);)*
                if !self.password.is_empty() {
                    debug.field("password", &REDACTED);
                }
                debug.finish_non_exhaustive()
            }
        }
    )*};
}

redacted_debug! {
    v1 { node clientid username peerhost sockport protocol mountpoint is_superuser anonymous cn dn }
    v2 { node clientid username peerhost sockport protocol mountpoint is_superuser anonymous cn dn peerport }
    v3 { node clientid username peerhost sockport protocol mountpoint is_superuser anonymous cn dn peerport }
}
