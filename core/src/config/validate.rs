//! What values of options have a meaning.

use super::options::Config;
use crate::{
    error::{Error, ErrorCode},
    server::{AdminAddress, TlsOptions},
    trace::TraceOptions,
};

impl Config {
    /// Checks that every value has a meaning.
    ///
    /// # Errors
    ///
    /// [`ErrorCode::InvalidOption`], naming the option and what it takes.
    pub fn validate(&self) -> Result<(), Error> {
        for (name, value) in [
            ("timeout_ms", self.timeout_ms),
            ("max_inflight", self.max_inflight as u64),
            ("inbox_capacity", self.inbox_capacity as u64),
            ("io_threads", self.io_threads as u64),
            ("max_message_bytes", self.max_message_bytes as u64),
            ("max_buffered_bytes", self.max_buffered_bytes as u64),
            ("max_header_bytes", self.max_header_bytes as u64),
            (
                "max_inflight_per_connection",
                self.max_inflight_per_connection as u64,
            ),
            ("max_connections", self.max_connections as u64),
            (
                "max_connections_per_peer",
                self.max_connections_per_peer as u64,
            ),
            ("max_handshakes", self.max_handshakes as u64),
            ("handshake_timeout_ms", self.handshake_timeout_ms),
            ("receive_timeout_ms", self.receive_timeout_ms),
            ("drain_timeout_ms", self.drain_timeout_ms),
            ("decision_log_max_bytes", self.decision_log_max_bytes),
        ] {
            if value == 0 {
                return Err(Error::new(
                    ErrorCode::InvalidOption,
                    format!("{name} is 0; it must be at least 1"),
                ));
            }
        }
        if self.io_threads > 256 {
            return Err(Error::new(
                ErrorCode::InvalidOption,
                format!("io_threads is {}; at most 256 make sense", self.io_threads),
            ));
        }
        if self.max_message_bytes > u32::MAX as usize {
            return Err(Error::new(
                ErrorCode::InvalidOption,
                format!(
                    "max_message_bytes is {}; a gRPC message has at most {}",
                    self.max_message_bytes,
                    u32::MAX
                ),
            ));
        }
        AdminAddress::of(self)?;
        TlsOptions::of(self)?;
        TraceOptions::of(self)?;
        Ok(())
    }
}
