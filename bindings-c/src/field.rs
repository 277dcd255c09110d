//! How the accessors of `requests.rs` read a request.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::{LazyLock, Mutex, PoisonError},
};

use exhook_core::{Hook, Request};
use tracing::warn;

use crate::{call::exhook_call, guard::Neutral, view::exhook_str};

/// Reads a field of a call's request, or the empty value where it has none.
///
/// # Safety
///
/// `call` is NULL, or lent to this thread's callback, or deferred and not freed.
pub(crate) unsafe fn read<V: Neutral>(
    call: *const exhook_call,
    function: &'static str,
    field: impl FnOnce(&Request) -> Option<V>,
) -> V {
    // SAFETY: the caller keeps this function's promise.
    let call = unsafe { call.as_ref() };
    let value = call.and_then(|call| field(call.request()));
    value.unwrap_or_else(|| {
        report(function, call.map(exhook_call::hook));
        V::neutral()
    })
}

/// The text of a header, or an empty one.
///
/// # Safety
///
/// `name` is a view that is kept during the call.
pub(crate) unsafe fn find(map: &BTreeMap<String, String>, name: exhook_str) -> Option<exhook_str> {
    // SAFETY: the caller keeps this function's promise.
    let name = unsafe { name.read() }.ok()?;
    Some(map.get(name).map_or("", String::as_str).into())
}

/// Reports a mistake of the program's once for each function and hook: a broker may call often.
fn report(function: &'static str, hook: Option<Hook>) {
    type Reported = BTreeSet<(&'static str, Option<u8>)>;
    static REPORTED: LazyLock<Mutex<Reported>> = LazyLock::new(Mutex::default);
    let mut reported = REPORTED.lock().unwrap_or_else(PoisonError::into_inner);
    if !reported.insert((function, hook.map(|hook| hook as u8))) {
        return;
    }
    match hook {
        None => warn!("{function}() was called with NULL"),
        Some(hook) => warn!(
            "{function}() was called for {hook}, which has no such field, or none at that place; \
             docs/hooks.md says what it has"
        ),
    }
}
