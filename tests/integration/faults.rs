//! What programs do wrong, and what breaks around them: what brokers are told then, what the log
//! says, and what is counted. docs/operations.md has the table.

mod brokers;
mod handlers;
#[cfg(target_os = "linux")]
mod process;

use std::time::Duration;

use exhook::testing::CallOutcome;

/// How long brokers wait by default.
const REQUEST_TIMEOUT: Duration = Duration::from_secs(60);

/// Asserts that the broker was answered in time, and with no error of gRPC's.
fn assert_answered(outcome: &CallOutcome) {
    assert_eq!(outcome.grpc_status, Some(0), "{outcome:?}");
    assert!(!outcome.timed_out && outcome.reset.is_none(), "{outcome:?}");
}
