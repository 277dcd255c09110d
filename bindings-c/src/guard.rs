//! Panics end here: none goes on into C.

use std::{
    ffi::c_char,
    panic::{AssertUnwindSafe, catch_unwind},
};

use tracing::error;

/// What a function returns that has nothing to return.
pub(crate) trait Neutral {
    fn neutral() -> Self;

    /// What is returned where a panic was caught.
    fn after_panic() -> Self
    where
        Self: Sized,
    {
        Self::neutral()
    }
}

macro_rules! neutral {
    ($($type:ty = $value:expr;)*) => {$(
        impl $crate::guard::Neutral for $type {
            fn neutral() -> Self {
                $value
            }
        }
    )*};
}

neutral! {
    () = ();
    bool = false;
    u32 = 0;
    u64 = 0;
    i64 = 0;
    usize = 0;
    *const c_char = c"".as_ptr();
}

pub(crate) use neutral;

/// Runs the body of an exported function.
pub(crate) fn guard<R: Neutral>(body: impl FnOnce() -> R) -> R {
    catch_unwind(AssertUnwindSafe(body)).unwrap_or_else(|_| {
        error!("the library panicked; this is a defect of exhook, please report it");
        R::after_panic()
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::code::exhook_code;

    #[test]
    fn a_panic_becomes_what_the_function_returns_for_it() {
        assert!(!guard(|| -> bool { panic!("on purpose") }));
        assert_eq!(
            guard(|| -> exhook_code { panic!("on purpose") }),
            exhook_code::EXHOOK_ERR_PANIC
        );
    }
}
