use std::time::Duration;

use super::*;
use crate::testing::connection::head;

/// `:status: 200`.
const STATUS: &[u8] = &[0x88];
/// `:status: 103`.
const INTERIM: &[u8] = &[0x08, 3, b'1', b'0', b'3'];
const TRAILERS: &[u8] = b"\0\x0bgrpc-status\x017\0\x0cgrpc-message\x02no";
const MESSAGE: &[u8] = &[0, 0, 0, 0, 2, 8, 1];
const MAX_CONCURRENT: [u8; 6] = [0, 3, 0, 0, 0, 2];

fn begun(requests: &[&[u8]]) -> (Multiplexer, VecDeque<(u64, Bytes)>) {
    let head = head(
        (&http::uri::Scheme::HTTP, "localhost"),
        "/s/M",
        "s.M",
        Duration::from_secs(5),
    );
    let requests = requests.iter().map(|bytes| Bytes::copy_from_slice(bytes));
    let multiplexer = Multiplexer::new(&head);
    (multiplexer, (0_u64..).zip(requests).collect())
}

fn frame(kind: u8, flags: u8, stream: u32, content: &[u8]) -> Vec<u8> {
    let mut bytes = Vec::new();
    write(&mut bytes, kind, flags, stream, content);
    bytes
}

/// The frames that are to be written, without the preface.
fn written(
    multiplexer: &mut Multiplexer,
    waiting: &mut VecDeque<(u64, Bytes)>,
) -> Vec<(u8, u8, u32, usize)> {
    let mut bytes = Vec::new();
    loop {
        // The socket takes a few bytes at a time.
        let next = multiplexer.next_write(waiting);
        let taken = next.len().min(1_000);
        if taken == 0 {
            break;
        }
        bytes.extend_from_slice(&next[..taken]);
        multiplexer.wrote(taken);
    }
    let mut rest = bytes.strip_prefix(PREFACE).unwrap_or(&bytes);
    let mut frames = Vec::new();
    while let Some(head) = FrameHead::read(rest) {
        frames.push((head.kind, head.flags, head.stream, head.length));
        rest = &rest[HEAD_BYTES + head.length..];
    }
    assert_eq!(rest, b"");
    frames
}

fn streams(frames: &[(u8, u8, u32, usize)], kind: u8) -> Vec<u32> {
    let of_kind = frames.iter().filter(|frame| frame.0 == kind);
    of_kind.map(|frame| frame.2).collect()
}

/// Hands over `bytes` one by one, as a slow socket would.
fn read(multiplexer: &mut Multiplexer, bytes: &[u8]) -> Result<(), String> {
    let mut waiting = Vec::new();
    for byte in bytes {
        waiting.push(*byte);
        let whole = multiplexer.read(&waiting)?;
        waiting.drain(..whole);
    }
    assert_eq!(waiting, b"", "whole frames");
    Ok(())
}

#[test]
fn an_answer_is_read_however_it_is_cut_padded_and_continued() {
    let (mut multiplexer, mut waiting) = begun(&[b"request"]);
    let frames = written(&mut multiplexer, &mut waiting);
    let kinds: Vec<_> = frames.iter().map(|frame| frame.0).collect();
    assert_eq!(kinds, [kind::SETTINGS, kind::HEADERS, kind::DATA]);
    assert_eq!(frames[2], (kind::DATA, flag::END_STREAM, 1, 7));
    let priority = [0; 5];
    let bytes = [
        frame(kind::SETTINGS, 0, 0, &[]),
        frame(kind::HEADERS, flag::END_HEADERS, 1, INTERIM),
        frame(kind::HEADERS, flag::PRIORITY, 1, &priority),
        frame(kind::CONTINUATION, flag::END_HEADERS, 1, STATUS),
        frame(
            kind::DATA,
            flag::PADDED,
            1,
            &[&[3], &MESSAGE[..2], &[0; 3]].concat(),
        ),
        frame(0x20, 0, 1, b"of a kind to come"),
        frame(kind::DATA, 0, 1, &MESSAGE[2..]),
        frame(
            kind::HEADERS,
            flag::END_HEADERS | flag::END_STREAM,
            1,
            TRAILERS,
        ),
    ];
    read(&mut multiplexer, &bytes.concat()).expect("HTTP/2");
    let (call, outcome) = multiplexer.pop_ended().expect("an answer");
    assert_eq!((call, outcome.http_status), (0, Some(200)));
    assert_eq!(outcome.grpc_status, Some(7));
    assert_eq!(outcome.grpc_message, "no");
    assert_eq!(outcome.message.as_deref(), Some(&[8, 1][..]));
    assert!(!outcome.trailers_only && outcome.reset.is_none());
    let frames = written(&mut multiplexer, &mut waiting);
    assert_eq!(frames, [(kind::SETTINGS, flag::ACK, 0, 0)]);
}

#[test]
fn calls_above_the_limit_of_the_server_wait() {
    let (mut multiplexer, mut waiting) = begun(&[b"a", b"b", b"c", b"d"]);
    read(
        &mut multiplexer,
        &frame(kind::SETTINGS, 0, 0, &MAX_CONCURRENT),
    )
    .expect("HTTP/2");
    let frames = written(&mut multiplexer, &mut waiting);
    assert_eq!(streams(&frames, kind::HEADERS), [1, 3]);
    let ends = frame(
        kind::HEADERS,
        flag::END_HEADERS | flag::END_STREAM,
        3,
        TRAILERS,
    );
    read(&mut multiplexer, &ends).expect("HTTP/2");
    assert!(multiplexer.pop_ended().expect("an answer").1.trailers_only);
    let frames = written(&mut multiplexer, &mut waiting);
    assert_eq!(streams(&frames, kind::HEADERS), [5]);
}

#[test]
fn requests_are_as_long_as_the_windows_of_the_server() {
    let (large, small) = (vec![0; 100_000], [0; 10]);
    let (mut multiplexer, mut waiting) = begun(&[&large, &small]);
    let sent = |frames: &[(u8, u8, u32, usize)], stream| {
        assert!(frames.iter().all(|frame| frame.3 <= MOST_CONTENT_BYTES));
        let of_stream = |frame: &&(u8, u8, u32, usize)| frame.0 == kind::DATA && frame.2 == stream;
        let of_stream: Vec<_> = frames.iter().filter(of_stream).collect();
        let ended = of_stream.iter().any(|frame| frame.1 == flag::END_STREAM);
        (of_stream.iter().map(|frame| frame.3).sum(), ended)
    };
    let frames = written(&mut multiplexer, &mut waiting);
    assert_eq!(sent(&frames, 1), (65_535, false));
    assert_eq!(streams(&frames, kind::HEADERS), [1, 3]);
    let widen = |stream, bytes: u32| frame(kind::WINDOW_UPDATE, 0, stream, &bytes.to_be_bytes());
    // The stream has no room, but the connection has.
    read(&mut multiplexer, &widen(0, 40_000)).expect("HTTP/2");
    let frames = written(&mut multiplexer, &mut waiting);
    assert_eq!(
        (sent(&frames, 1), sent(&frames, 3)),
        ((0, false), (10, true))
    );
    // 10 000 bytes more for every stream.
    let settings = [&[0, 4][..], &75_535_u32.to_be_bytes()].concat();
    let more = [frame(kind::SETTINGS, 0, 0, &settings), widen(1, 24_464)];
    read(&mut multiplexer, &more.concat()).expect("HTTP/2");
    let frames = written(&mut multiplexer, &mut waiting);
    assert_eq!(sent(&frames, 1), (34_464, false));
    read(&mut multiplexer, &widen(1, 1)).expect("HTTP/2");
    let frames = written(&mut multiplexer, &mut waiting);
    assert_eq!(sent(&frames, 1), (1, true));
}

#[test]
fn long_answers_get_room_for_the_rest() {
    let (mut multiplexer, mut waiting) = begun(&[b"a"]);
    written(&mut multiplexer, &mut waiting);
    let mut bytes = frame(kind::HEADERS, flag::END_HEADERS, 1, STATUS);
    for _ in 0..3 {
        bytes.extend(frame(kind::DATA, 0, 1, &[0; 12_000]));
    }
    multiplexer.read(&bytes).expect("HTTP/2");
    let frames = written(&mut multiplexer, &mut waiting);
    assert_eq!(streams(&frames, kind::WINDOW_UPDATE), [0, 1]);
}

#[test]
fn a_goodbye_ends_the_calls_that_the_server_will_not_answer() {
    let (mut multiplexer, mut waiting) = begun(&[b"a", b"b", b"c"]);
    written(&mut multiplexer, &mut waiting);
    let goaway = [&3_u32.to_be_bytes()[..], &11_u32.to_be_bytes()].concat();
    let bytes = [
        frame(kind::GOAWAY, 0, 0, &goaway),
        frame(kind::PING, 0, 0, &[7; 8]),
        frame(kind::RST_STREAM, 0, 3, &7_u32.to_be_bytes()),
        frame(
            kind::HEADERS,
            flag::END_HEADERS | flag::END_STREAM,
            1,
            TRAILERS,
        ),
    ];
    read(&mut multiplexer, &bytes.concat()).expect("HTTP/2");
    let mut ended = || multiplexer.pop_ended().expect("an end");
    let (refused, reset, answered) = (ended(), ended(), ended());
    assert_eq!((refused.0, reset.0, answered.0), (2, 1, 0));
    let reason = refused.1.reset.expect("a reason");
    assert!(reason.contains("takes no more calls"), "{reason}");
    let reason = reset.1.reset.expect("a reason");
    assert!(reason.contains("the server reset the stream"), "{reason}");
    assert_eq!(answered.1.grpc_status, Some(7));
    assert!(multiplexer.leaving().is_some());
    waiting.push_back((3, Bytes::new()));
    let frames = written(&mut multiplexer, &mut waiting);
    assert_eq!(frames, [(kind::PING, flag::ACK, 0, 8)]);
}

#[test]
fn an_answer_out_of_order_ends_its_own_call_only() {
    for (bytes, problem) in [
        (frame(kind::DATA, 0, 1, MESSAGE), "without headers"),
        (
            frame(kind::HEADERS, flag::END_HEADERS, 1, STATUS).repeat(2),
            "in its middle",
        ),
    ] {
        let (mut multiplexer, mut waiting) = begun(&[b"a", b"b"]);
        written(&mut multiplexer, &mut waiting);
        let rest = frame(kind::DATA, flag::END_STREAM, 1, MESSAGE);
        let other = frame(
            kind::HEADERS,
            flag::END_HEADERS | flag::END_STREAM,
            3,
            TRAILERS,
        );
        read(&mut multiplexer, &[bytes, rest, other].concat()).expect("HTTP/2");
        let reason = multiplexer.pop_ended().expect("an end").1.reset;
        let reason = reason.expect("a reason");
        assert!(reason.contains(problem), "{reason}");
        assert_eq!(multiplexer.pop_ended().expect("an end").0, 1);
        assert!(multiplexer.pop_ended().is_none());
    }
}

#[test]
fn what_is_no_http2_ends_the_connection() {
    for bytes in [
        b"HTTP/1.1 400 Bad Request\r\n\r\n".to_vec(),
        frame(kind::DATA, flag::PADDED, 1, &[9, 0]),
        frame(kind::HEADERS, flag::PRIORITY | flag::END_HEADERS, 1, &[0]),
        frame(kind::HEADERS, flag::END_HEADERS, 1, &[0xff]),
        frame(kind::CONTINUATION, flag::END_HEADERS, 1, STATUS),
        [
            frame(kind::HEADERS, 0, 1, STATUS),
            frame(kind::PING, 0, 0, &[0; 8]),
        ]
        .concat(),
        frame(kind::PUSH_PROMISE, flag::END_HEADERS, 1, &[0, 0, 0, 2]),
        frame(kind::WINDOW_UPDATE, 0, 0, &[0x7f, 0xff, 0xff, 0xff]),
        frame(kind::RST_STREAM, 0, 1, &[0]),
    ] {
        let (mut multiplexer, mut waiting) = begun(&[b"a"]);
        written(&mut multiplexer, &mut waiting);
        multiplexer.read(&bytes).expect_err("no HTTP/2");
        multiplexer.end_all("the connection was lost");
        let reason = multiplexer.pop_ended().expect("an end").1.reset;
        assert_eq!(reason.as_deref(), Some("the connection was lost"));
    }
}
