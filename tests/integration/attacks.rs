//! What hostile or broken peers do, while a broker goes on calling.

mod attacker;
mod bodies;
mod broker;
mod connections;
mod control_frames;
mod headers;
#[cfg(unix)]
mod idle;
mod resets;
mod slow;
mod unread;
mod victim;
