//! [`RawClient`]: a client that writes its frames by hand, where it matters which ones.

use std::{
    io::{self, ErrorKind, Read, Write},
    net::TcpStream,
    time::Duration,
};

use bytes::Bytes;
use exhook::{Hook, Package, testing::CallOutcome};

use crate::{
    Problem,
    frames::{
        ACK, DATA, END_HEADERS, END_STREAM, Frame, GOAWAY, HEADERS, PING, PREFACE, RST_STREAM,
        SETTINGS, WINDOW_UPDATE, literal_headers,
    },
    step::Body,
};

const MAX_CONCURRENT_STREAMS: u16 = 3;
const INITIAL_WINDOW_SIZE: u16 = 4;
const FIRST_WINDOW: usize = 65_535;
const FRAME_BYTES: usize = 16_384;
const PATIENCE: Duration = Duration::from_secs(60);

/// A connection on which nothing is sent but what is asked for. Its methods block.
pub(crate) struct RawClient {
    socket: TcpStream,
    received: Vec<u8>,
}

/// A call that is written by hand.
pub(crate) struct RawCall {
    pub(crate) package: Package,
    pub(crate) hook: Hook,
    pub(crate) grpc_timeout: String,
    pub(crate) body: Body,
    pub(crate) request: Bytes,
}

impl RawClient {
    pub(crate) fn connect(address: &str) -> Result<Self, Problem> {
        let connect = || -> io::Result<TcpStream> {
            let socket = TcpStream::connect(address)?;
            socket.set_read_timeout(Some(PATIENCE))?;
            socket.set_nodelay(true)?;
            Ok(socket)
        };
        let socket = connect().map_err(|error| format!("cannot connect to {address}: {error}"))?;
        let mut client = Self {
            socket,
            received: Vec::new(),
        };
        client.send(PREFACE)?;
        client.send(&Frame::new(SETTINGS, 0, 0, &[]).to_bytes())?;
        Ok(client)
    }

    fn send(&mut self, bytes: &[u8]) -> Result<(), Problem> {
        self.socket
            .write_all(bytes)
            .map_err(|error| format!("the server does not read: {error}"))
    }

    fn next(&mut self) -> Result<Frame, Problem> {
        loop {
            if let Some(frame) = Frame::take(&mut self.received) {
                return Ok(frame);
            }
            let mut piece = [0; 4096];
            match self.socket.read(&mut piece) {
                Ok(0) => return Err("the server closed the connection".to_owned()),
                Ok(count) => self.received.extend_from_slice(&piece[..count]),
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(error) => return Err(format!("no frame within {PATIENCE:?}: {error}")),
            }
        }
    }

    /// Skips to the next frame of one of these kinds; a reset or a good-bye is an error.
    fn next_of(&mut self, kinds: &[u8]) -> Result<Frame, Problem> {
        loop {
            let frame = self.next()?;
            if frame.kind == RST_STREAM || frame.kind == GOAWAY {
                return Err(format!("the server sent {frame:?}"));
            }
            if frame.kind == PING && frame.flags & ACK == 0 {
                self.send(&Frame::new(PING, ACK, 0, &frame.payload).to_bytes())?;
            } else if kinds.contains(&frame.kind) {
                return Ok(frame);
            }
        }
    }

    /// Checks that the server limits no streams, and leaves their first window as it is: clients
    /// of 4.x and 5.0 to 5.8 do not look at either.
    pub(crate) fn check_settings(&mut self) -> Result<(), Problem> {
        let settings = loop {
            let frame = self.next_of(&[SETTINGS])?;
            if frame.flags & ACK == 0 {
                break frame;
            }
        };
        for entry in settings.payload.chunks_exact(6) {
            let number = u16::from_be_bytes([entry[0], entry[1]]);
            let value = u32::from_be_bytes([entry[2], entry[3], entry[4], entry[5]]) as usize;
            if number == MAX_CONCURRENT_STREAMS {
                return Err(format!("MAX_CONCURRENT_STREAMS is {value}, expected none"));
            }
            if number == INITIAL_WINDOW_SIZE && value != FIRST_WINDOW {
                return Err(format!(
                    "INITIAL_WINDOW_SIZE is {value}, expected {FIRST_WINDOW}"
                ));
            }
        }
        Ok(())
    }

    /// Sends so many PINGs, each after the answer to the one before.
    pub(crate) fn ping(&mut self, count: u64) -> Result<(), Problem> {
        for number in 0..count {
            let payload = number.to_be_bytes();
            self.send(&Frame::new(PING, 0, 0, &payload).to_bytes())?;
            let pong = self.next_of(&[PING])?;
            if pong.flags & ACK == 0 || pong.payload != payload {
                return Err(format!("PING {number} was answered with {pong:?}"));
            }
        }
        Ok(())
    }

    /// Calls, and reads the answer: HEADERS, DATA, HEADERS.
    pub(crate) fn call(&mut self, call: &RawCall) -> Result<CallOutcome, Problem> {
        let path = format!(
            "/{}.HookProvider/{}",
            call.package.name(),
            call.hook.rpc_in(call.package)
        );
        let headers = literal_headers(&[
            (":method", "POST"),
            (":scheme", "http"),
            (":authority", "localhost"),
            (":path", &path),
            ("content-type", "application/grpc+proto"),
            ("te", "trailers"),
            ("grpc-timeout", &call.grpc_timeout),
        ]);
        let flags = if call.body == Body::None {
            END_HEADERS | END_STREAM
        } else {
            END_HEADERS
        };
        self.send(&Frame::new(HEADERS, flags, 1, &headers).to_bytes())?;
        match call.body {
            Body::None => {}
            Body::Unfinished => {
                self.send(&Frame::new(DATA, 0, 1, &[0, 0, 0]).to_bytes())?;
            }
            _ => self.send_message(call)?,
        }
        self.read_answer()
    }

    /// Sends the request within the windows that streams begin with.
    fn send_message(&mut self, call: &RawCall) -> Result<(), Problem> {
        let length = u32::try_from(call.request.len()).map_err(|error| error.to_string())?;
        let flag = u8::from(call.body == Body::Compressed);
        let content = [&[flag][..], &length.to_be_bytes(), &call.request].concat();
        let (mut stream, mut connection) = (FIRST_WINDOW, FIRST_WINDOW);
        let mut rest = &content[..];
        while !rest.is_empty() {
            let room = stream.min(connection).min(FRAME_BYTES);
            if room == 0 {
                let update = self.next_of(&[WINDOW_UPDATE])?;
                let more = update.payload[..4].try_into().map_or(0, u32::from_be_bytes) as usize;
                if update.stream == 0 {
                    connection += more;
                } else {
                    stream += more;
                }
                continue;
            }
            let (piece, after) = rest.split_at(room.min(rest.len()));
            let flags = if after.is_empty() { END_STREAM } else { 0 };
            self.send(&Frame::new(DATA, flags, 1, piece).to_bytes())?;
            stream -= piece.len();
            connection -= piece.len();
            rest = after;
        }
        Ok(())
    }

    fn read_answer(&mut self) -> Result<CallOutcome, Problem> {
        let head = self.next_of(&[HEADERS])?;
        let mut outcome = CallOutcome {
            // What is in the headers is seen by clients that read them; here it is their order.
            http_status: Some(200),
            grpc_status: Some(0),
            trailers_only: head.ends_stream(),
            ..CallOutcome::default()
        };
        let mut content = Vec::new();
        let mut ended = head.ends_stream();
        while !ended {
            let frame = self.next_of(&[HEADERS, DATA])?;
            if frame.kind == DATA {
                content.extend_from_slice(&frame.payload);
            }
            ended = frame.ends_stream();
            if ended && frame.kind == DATA {
                return Err("the answer has no trailers".to_owned());
            }
        }
        outcome.take_message(content.into());
        Ok(outcome)
    }
}
