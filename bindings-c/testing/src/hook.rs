//! Hooks by their numbers.

use exhook_core::Hook;

use crate::error::{Outcome, exhook_test_error};

/// A hook's number that comes from C, and so may be any number.
pub type HookNumber = u32;

/// The hook of this number.
pub(crate) fn hook_of(number: HookNumber) -> Outcome<Hook> {
    let place = usize::try_from(number).unwrap_or(usize::MAX);
    let hook = Hook::ALL.get(place).copied();
    hook.ok_or_else(|| exhook_test_error::of_value(&format!("there is no hook {number}")))
}
