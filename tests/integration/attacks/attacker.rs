//! A peer that writes whatever frames it likes, and reads only what it wants.

use std::{
    io::Write as _,
    net::{SocketAddr, TcpStream},
};

use super::connections::read_to_end;
use crate::{
    frames::{END_HEADERS, Frame, HEADERS, PREFACE, SETTINGS, literal_headers},
    provider::TIMEOUT,
};

/// One hostile connection.
pub(super) struct Attacker {
    socket: TcpStream,
}

impl Attacker {
    pub(super) fn connect(address: SocketAddr) -> Self {
        Self::connect_with(address, &[])
    }

    /// Announces these settings.
    pub(super) fn connect_with(address: SocketAddr, settings: &[(u16, u32)]) -> Self {
        let socket = TcpStream::connect(address).expect("a listener");
        socket.set_write_timeout(Some(TIMEOUT)).expect("a timeout");
        socket.set_read_timeout(Some(TIMEOUT)).expect("a timeout");
        let mut attacker = Self { socket };
        let mut payload = Vec::new();
        for (number, value) in settings {
            payload.extend(number.to_be_bytes());
            payload.extend(value.to_be_bytes());
        }
        attacker.send(PREFACE);
        attacker.send(&frame(SETTINGS, 0, 0, &payload));
        attacker
    }

    pub(super) fn send(&mut self, bytes: &[u8]) {
        self.socket.write_all(bytes).expect("the server reads");
    }

    /// Writes what `batch` makes of 0, 1, 2 and so on; how many were written when the server closed
    /// the connection or read no more. Panics when it reads all of `most`.
    pub(super) fn flood(&mut self, most: u32, mut batch: impl FnMut(u32) -> Vec<u8>) -> u32 {
        for number in 0..most {
            if self.socket.write_all(&batch(number)).is_err() {
                return number;
            }
        }
        panic!("the server bears all {most}");
    }

    /// Writes all that `batch` makes of 0 up to `count`, as long as the server takes it.
    pub(super) fn send_all(&mut self, count: u32, mut batch: impl FnMut(u32) -> Vec<u8>) {
        for number in 0..count {
            if self.socket.write_all(&batch(number)).is_err() {
                return;
            }
        }
    }

    /// Reads until the server has closed the connection.
    pub(super) fn read_to_end(&self) {
        read_to_end(&self.socket);
    }
}

pub(super) fn frame(kind: u8, flags: u8, stream: u32, payload: &[u8]) -> Vec<u8> {
    Frame::new(kind, flags, stream, payload).to_bytes()
}

/// The stream of a client's request number 0, 1, 2 and so on.
pub(super) fn stream(number: u32) -> u32 {
    2 * number + 1
}

/// The headers of a call.
pub(super) fn call_headers(rpc: &str) -> Vec<u8> {
    let path = format!("/emqx.exhook.v3.HookProvider/{rpc}");
    literal_headers(&[
        (":method", "POST"),
        (":scheme", "http"),
        (":authority", "localhost"),
        (":path", &path),
        ("content-type", "application/grpc"),
        ("te", "trailers"),
    ])
}

/// The HEADERS frame of a call.
pub(super) fn call(number: u32, rpc: &str) -> Vec<u8> {
    frame(HEADERS, END_HEADERS, stream(number), &call_headers(rpc))
}
