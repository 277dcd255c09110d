//! The three protobuf packages that brokers speak, and what is different in each.
//!
//! No field tells the package: it stands in the request's path only. One broker node speaks one
//! package, but during a rolling upgrade one server sees several at once.

mod erlang;
mod legacy;
mod version;

use std::fmt;

use prost::DecodeError;

pub(crate) use legacy::decode;
#[cfg(feature = "testing")]
pub(crate) use legacy::property_lists;
pub use version::BrokerVersion;

/// A protobuf package of the exhook protocol.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum Package {
    /// `emqx.exhook.v1`: EMQX 4.3 and 4.4.
    V1,
    /// `emqx.exhook.v2`: EMQX 5.0 to 5.8.
    V2,
    /// `emqx.exhook.v3`: EMQX 5.9 and later.
    V3,
}

impl Package {
    /// All packages, oldest first.
    pub const ALL: [Package; 3] = [Package::V1, Package::V2, Package::V3];

    /// The package's full name, such as `emqx.exhook.v2`.
    pub const fn name(self) -> &'static str {
        match self {
            Package::V1 => "emqx.exhook.v1",
            Package::V2 => "emqx.exhook.v2",
            Package::V3 => "emqx.exhook.v3",
        }
    }

    /// The short name, `v1`, `v2` or `v3`: a label in metrics and on the command line.
    pub const fn short_name(self) -> &'static str {
        match self {
            Package::V1 => "v1",
            Package::V2 => "v2",
            Package::V3 => "v3",
        }
    }

    /// The package of this short name.
    pub fn from_short_name(name: &str) -> Option<Self> {
        Package::ALL
            .into_iter()
            .find(|package| package.short_name() == name)
    }
}

impl fmt::Display for Package {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.short_name())
    }
}

/// How the numbers of `ValuedResponse.ResponsedType` are read by the broker that calls.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum VerdictNumbers {
    /// CONTINUE is 0 and IGNORE is 1, as in every broker since 4.3.3.
    #[default]
    Current,
    /// IGNORE is 0 and CONTINUE is 1, as EMQX 4.3.0 to 4.3.2 have it.
    Swapped,
}

/// Why the bytes of a request are not a request.
pub(crate) type RequestDecodeError = DecodeError;
