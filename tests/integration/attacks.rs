//! What hostile or broken peers do, while a broker goes on calling.

mod connections;
mod slow;
