//! What brokers were told, and why: one [`Decision`] for each answered call, for whoever observes.

#![allow(dead_code)]

mod record;

pub(crate) use record::{Cause, Decision, Observer};
