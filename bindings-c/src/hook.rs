//! Hooks by their numbers.

use exhook_core::Hook;

use crate::{guard::guard, view::exhook_str};

/// A hook's number that comes from C, and so may be any number.
pub type HookNumber = u32;

/// The hook of this number.
pub(crate) fn hook_of(number: HookNumber) -> Option<Hook> {
    Hook::ALL.get(usize::try_from(number).ok()?).copied()
}

/// The name that EMQX gives a hook, such as `message.publish`; empty where there is no such hook.
///
/// Ownership: the text is the library's.
/// Threads: any.
/// Valid until: always.
#[unsafe(no_mangle)]
pub extern "C" fn exhook_hook_name(hook: HookNumber) -> exhook_str {
    guard(|| exhook_str::from(hook_of(hook).map_or("", Hook::name)))
}
