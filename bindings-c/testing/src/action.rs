//! What happens to a broker and its network: restarts, cuts, delays.

use std::time::Duration;

use exhook_core::testing::Broker;

use crate::{
    argument::text,
    broker::{broker_of, exhook_test_broker},
    error::{Outcome, exhook_test_error, handed_over},
    guard::guard,
    simulation::Running,
    view::exhook_str,
};

/// Does something with a broker that runs.
///
/// # Safety
///
/// `broker` is NULL, or a broker of the caller's that is not freed.
unsafe fn with(
    broker: *mut exhook_test_broker,
    act: impl FnOnce(&Running, Broker) -> Outcome,
) -> *mut exhook_test_error {
    // SAFETY: the caller keeps this function's promise.
    let running = unsafe { broker_of(broker) }.and_then(exhook_test_broker::running);
    handed_over(running.and_then(|running| act(&running, running.broker.clone())))
}

/// Restarts every node: where `orderly`, each unloads its servers before, else as if it were
/// killed. Sessions and retained messages stay.
///
/// Ownership: a returned error is the caller's, to be freed.
/// Threads: any.
/// Valid until: nothing that is returned refers to anything.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn exhook_test_broker_restart(
    broker: *mut exhook_test_broker,
    orderly: bool,
) -> *mut exhook_test_error {
    let restart = |running: &Running, broker: Broker| {
        running.run(async move { broker.restart(orderly).await })
    };
    // SAFETY: NULL, or a broker of the caller's.
    guard(|| unsafe { with(broker, restart) })
}

/// Cuts every connection to the servers, as a network does that fails. What the broker does then
/// depends on its version: it connects again at once, at the next call or after a while.
///
/// Ownership: a returned error is the caller's, to be freed.
/// Threads: any.
/// Valid until: nothing that is returned refers to anything.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn exhook_test_broker_cut_connections(
    broker: *mut exhook_test_broker,
) -> *mut exhook_test_error {
    let cut = |running: &Running, broker: Broker| {
        running.run(async move { broker.cut_connections().await })
    };
    // SAFETY: NULL, or a broker of the caller's.
    guard(|| unsafe { with(broker, cut) })
}

/// Makes every call take so many milliseconds longer, as a slow network does; they count against
/// the time that the broker waits.
///
/// Ownership: a returned error is the caller's, to be freed.
/// Threads: any.
/// Valid until: nothing that is returned refers to anything.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn exhook_test_broker_delay_calls(
    broker: *mut exhook_test_broker,
    delay_ms: u64,
) -> *mut exhook_test_error {
    let delay = |_: &Running, broker: Broker| {
        broker.delay_calls(Duration::from_millis(delay_ms));
        Ok(())
    };
    // SAFETY: NULL, or a broker of the caller's.
    guard(|| unsafe { with(broker, delay) })
}

/// Loads a server on every node, as enabling it in EMQX does. That it cannot be loaded is no error:
/// `exhook_test_broker_status` tells.
///
/// Fails where no server has this name.
///
/// Ownership: the name is copied. A returned error is the caller's, to be freed.
/// Threads: any.
/// Valid until: nothing that is returned refers to anything.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn exhook_test_broker_enable(
    broker: *mut exhook_test_broker,
    name: exhook_str,
) -> *mut exhook_test_error {
    let enable = |running: &Running, broker: Broker| {
        // SAFETY: the name is kept during the call.
        let name = unsafe { text(name, "the name") }?.to_owned();
        running.attempt(async move { broker.enable(&name).await })
    };
    // SAFETY: NULL, or a broker of the caller's.
    guard(|| unsafe { with(broker, enable) })
}

/// Unloads a server on every node, as disabling it in EMQX does.
///
/// Fails where no server has this name.
///
/// Ownership: the name is copied. A returned error is the caller's, to be freed.
/// Threads: any.
/// Valid until: nothing that is returned refers to anything.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn exhook_test_broker_disable(
    broker: *mut exhook_test_broker,
    name: exhook_str,
) -> *mut exhook_test_error {
    let disable = |running: &Running, broker: Broker| {
        // SAFETY: the name is kept during the call.
        let name = unsafe { text(name, "the name") }?.to_owned();
        running.attempt(async move { broker.disable(&name).await })
    };
    // SAFETY: NULL, or a broker of the caller's.
    guard(|| unsafe { with(broker, disable) })
}
