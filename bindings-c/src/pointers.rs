//! What functions return that have no object to return.

use std::ptr;

use crate::{
    call::exhook_call, guard::neutral, message::exhook_message, metrics::exhook_metrics,
    options::exhook_options, server::exhook_server,
};

neutral! {
    *mut exhook_call = ptr::null_mut();
    *mut exhook_message = ptr::null_mut();
    *mut exhook_metrics = ptr::null_mut();
    *mut exhook_options = ptr::null_mut();
    *mut exhook_server = ptr::null_mut();
}
