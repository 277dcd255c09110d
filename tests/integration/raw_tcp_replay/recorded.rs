//! What brokers sent, cut into HTTP/2 frames.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
};

use base64::{Engine as _, prelude::BASE64_STANDARD};
use serde::Deserialize;

const RECORDINGS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/data/recordings");
const PREFACE: &[u8] = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";

const HEAD_BYTES: usize = 9;
const MAX_FRAME_BYTES: usize = 16_384;

pub(super) const DATA: u8 = 0;
pub(super) const HEADERS: u8 = 1;
pub(super) const RST_STREAM: u8 = 3;
pub(super) const SETTINGS: u8 = 4;
pub(super) const PING: u8 = 6;
pub(super) const GOAWAY: u8 = 7;
pub(super) const WINDOW_UPDATE: u8 = 8;

const END_STREAM: u8 = 1;
pub(super) const ACK: u8 = 1;

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
pub(super) fn recorded(file: &str) -> BTreeMap<u32, Vec<Vec<u8>>> {
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
pub(super) struct Frame {
    pub(super) kind: u8,
    pub(super) flags: u8,
    pub(super) stream: u32,
    pub(super) payload: Vec<u8>,
}

impl Frame {
    /// Takes the first frame off `bytes`, once it is whole.
    pub(super) fn take(bytes: &mut Vec<u8>) -> Option<Self> {
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

    pub(super) fn ends_stream(&self) -> bool {
        matches!(self.kind, DATA | HEADERS) && self.flags & END_STREAM != 0
    }
}

/// What a broker sent, cut behind its first frame and where it says goodbye.
pub(super) struct Played {
    pub(super) opening: Vec<u8>,
    pub(super) pieces: Vec<Vec<u8>>,
    pub(super) goodbye: Vec<u8>,
    /// The streams whose requests are complete.
    pub(super) requests: BTreeSet<u32>,
    pub(super) pings: Vec<Vec<u8>>,
    pub(super) settings: usize,
}

impl Played {
    pub(super) fn new(pieces: Vec<Vec<u8>>) -> Self {
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
