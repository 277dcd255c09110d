//! What brokers sent, cut into HTTP/2 frames.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
};

use base64::{Engine as _, prelude::BASE64_STANDARD};
use serde::Deserialize;

use crate::{
    frames::{ACK, Frame, GOAWAY, PING, PREFACE, SETTINGS, frame_length},
    recordings::data,
};

#[derive(Deserialize)]
struct Line {
    conn: u32,
    dir: String,
    b64: Option<String>,
}

/// What the broker sent on each connection, in the pieces in which it came.
pub(crate) fn recorded(file: &str) -> BTreeMap<u32, Vec<Vec<u8>>> {
    let path = data(&format!("recordings/{file}"));
    let text = fs::read_to_string(path).expect(file);
    let mut connections: BTreeMap<u32, Vec<Vec<u8>>> = BTreeMap::new();
    for line in text.lines() {
        let line: Line = serde_json::from_str(line).expect("a recorded piece");
        if let ("broker->server", Some(bytes)) = (line.dir.as_str(), line.b64) {
            let piece = BASE64_STANDARD.decode(bytes).expect("base64");
            connections.entry(line.conn).or_default().push(piece);
        }
    }
    connections
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
        let opening = PREFACE.len() + frame_length(&rest);
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
