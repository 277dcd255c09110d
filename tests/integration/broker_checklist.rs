//! The checklist for servers, item by item: what brokers are known to need.

mod answers;
mod order;
mod packages;
mod recorded;

use exhook::Hook;

const AUTHENTICATE: Hook = Hook::ClientAuthenticate;
