//! Connections, frame by frame.

mod any_order;

use std::time::Duration;

use bytes::Bytes;

use super::{
    reader::{Reader, answer_of},
    *,
};
use crate::{
    frame::{flag, kind, write},
    server::{limits::Memory, reply::Reply},
};

const PREFACE: &[u8] = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";
const MEMORY_BYTES: usize = 10_000_000;
const PATH: &[u8] = b"/emqx.exhook.v2.HookProvider/OnMessagePublish";

pub(crate) fn connection(timeout: Duration) -> Http2 {
    let limits = ReceiveLimits {
        header_bytes: 16_384,
        message_bytes: 100_000,
        memory: Memory::new(MEMORY_BYTES),
        timeout,
    };
    Http2::new(limits, |_| false)
}

fn frame(kind: u8, flags: u8, stream: u32, payload: &[u8]) -> Vec<u8> {
    let mut out = Vec::new();
    write(&mut out, kind, flags, stream, payload);
    out
}

/// A header block of a call; every second one changes the table.
fn block(stream: u32) -> Vec<u8> {
    let path = [&[u8::try_from(PATH.len()).expect("short")], PATH].concat();
    let kept = if stream % 4 == 1 { 0x44 } else { 0x04 };
    [
        &b"\x83\x86"[..],
        &[kept],
        &path,
        b"\x0f\x10\x10application/grpc",
    ]
    .concat()
}

fn message(stream: u32, length: usize) -> Vec<u8> {
    let byte = u8::try_from(stream % 251).expect("a byte");
    let length = u32::try_from(length).expect("short");
    [
        &[0],
        &length.to_be_bytes()[..],
        &vec![byte; length as usize],
    ]
    .concat()
}

fn number_of(place: usize) -> u32 {
    u32::try_from(2 * place + 1).expect("few streams")
}

/// What is written in answer to frames behind the opening, and whether the connection goes on.
fn spoken(http2: &mut Http2, frames: &[Vec<u8>]) -> bool {
    http2.feed(frames.concat().into(), Instant::now());
    loop {
        match http2.next() {
            Ok(None) => return true,
            Ok(Some(Event::Request { stream, .. })) => http2.hold(stream),
            Ok(Some(Event::Service { .. })) => panic!("there is no service"),
            Err(_) => return false,
        }
    }
}

fn opening() -> Vec<u8> {
    [PREFACE, &frame(kind::SETTINGS, 0, 0, &[])].concat()
}

fn head(stream: u32) -> Vec<u8> {
    frame(kind::HEADERS, flag::END_HEADERS, stream, &block(3))
}

#[test]
fn a_request_that_was_given_up_is_answered_once_however_late_its_rest_comes() {
    let mut http2 = connection(Duration::ZERO);
    let no_window = frame(kind::SETTINGS, 0, 0, &[0, 4, 0, 0, 0, 0]);
    assert!(spoken(&mut http2, &[opening(), no_window, head(1)]));
    let late = http2.give_up_late();
    assert_eq!(late.len(), 1);
    let (answer, numbers) = answer_of(Bytes::from_static(b"late"));
    http2.answer(1, Reply::Answer(answer, numbers));
    assert!(http2.give_up_late().is_empty());
    let rest = frame(kind::DATA, flag::END_STREAM, 1, &message(1, 100));
    http2.feed(rest.into(), Instant::now());
    assert!(
        matches!(http2.next(), Ok(None)),
        "it is not handed out again"
    );
    let more = frame(kind::WINDOW_UPDATE, 0, 1, &1_000_u32.to_be_bytes());
    assert!(spoken(&mut http2, &[more]));
    let mut reader = Reader::new();
    assert!(!reader.read_from(&mut http2, usize::MAX));
    assert!(reader.streams[&1].is_ended && http2.is_idle());
    assert_eq!(http2.waiting_bytes, 0);
}

#[test]
fn many_requests_that_are_given_up_together_do_not_end_the_connection_when_their_rest_comes() {
    let mut http2 = connection(Duration::ZERO);
    let heads: Vec<Vec<u8>> = (0..1_000).map(|place| head(number_of(place))).collect();
    assert!(spoken(&mut http2, &[opening(), heads.concat()]));
    for (stream, _) in http2.give_up_late() {
        let (answer, numbers) = answer_of(Bytes::new());
        http2.answer(stream, Reply::Answer(answer, numbers));
    }
    assert!(http2.streams.is_empty());
    let rest = |place| frame(kind::DATA, flag::END_STREAM, number_of(place), b"rest");
    assert!(spoken(
        &mut http2,
        &(0..1_000).map(rest).collect::<Vec<_>>()
    ));
}

#[test]
fn what_a_peer_opens_behind_the_goodbye_is_passed_over_to_its_end() {
    let mut http2 = connection(Duration::from_secs(1_000));
    http2.say_goodbye();
    let acknowledged = frame(kind::PING, flag::ACK, 0, b"goodbye?");
    let reset = frame(kind::RST_STREAM, 0, 1, &8_u32.to_be_bytes());
    let more = frame(kind::WINDOW_UPDATE, 0, 1, &1_u32.to_be_bytes());
    assert!(spoken(
        &mut http2,
        &[opening(), acknowledged, head(1), more, reset.clone()]
    ));
    assert!(http2.is_gone() || http2.streams.is_empty());
    // Where no goodbye was said, it is wrong.
    let mut http2 = connection(Duration::from_secs(1_000));
    assert!(!spoken(&mut http2, &[opening(), reset]));
}

#[test]
fn streams_that_end_before_their_turn_leave_nothing() {
    let mut http2 = connection(Duration::from_secs(1_000));
    assert!(spoken(&mut http2, &[opening()]));
    for place in 0..1_000 {
        let stream = number_of(place);
        let rest = frame(kind::DATA, flag::END_STREAM, stream, &message(stream, 1));
        assert!(spoken(&mut http2, &[head(stream), rest]));
        let (answer, numbers) = answer_of(vec![0; 40_000].into());
        http2.answer(stream, Reply::Answer(answer, numbers));
        if place > 2 {
            let broken_off = frame(kind::RST_STREAM, 0, stream, &8_u32.to_be_bytes());
            assert!(spoken(&mut http2, &[broken_off]));
        }
    }
    assert!(http2.streams.len() < 4 && http2.ready.len() < 100);
}

#[test]
fn only_what_is_open_is_reset_for_a_priority_that_makes_no_sense() {
    let itself = 1_u32.to_be_bytes();
    for (payload, stream) in [
        (&b""[..], 2),
        (&b""[..], 1),
        (&[&itself[..], &[0]].concat(), 1),
    ] {
        let nonsense = frame(kind::PRIORITY, 0, stream, payload);
        let mut http2 = connection(Duration::from_secs(60));
        assert!(!spoken(&mut http2, &[opening(), nonsense.clone()]));
        let mut reader = Reader::new();
        reader.read_from(&mut http2, usize::MAX);
        assert!(reader.streams.is_empty());

        let mut http2 = connection(Duration::from_secs(60));
        let goes_on = spoken(&mut http2, &[opening(), head(1), nonsense]);
        let mut reader = Reader::new();
        reader.read_from(&mut http2, usize::MAX);
        assert_eq!(goes_on, stream == 1);
        assert_eq!(reader.streams.contains_key(&1), stream == 1);
    }
}
