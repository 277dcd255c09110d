//! The bytes that real brokers sent, played back to a server: it answers every call, and finds
//! nothing to complain about in the way they speak HTTP/2.

pub(crate) mod recorded;

use std::{
    collections::{BTreeMap, BTreeSet},
    io::{ErrorKind, Read, Write},
    net::{Shutdown, SocketAddr, TcpStream},
    sync::{
        Arc,
        mpsc::{Sender, channel},
    },
    thread,
    time::Duration,
};

use exhook::{
    BoundAddress, Call, Config, HandlerOptions, Hook, MessagePatch, Registry, Server, Verdict,
};
use recorded::{Played, recorded};

use crate::frames::{ACK, DATA, Frame, GOAWAY, HEADERS, PING, RST_STREAM, SETTINGS, WINDOW_UPDATE};

/// Asked for at the end, to see whether the connection still lives.
const LAST_PING: [u8; 8] = *b"still up";
/// Longer than any answer takes; only a failing test waits for it.
const PATIENCE: Duration = Duration::from_secs(60);

/// What the server sent, until it has answered everything.
#[derive(Default)]
struct Answers {
    settings: usize,
    settings_acks: usize,
    ping_acks: Vec<Vec<u8>>,
    /// Kinds of frames per stream, and whether the last one ended it.
    streams: BTreeMap<u32, (Vec<u8>, bool)>,
}

impl Answers {
    /// Reads, and tells `window` when the server has opened the window of the connection.
    fn read(socket: &mut TcpStream, played: &Played, window: &Sender<()>) -> Self {
        let mut answers = Self::default();
        let mut bytes = Vec::new();
        let mut buffer = [0; 16 * 1024];
        while !answers.are_complete(played) {
            let count = match socket.read(&mut buffer) {
                Ok(count) => count,
                Err(error) if error.kind() == ErrorKind::Interrupted => continue,
                Err(error) => panic!(
                    "{error}; {} of {} streams ended",
                    answers.ended(),
                    played.requests.len()
                ),
            };
            assert!(count > 0, "the server closed the connection");
            bytes.extend_from_slice(&buffer[..count]);
            while let Some(frame) = Frame::take(&mut bytes) {
                if frame.kind == WINDOW_UPDATE && frame.stream == 0 {
                    // Nobody waits for the second one.
                    let _ = window.send(());
                }
                answers.add(frame);
            }
        }
        answers
    }

    fn add(&mut self, frame: Frame) {
        match frame.kind {
            RST_STREAM | GOAWAY => panic!("the server complains: {frame:?}"),
            SETTINGS if frame.flags & ACK != 0 => self.settings_acks += 1,
            SETTINGS => self.settings += 1,
            PING if frame.flags & ACK != 0 => self.ping_acks.push(frame.payload),
            DATA | HEADERS => {
                let (kinds, ended) = self.streams.entry(frame.stream).or_default();
                assert!(!*ended, "a frame behind the end of its stream: {frame:?}");
                kinds.push(frame.kind);
                *ended = frame.ends_stream();
            }
            _ => {}
        }
    }

    fn ended(&self) -> usize {
        self.streams.values().filter(|(_, ended)| *ended).count()
    }

    fn are_complete(&self, played: &Played) -> bool {
        self.ended() >= played.requests.len()
            && self.ping_acks.iter().any(|payload| *payload == LAST_PING)
    }

    fn check(&self, played: &Played, name: &str) {
        assert_eq!(self.settings, 1, "{name}: the server's SETTINGS");
        assert_eq!(
            self.settings_acks, played.settings,
            "{name}: SETTINGS acknowledged"
        );
        let mut pings = played.pings.clone();
        pings.push(LAST_PING.to_vec());
        assert_eq!(
            self.ping_acks, pings,
            "{name}: PINGs answered with the same bytes"
        );
        let answered: BTreeSet<u32> = self.streams.keys().copied().collect();
        assert_eq!(answered, played.requests, "{name}: the streams answered");
        for (stream, (kinds, ended)) in &self.streams {
            assert!(*ended, "{name}: stream {stream} ends");
            assert_eq!(
                kinds[..],
                [HEADERS, DATA, HEADERS],
                "{name}: stream {stream}"
            );
        }
    }
}

fn start_server() -> (Server, SocketAddr) {
    let mut registry = Registry::new();
    for hook in Hook::ALL {
        let handler = |call: Call| {
            let verdict = match call.hook() {
                Hook::ClientAuthenticate | Hook::ClientAuthorize => Verdict::Allow,
                Hook::MessagePublish => Verdict::Replace(MessagePatch::new().payload("replaced")),
                _ => Verdict::Ignore,
            };
            call.reply(verdict).expect("in time");
        };
        registry
            .register(*hook, HandlerOptions::default(), Arc::new(handler))
            .expect("valid options");
    }
    let server = Server::start(&Config::default(), registry, "127.0.0.1:0").expect("a free port");
    let BoundAddress::Tcp(address) = server.address().clone() else {
        panic!("bound to TCP");
    };
    (server, address)
}

/// Plays one connection in these pieces, and says goodbye as the broker did.
fn play(address: SocketAddr, played: &Played, pieces: &[Vec<u8>], name: &str) {
    let mut socket = TcpStream::connect(address).expect("a listener");
    socket.set_nodelay(true).expect("an option of the socket");
    socket
        .set_read_timeout(Some(PATIENCE))
        .expect("an option of the socket");
    socket
        .set_write_timeout(Some(PATIENCE))
        .expect("an option of the socket");
    let mut writing = socket.try_clone().expect("a file descriptor");
    let (window, opened) = channel();
    let answers = thread::scope(|scope| {
        scope.spawn(move || {
            writing
                .write_all(&played.opening)
                .expect("the server reads");
            // The recorded brokers knew a larger window when they used it.
            opened
                .recv_timeout(PATIENCE)
                .expect("a WINDOW_UPDATE of the connection");
            for piece in pieces {
                writing.write_all(piece).expect("the server reads");
            }
            let ping = Frame::new(PING, 0, 0, &LAST_PING).to_bytes();
            writing.write_all(&ping).expect("the server reads");
        });
        Answers::read(&mut socket, played, &window)
    });
    answers.check(played, name);

    socket.write_all(&played.goodbye).expect("the server reads");
    socket
        .shutdown(Shutdown::Write)
        .expect("the connection is up");
    let mut farewell = Vec::new();
    socket
        .read_to_end(&mut farewell)
        .expect("the server closes too");
}

fn play_recording(file: &str) {
    let (_server, address) = start_server();
    let mut requests = 0;
    for (number, pieces) in recorded(file) {
        let played = Played::new(pieces);
        requests += played.requests.len();
        let whole = played.pieces.concat();
        let odd: Vec<Vec<u8>> = whole.chunks(7).map(<[u8]>::to_vec).collect();
        for (way, pieces) in [
            ("as it came", &played.pieces),
            ("at once", &vec![whole]),
            ("in pieces of 7 bytes", &odd),
        ] {
            play(
                address,
                &played,
                pieces,
                &format!("{file}, connection {number}, {way}"),
            );
        }
    }
    assert!(requests > 200, "{file} has {requests} requests only");
}

#[test]
fn emqx_4_3_22_is_answered_byte_for_byte() {
    play_recording("emqx-4.3.22.tcp.jsonl");
}

#[test]
fn emqx_4_4_19_is_answered_byte_for_byte() {
    play_recording("emqx-4.4.19.tcp.jsonl");
}

#[test]
fn emqx_5_3_2_is_answered_byte_for_byte() {
    play_recording("emqx-5.3.2.tcp.jsonl");
}

#[test]
fn emqx_5_8_9_is_answered_byte_for_byte() {
    play_recording("emqx-5.8.9.tcp.jsonl");
}

#[test]
fn emqx_5_9_2_is_answered_byte_for_byte() {
    play_recording("emqx-5.9.2.tcp.jsonl");
}
