//! The bytes that real brokers sent, played back to a server: it answers every call, and finds
//! nothing to complain about in the way they speak HTTP/2.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    io::{Read, Write},
    net::{Shutdown, SocketAddr, TcpStream},
    sync::{
        Arc,
        mpsc::{Sender, channel},
    },
    thread,
    time::Duration,
};

use base64::{Engine as _, prelude::BASE64_STANDARD};
use exhook::{
    BoundAddress, Call, Config, HandlerOptions, Hook, MessagePatch, Registry, Server, Verdict,
};
use serde::Deserialize;

const RECORDINGS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/data/recordings");
const PREFACE: &[u8] = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";

const HEAD_BYTES: usize = 9;
const MAX_FRAME_BYTES: usize = 16_384;

const DATA: u8 = 0;
const HEADERS: u8 = 1;
const RST_STREAM: u8 = 3;
const SETTINGS: u8 = 4;
const PING: u8 = 6;
const GOAWAY: u8 = 7;
const WINDOW_UPDATE: u8 = 8;

const END_STREAM: u8 = 1;
const ACK: u8 = 1;

/// Asked for at the end, to see whether the connection still lives.
const LAST_PING: [u8; 8] = *b"still up";
/// Longer than any answer takes; only a failing test waits for it.
const PATIENCE: Duration = Duration::from_secs(20);

#[derive(Deserialize)]
struct Line {
    conn: u32,
    dir: String,
    b64: Option<String>,
}

/// What the broker sent on each connection, in the pieces in which it came, with DATA frames no
/// larger than HTTP/2 allows by itself.
///
/// The server of the recordings had announced a `MAX_FRAME_SIZE` of 4 MiB, which the brokers used.
fn recorded(file: &str) -> BTreeMap<u32, Vec<Vec<u8>>> {
    let text = fs::read_to_string(format!("{RECORDINGS}/{file}")).expect(file);
    let mut connections: BTreeMap<u32, Vec<Vec<u8>>> = BTreeMap::new();
    for line in text.lines() {
        let line: Line = serde_json::from_str(line).expect("a recorded piece");
        if let ("broker->server", Some(bytes)) = (line.dir.as_str(), line.b64) {
            let piece = BASE64_STANDARD.decode(bytes).expect("base64");
            connections.entry(line.conn).or_default().push(piece);
        }
    }
    connections.values_mut().for_each(fit_frames);
    connections
}

fn fit_frames(pieces: &mut Vec<Vec<u8>>) {
    let mut whole = pieces.concat();
    let mut ends: Vec<usize> = pieces
        .iter()
        .scan(0, |end, piece| {
            *end += piece.len();
            Some(*end)
        })
        .collect();
    let mut start = PREFACE.len();
    while let Some(head) = whole.get(start..start + HEAD_BYTES) {
        let mut length = length_of(head);
        if head[3] == DATA && length > MAX_FRAME_BYTES {
            let mut second = head.to_vec();
            second[..3].copy_from_slice(&length_bytes(length - MAX_FRAME_BYTES));
            whole[start..start + 3].copy_from_slice(&length_bytes(MAX_FRAME_BYTES));
            whole[start + 4] &= !END_STREAM;
            length = MAX_FRAME_BYTES;
            let cut = start + HEAD_BYTES + length;
            whole.splice(cut..cut, second);
            ends.iter_mut()
                .filter(|end| **end > cut)
                .for_each(|end| *end += HEAD_BYTES);
        }
        start += HEAD_BYTES + length;
    }
    let starts = std::iter::once(0).chain(ends.iter().copied());
    *pieces = starts
        .zip(&ends)
        .map(|(start, end)| whole[start..*end].to_vec())
        .collect();
}

fn length_of(head: &[u8]) -> usize {
    usize::from(head[0]) << 16 | usize::from(head[1]) << 8 | usize::from(head[2])
}

fn length_bytes(length: usize) -> [u8; 3] {
    let [_, high, middle, low] = u32::try_from(length).expect("24 bits").to_be_bytes();
    [high, middle, low]
}

#[derive(Clone, Debug)]
struct Frame {
    kind: u8,
    flags: u8,
    stream: u32,
    payload: Vec<u8>,
}

impl Frame {
    /// Takes the first frame off `bytes`, once it is whole.
    fn take(bytes: &mut Vec<u8>) -> Option<Self> {
        let end = HEAD_BYTES + length_of(bytes.get(..HEAD_BYTES)?);
        let whole = bytes.get(..end)?;
        let stream = u32::from_be_bytes([whole[5] & 0x7f, whole[6], whole[7], whole[8]]);
        let frame = Self {
            kind: whole[3],
            flags: whole[4],
            stream,
            payload: whole[HEAD_BYTES..].to_vec(),
        };
        bytes.drain(..end);
        Some(frame)
    }

    fn ends_stream(&self) -> bool {
        matches!(self.kind, DATA | HEADERS) && self.flags & END_STREAM != 0
    }
}

/// What a broker sent, cut behind its first frame and where it says goodbye.
struct Played {
    opening: Vec<u8>,
    pieces: Vec<Vec<u8>>,
    goodbye: Vec<u8>,
    /// The streams whose requests are complete.
    requests: BTreeSet<u32>,
    pings: Vec<Vec<u8>>,
    settings: usize,
}

impl Played {
    fn new(pieces: Vec<Vec<u8>>) -> Self {
        let mut rest = pieces.concat();
        assert!(
            rest.starts_with(PREFACE),
            "a connection begins with the preface"
        );
        rest.drain(..PREFACE.len());
        let opening = PREFACE.len() + HEAD_BYTES + length_of(&rest);
        let mut played = Self {
            opening: Vec::new(),
            pieces: Vec::new(),
            goodbye: Vec::new(),
            requests: BTreeSet::new(),
            pings: Vec::new(),
            settings: 0,
        };
        let mut length = PREFACE.len();
        loop {
            let remaining = rest.len();
            let Some(frame) = Frame::take(&mut rest) else {
                break;
            };
            if frame.kind == GOAWAY {
                break;
            }
            length += remaining - rest.len();
            match frame.kind {
                _ if frame.ends_stream() => drop(played.requests.insert(frame.stream)),
                PING if frame.flags & ACK == 0 => played.pings.push(frame.payload),
                SETTINGS if frame.flags & ACK == 0 => played.settings += 1,
                _ => {}
            }
        }
        let (opening, pieces) = split(pieces, opening);
        let (pieces, goodbye) = split(pieces, length - opening.concat().len());
        played.opening = opening.concat();
        played.pieces = pieces;
        played.goodbye = goodbye.concat();
        played
    }
}

/// Splits at this many bytes from the beginning.
fn split(pieces: Vec<Vec<u8>>, mut at: usize) -> (Vec<Vec<u8>>, Vec<Vec<u8>>) {
    let (mut before, mut after) = (Vec::new(), Vec::new());
    for mut piece in pieces {
        let rest = piece.split_off(piece.len().min(at));
        at -= piece.len();
        before.push(piece);
        after.push(rest);
    }
    before.retain(|piece| !piece.is_empty());
    after.retain(|piece| !piece.is_empty());
    (before, after)
}

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
            let count = socket.read(&mut buffer).unwrap_or_else(|error| {
                panic!(
                    "{error}; {} of {} streams ended",
                    answers.ended(),
                    played.requests.len()
                )
            });
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
            let head = [0, 0, 8, PING, 0, 0, 0, 0, 0];
            let ping = [&head[..], &LAST_PING].concat();
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
