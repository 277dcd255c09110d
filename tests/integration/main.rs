//! The core from outside: real sockets, real traffic.

mod protocol_fields;
