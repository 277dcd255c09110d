//! Requests in every order, with every window, in every cut.

use std::{
    collections::{BTreeMap, VecDeque},
    time::{Duration, Instant},
};

use bytes::Bytes;
use proptest::{collection::vec, option, prelude::*};

use super::{
    super::{
        Event, Http2,
        reader::{Reader, answer_of},
    },
    block, connection, frame, message, number_of, opening,
};
use crate::{
    frame::{flag, kind, write},
    server::{encode_answer, reply::Reply},
};

/// One request, and what becomes of it.
#[derive(Clone, Debug)]
struct Asked {
    length: usize,
    /// How many bytes each of its DATA frames has.
    cuts: usize,
    padding: Option<u8>,
    /// Into how large pieces its header block is cut.
    block_bytes: usize,
    has_priority: bool,
    has_trailers: bool,
    /// Behind so many of its frames, the peer resets it.
    reset_behind: Option<usize>,
    answer: usize,
    is_held: bool,
}

impl Asked {
    /// What is sent, in pieces between which other streams' frames may come.
    fn frames(&self, stream: u32) -> Vec<Vec<u8>> {
        let mut block = block(stream);
        let mut flags = 0;
        if self.has_priority {
            block.splice(0..0, [0, 0, 0, 0, 7]);
            flags |= flag::PRIORITY;
        }
        let mut head = Vec::new();
        let pieces: Vec<&[u8]> = block.chunks(self.block_bytes.max(5)).collect();
        for (place, piece) in pieces.iter().enumerate() {
            if place > 0 {
                flags = 0;
            }
            if place + 1 == pieces.len() {
                flags |= flag::END_HEADERS;
            }
            let kind = if place == 0 {
                kind::HEADERS
            } else {
                kind::CONTINUATION
            };
            write(&mut head, kind, flags, stream, piece);
        }
        let mut frames = vec![head];
        let message = message(stream, self.length);
        let count = message.len().div_ceil(self.cuts);
        for (place, piece) in message.chunks(self.cuts).enumerate() {
            let is_last = place + 1 == count && !self.has_trailers;
            let end = if is_last { flag::END_STREAM } else { 0 };
            frames.push(match self.padding {
                None => frame(kind::DATA, end, stream, piece),
                Some(padding) => {
                    let padded = [&[padding], piece, &vec![0; padding.into()]].concat();
                    frame(kind::DATA, end | flag::PADDED, stream, &padded)
                }
            });
        }
        if self.has_trailers {
            let flags = flag::END_STREAM | flag::END_HEADERS;
            frames.push(frame(kind::HEADERS, flags, stream, b"\x00\x01a\x01b"));
        }
        if let Some(behind) = self.reset_behind {
            frames.truncate(1 + behind);
            frames.push(frame(kind::RST_STREAM, 0, stream, &8_u32.to_be_bytes()));
        }
        frames
    }
}

fn asked() -> impl Strategy<Value = Asked> {
    let sizes = prop_oneof![0..40_usize, 0..3_000_usize, 0..60_000_usize];
    let answer = prop_oneof![0..40_usize, 0..3_000_usize, 0..60_000_usize];
    let cuts = prop_oneof![Just(16_384), 1_000..30_000_usize, Just(65_000)];
    let shape = (
        option::of(any::<u8>()),
        5..200_usize,
        any::<bool>(),
        any::<bool>(),
    );
    let reset = option::weighted(0.2, 0..4_usize);
    (sizes, cuts, shape, reset, answer, any::<bool>()).prop_map(
        |(
            length,
            cuts,
            (padding, block_bytes, has_priority, has_trailers),
            reset_behind,
            answer,
            is_held,
        )| {
            Asked {
                length,
                cuts,
                padding,
                block_bytes,
                has_priority,
                has_trailers,
                reset_behind,
                answer,
                is_held,
            }
        },
    )
}

/// What a peer says beside its requests.
#[derive(Clone, Debug)]
enum Said {
    Window(u32),
    FrameBytes(u32),
    Wider(usize, u32),
    Ping,
}

fn said() -> impl Strategy<Value = Said> {
    prop_oneof![
        prop_oneof![0..200_u32, 0..100_000_u32].prop_map(Said::Window),
        (16_384..40_000_u32).prop_map(Said::FrameBytes),
        (0..8_usize, 1..20_000_u32).prop_map(|(stream, more)| Said::Wider(stream, more)),
        Just(Said::Ping),
    ]
}

/// A connection, its peer, and what is expected of it.
struct Played<'asked> {
    http2: Http2,
    reader: Reader,
    asked: &'asked [Asked],
    held: Vec<u32>,
    handed_out: BTreeMap<u32, Bytes>,
    unfed: Vec<u8>,
}

impl Played<'_> {
    fn say(&mut self, said: &Said, opened: usize) {
        let bytes = match said {
            Said::Window(window) => {
                self.reader.say_initial_window(*window);
                let entry = [&[0, 4], &window.to_be_bytes()[..]].concat();
                frame(kind::SETTINGS, 0, 0, &entry)
            }
            Said::FrameBytes(bytes) => {
                self.reader.say_frame_bytes(*bytes);
                let entry = [&[0, 5], &bytes.to_be_bytes()[..]].concat();
                frame(kind::SETTINGS, 0, 0, &entry)
            }
            Said::Wider(stream, more) => {
                let stream = if *stream < opened {
                    number_of(*stream)
                } else {
                    0
                };
                self.widen(stream, *more);
                return;
            }
            Said::Ping => frame(kind::PING, 0, 0, b"12345678"),
        };
        self.unfed.extend(bytes);
    }

    fn widen(&mut self, stream: u32, more: u32) {
        self.reader.widen(stream, more);
        let update = frame(kind::WINDOW_UPDATE, 0, stream, &more.to_be_bytes());
        self.unfed.extend(update);
    }

    fn feed(&mut self, count: usize, room: usize) {
        let rest = self.unfed.split_off(count.min(self.unfed.len()));
        let piece = std::mem::replace(&mut self.unfed, rest);
        self.http2.feed(piece.into(), Instant::now());
        while let Some(event) = self.http2.next().expect("nothing is wrong") {
            let Event::Request {
                stream, message, ..
            } = event
            else {
                panic!("there is no service");
            };
            let asked = &self.asked[place_of(stream)];
            let (body, _) = message.expect("a message");
            assert!(body == message_of(stream, asked.length));
            if asked.is_held {
                self.http2.hold(stream);
                self.held.push(stream);
            } else {
                self.answer(stream);
            }
        }
        self.reader.read_from(&mut self.http2, room);
    }

    fn answer(&mut self, stream: u32) {
        let payload = vec![b'a'; self.asked[place_of(stream)].answer];
        let (answer, numbers) = answer_of(payload.into());
        let expected = encode_answer(&answer, numbers);
        self.http2.answer(stream, Reply::Answer(answer, numbers));
        assert!(self.handed_out.insert(stream, expected).is_none());
    }

    /// Opens all windows by and by, until everything is answered.
    fn finish(&mut self, more: u32) {
        for _ in 0..600_000 / more + 2 {
            let open: Vec<u32> = self.http2.streams.keys().copied().collect();
            for stream in open.into_iter().chain([0]) {
                self.widen(stream, more);
            }
            self.feed(usize::MAX, usize::MAX);
            for stream in std::mem::take(&mut self.held) {
                self.answer(stream);
            }
        }
    }

    fn check(&self) {
        assert!(self.http2.is_idle() && self.http2.waiting_bytes == 0);
        assert!(self.reader.is_whole());
        for (place, asked) in self.asked.iter().enumerate() {
            let expected = self.handed_out.get(&number_of(place));
            if asked.reset_behind.is_some() {
                continue;
            }
            let answered = &self.reader.streams[&number_of(place)];
            assert!(answered.is_ended && !answered.is_reset);
            assert!(Some(&answered.data[..]) == expected.map(|bytes| &bytes[..]));
            let head = answered.head.as_ref().expect("a head");
            assert_eq!(head[0].1, b"200");
            let trailers = answered.trailers.as_ref().expect("trailers");
            assert_eq!(trailers[..], [(b"grpc-status".to_vec(), b"0".to_vec())]);
        }
    }
}

fn place_of(stream: u32) -> usize {
    stream as usize / 2
}

fn message_of(stream: u32, length: usize) -> Vec<u8> {
    message(stream, length).split_off(5)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]
    #[test]
    fn every_request_is_answered_whole_whatever_the_order_the_windows_and_the_cuts(
        asked in vec(asked(), 1..8),
        said in vec(said(), 0..8),
        order in vec(any::<usize>(), 1..40),
        cuts in vec(prop_oneof![1..30_usize, 1..3_000_usize, 1..150_000_usize], 1..20),
        rooms in vec(prop_oneof![0..100_usize, 0..1_000_000_usize], 1..20),
        more in 1_001..30_000_u32,
    ) {
        let mut played = Played {
            http2: connection(Duration::from_secs(1_000)),
            reader: Reader::with_windows(),
            asked: &asked,
            held: Vec::new(),
            handed_out: BTreeMap::new(),
            unfed: opening(),
        };
        played.reader.say_frame_bytes(0);
        let (mut order, mut cuts) = (order.iter().cycle(), cuts.iter().cycle());
        let (mut rooms, mut said) = (rooms.iter().cycle(), said.iter());
        let (mut opened, mut sending) = (0, Vec::<VecDeque<Vec<u8>>>::new());
        let mut cut = *cuts.next().expect("endless");
        loop {
            // One of the streams that have begun, the next one, or something else.
            let mut choice = order.next().expect("endless") % (sending.len() + 2);
            if choice >= sending.len() && opened == asked.len() && (choice == sending.len() || said.len() == 0) {
                choice = 0;
            }
            if let Some(frames) = sending.get_mut(choice) {
                played.unfed.extend(frames.pop_front().expect("it is not all sent"));
                if frames.is_empty() {
                    sending.remove(choice);
                }
            } else if choice == sending.len() + 1 && let Some(said) = said.next() {
                played.say(said, opened);
            } else if let Some(asked) = asked.get(opened) {
                sending.push(asked.frames(number_of(opened)).into());
                opened += 1;
                let frames = sending.last_mut().expect("it was just added");
                played.unfed.extend(frames.pop_front().expect("a head"));
            } else if sending.is_empty() {
                break;
            }
            while played.unfed.len() >= cut {
                played.feed(cut, *rooms.next().expect("endless"));
                cut = *cuts.next().expect("endless");
                if cut % 3 == 0 && let Some(stream) = played.held.pop() {
                    played.answer(stream);
                }
            }
        }
        played.finish(more);
        played.check();
    }
}
