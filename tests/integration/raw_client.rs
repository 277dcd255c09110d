//! A client of HTTP/2 that does just what a test says.

use std::{
    io::{ErrorKind, Read, Write},
    net::{SocketAddr, TcpStream},
};

use crate::{
    frames::{
        ACK, DATA, END_HEADERS, END_STREAM, Frame, GOAWAY, HEADERS, PREFACE, RST_STREAM, SETTINGS,
        literal_headers,
    },
    provider::TIMEOUT,
};

/// A client that does just what a test says.
pub(crate) struct RawClient {
    socket: TcpStream,
    received: Vec<u8>,
}

impl RawClient {
    pub(crate) fn connect(address: SocketAddr) -> Self {
        let socket = TcpStream::connect(address).expect("a listener");
        socket.set_read_timeout(Some(TIMEOUT)).expect("a timeout");
        // What is sent in pieces would wait for the acknowledgement of each.
        socket.set_nodelay(true).expect("a socket");
        let mut client = Self {
            socket,
            received: Vec::new(),
        };
        client.send(PREFACE);
        client.send(&Frame::new(SETTINGS, 0, 0, &[]).to_bytes());
        client
    }

    pub(crate) fn send(&mut self, bytes: &[u8]) {
        self.socket.write_all(bytes).expect("the server reads");
    }

    /// The next frame; `None` once the server has closed the connection.
    pub(crate) fn next(&mut self) -> Option<Frame> {
        loop {
            if let Some(frame) = Frame::take(&mut self.received) {
                return Some(frame);
            }
            let mut piece = [0; 4096];
            match self.socket.read(&mut piece) {
                Ok(0) => return None,
                Ok(count) => self.received.extend_from_slice(&piece[..count]),
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(error) => panic!("no frame within {TIMEOUT:?}: {error}"),
            }
        }
    }

    /// Skips to the next frame of `kind`.
    pub(crate) fn next_of(&mut self, kind: u8) -> Frame {
        loop {
            let frame = self.next().expect("the connection stays open");
            assert!(![RST_STREAM, GOAWAY].contains(&frame.kind), "{frame:?}");
            if frame.kind == kind && !(kind == SETTINGS && frame.flags & ACK != 0) {
                return frame;
            }
        }
    }

    pub(crate) fn send_headers(&mut self, stream: u32, headers: &[(&str, &str)]) {
        let block = literal_headers(headers);
        self.send(&Frame::new(HEADERS, END_HEADERS, stream, &block).to_bytes());
    }

    pub(crate) fn send_call(&mut self, stream: u32, rpc: &str) {
        let path = format!("/emqx.exhook.v2.HookProvider/{rpc}");
        self.send_headers(
            stream,
            &[
                (":method", "POST"),
                (":scheme", "http"),
                (":authority", "localhost"),
                (":path", &path),
                ("content-type", "application/grpc+proto"),
                ("te", "trailers"),
                ("grpc-timeout", "5S"),
            ],
        );
    }

    pub(crate) fn send_data(&mut self, stream: u32, data: &[u8], ends: bool) {
        let flags = if ends { END_STREAM } else { 0 };
        self.send(&Frame::new(DATA, flags, stream, data).to_bytes());
    }
}

/// A message as gRPC sends it.
pub(crate) fn framed(message: &impl prost::Message) -> Vec<u8> {
    let message = message.encode_to_vec();
    let length = u32::try_from(message.len()).expect("a small message");
    [&[0][..], &length.to_be_bytes(), &message].concat()
}
