//! The calls that a broker has made.

use std::time::Duration;

use exhook_core::{
    Hook,
    testing::{Broker, HookCall},
};

use crate::{
    argument::{said, text},
    broker::{broker_of, exhook_test_broker},
    call::exhook_test_call,
    error::Outcome,
    guard::guard,
    hook::{HookNumber, hook_of},
    view::exhook_str,
};

/// Which calls are meant.
struct Wanted {
    hook: Hook,
    clientid: String,
}

impl Wanted {
    /// # Safety
    ///
    /// The text is kept during the call.
    unsafe fn read(hook: HookNumber, clientid: exhook_str) -> Outcome<Self> {
        Ok(Self {
            hook: hook_of(hook)?,
            // SAFETY: the caller keeps this function's promise.
            clientid: unsafe { text(clientid, "the client id") }?.to_owned(),
        })
    }

    fn calls(&self, broker: &Broker) -> impl Iterator<Item = HookCall> {
        broker.calls().into_iter().filter(|call| {
            call.hook == self.hook && (self.clientid.is_empty() || call.clientid == self.clientid)
        })
    }
}

impl exhook_test_broker {
    /// A call as C gets it, the same pointer each time.
    fn handed_over(&self, call: Option<HookCall>) -> *const exhook_test_call {
        let Some(call) = call else {
            return std::ptr::null();
        };
        let number = call.number;
        self.calls.find(
            |known| known.call.number == number,
            || exhook_test_call { call },
        )
    }
}

/// How many calls the broker has made so far, `provider.loaded` included.
///
/// Ownership: nothing is handed over.
/// Threads: any.
/// Valid until: nothing that is returned refers to anything.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn exhook_test_broker_calls_count(
    broker: *const exhook_test_broker,
) -> usize {
    let count = || {
        // SAFETY: NULL, or a broker of the caller's.
        let running = unsafe { broker_of(broker) }?.running()?;
        Ok(running.broker.calls().len())
    };
    guard(|| said("exhook_test_broker_calls_count", count(), 0))
}

/// The call at a place, from 0, in the order in which they ended; NULL where there is none.
///
/// Ownership: the call belongs to the broker.
/// Threads: any.
/// Valid until: the broker is freed.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn exhook_test_broker_calls_at(
    broker: *const exhook_test_broker,
    index: usize,
) -> *const exhook_test_call {
    let find = || {
        // SAFETY: NULL, or a broker of the caller's.
        let broker = unsafe { broker_of(broker) }?;
        let call = broker.running()?.broker.calls().into_iter().nth(index);
        Ok(broker.handed_over(call))
    };
    guard(|| said("exhook_test_broker_calls_at", find(), std::ptr::null()))
}

/// How often the broker has called a hook for a client; for anybody where the client id is empty.
///
/// Ownership: the text is used during the call only.
/// Threads: any.
/// Valid until: nothing that is returned refers to anything.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn exhook_test_broker_called(
    broker: *const exhook_test_broker,
    hook: HookNumber,
    clientid: exhook_str,
) -> usize {
    let count = || {
        // SAFETY: NULL, or a broker of the caller's; the text is kept during the call.
        let (broker, wanted) = unsafe { (broker_of(broker)?, Wanted::read(hook, clientid)?) };
        Ok(wanted.calls(&broker.running()?.broker).count())
    };
    guard(|| said("exhook_test_broker_called", count(), 0))
}

/// The call of a hook for a client, the first for 0; for anybody where the client id is empty. NULL
/// where there is none.
///
/// Ownership: the call belongs to the broker; the text is used during the call only.
/// Threads: any.
/// Valid until: the broker is freed.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn exhook_test_broker_call(
    broker: *const exhook_test_broker,
    hook: HookNumber,
    clientid: exhook_str,
    index: usize,
) -> *const exhook_test_call {
    let find = || {
        // SAFETY: NULL, or a broker of the caller's; the text is kept during the call.
        let (broker, wanted) = unsafe { (broker_of(broker)?, Wanted::read(hook, clientid)?) };
        let call = wanted.calls(&broker.running()?.broker).nth(index);
        Ok(broker.handed_over(call))
    };
    guard(|| said("exhook_test_broker_call", find(), std::ptr::null()))
}

/// Waits until the broker has called a hook so often for a client, or for anybody where the client
/// id is empty, for so many milliseconds at most; whether it has. What another thread's client does
/// is waited for in this way; a client's own functions return when their calls are made.
///
/// Ownership: the text is used during the call only.
/// Threads: any.
/// Valid until: nothing that is returned refers to anything.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn exhook_test_broker_wait_until_called(
    broker: *const exhook_test_broker,
    hook: HookNumber,
    clientid: exhook_str,
    count: usize,
    patience_ms: u64,
) -> bool {
    let wait = || {
        // SAFETY: NULL, or a broker of the caller's; the text is kept during the call.
        let (broker, wanted) = unsafe { (broker_of(broker)?, Wanted::read(hook, clientid)?) };
        let running = broker.running()?;
        let broker = running.broker.clone();
        let patience = Duration::from_millis(patience_ms);
        running.run(async move {
            let is_called = |broker: &Broker| wanted.calls(broker).count() >= count;
            broker.wait_until(patience, is_called).await
        })
    };
    guard(|| said("exhook_test_broker_wait_until_called", wait(), false))
}

/// Forgets the calls so far: counts and places begin anew. Those that the program has stay.
///
/// Ownership: nothing is handed over.
/// Threads: any.
/// Valid until: nothing that is returned refers to anything.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn exhook_test_broker_forget_calls(broker: *mut exhook_test_broker) {
    let forget = || {
        // SAFETY: NULL, or a broker of the caller's.
        unsafe { broker_of(broker) }?
            .running()?
            .broker
            .forget_calls();
        Ok(())
    };
    guard(|| said("exhook_test_broker_forget_calls", forget(), ()));
}
