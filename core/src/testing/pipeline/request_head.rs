//! [`RequestHead`]: the headers that all requests of a connection have, compressed beforehand.

use std::{
    cell::RefCell,
    io,
    pin::Pin,
    rc::Rc,
    task::{Context, Poll, Waker},
};

use bytes::Bytes;
use h2::client::Builder;
use http::{Request, uri::Scheme};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

use super::PREFACE;
use crate::frame::{FrameHead, HEAD_BYTES, flag, kind, write, write_field};

/// The most a server may keep of headers that it was told to keep, unless it says otherwise.
const TABLE_BYTES: u32 = 4_096;
/// `:method: POST`, `:scheme: http` and `:scheme: https`, in a table that is never sent.
const POST: u8 = 0x83;
const HTTP: u8 = 0x86;
const HTTPS: u8 = 0x87;
const KEEP_NOTHING: u8 = 0x20;

/// The HEADERS frame of a request, but for the number of its stream.
///
/// The first request tells the server to keep the headers, and later ones refer to them; the path
/// is written out in each, as by other clients.
pub(super) struct RequestHead {
    head: Request<()>,
    /// Not sent so far.
    first: Option<Vec<u8>>,
    later: Vec<u8>,
}

impl RequestHead {
    pub(super) fn new(head: &Request<()>) -> Self {
        let [first, later] = compressed(head);
        Self {
            head: head.clone(),
            first: Some(frame(&first)),
            later: frame(&later),
        }
    }

    /// The server keeps no more than so many bytes of headers.
    pub(super) fn limit_table(&mut self, bytes: u32) {
        if bytes < TABLE_BYTES {
            self.first = None;
            self.later = frame(&written_out(&self.head));
        }
    }

    /// Writes the frame of the next request.
    pub(super) fn put(&mut self, out: &mut Vec<u8>, stream: u32) {
        let at = out.len();
        match self.first.take() {
            Some(first) => out.extend_from_slice(&first),
            None => out.extend_from_slice(&self.later),
        }
        out[at + 5..at + HEAD_BYTES].copy_from_slice(&stream.to_be_bytes());
    }
}

fn frame(block: &[u8]) -> Vec<u8> {
    let mut frame = Vec::new();
    write(&mut frame, kind::HEADERS, flag::END_HEADERS, 0, block);
    frame
}

/// What h2 makes of the headers of a connection's first request, and of all others.
fn compressed(head: &Request<()>) -> [Vec<u8>; 2] {
    const HEADERS_FIT: &str = "the headers of a request";
    let written = Rc::default();
    let mut context = Context::from_waker(Waker::noop());
    let mut handshake =
        Box::pin(Builder::new().handshake::<_, Bytes>(Recorder(Rc::clone(&written))));
    let Poll::Ready(Ok((mut requests, mut connection))) = handshake.as_mut().poll(&mut context)
    else {
        unreachable!("a recorder takes everything");
    };
    // Dropped, they would be reset.
    let _answers = [(); 2].map(|()| {
        let answer = requests.send_request(head.clone(), true);
        let _ = Pin::new(&mut connection).poll(&mut context);
        answer.expect(HEADERS_FIT)
    });
    let written = written.borrow();
    let mut rest = written
        .strip_prefix(PREFACE)
        .expect("what clients send first");
    let mut blocks = Vec::new();
    while let Some(head) = FrameHead::read(rest) {
        let (frame, others) = rest.split_at(HEAD_BYTES + head.length);
        if head.kind == kind::HEADERS {
            blocks.push(frame[HEAD_BYTES..].to_vec());
        }
        rest = others;
    }
    blocks.try_into().expect("two requests")
}

/// A socket that takes all that is written, and never has anything to read.
struct Recorder(Rc<RefCell<Vec<u8>>>);

impl AsyncRead for Recorder {
    fn poll_read(
        self: Pin<&mut Self>,
        _: &mut Context<'_>,
        _: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Poll::Pending
    }
}

impl AsyncWrite for Recorder {
    fn poll_write(
        self: Pin<&mut Self>,
        _: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        self.0.borrow_mut().extend_from_slice(bytes);
        Poll::Ready(Ok(bytes.len()))
    }

    fn poll_flush(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }

    fn poll_shutdown(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }
}

/// The headers for a server that keeps none.
fn written_out(head: &Request<()>) -> Vec<u8> {
    let scheme = if head.uri().scheme() == Some(&Scheme::HTTPS) {
        HTTPS
    } else {
        HTTP
    };
    let mut block = vec![KEEP_NOTHING, POST, scheme];
    let authority = head.uri().authority().map_or("", |name| name.as_str());
    write_field(&mut block, b":authority", authority.as_bytes());
    write_field(&mut block, b":path", head.uri().path().as_bytes());
    for (name, value) in head.headers() {
        write_field(&mut block, name.as_str().as_bytes(), value.as_bytes());
    }
    block
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use loona_hpack::Decoder;

    use super::*;
    use crate::testing::connection::head;

    fn decoded(decoder: &mut Decoder<'_>, request: &mut RequestHead, stream: u32) -> Vec<String> {
        let mut out = Vec::new();
        request.put(&mut out, stream);
        let head = FrameHead::read(&out).expect("a whole head");
        assert_eq!((head.kind, head.stream), (kind::HEADERS, stream));
        assert_eq!(head.length, out.len() - HEAD_BYTES);
        let headers = decoder.decode(&out[HEAD_BYTES..]).expect("headers");
        let text = |bytes| String::from_utf8(bytes).expect("text");
        headers
            .into_iter()
            .map(|(name, value)| format!("{}={}", text(name), text(value)))
            .collect()
    }

    #[test]
    fn every_request_has_the_headers_whatever_the_server_keeps() {
        // Long enough for a length of several bytes.
        let path = format!("/{}/OnX", "p".repeat(300));
        let request = head(
            (&Scheme::HTTP, "localhost"),
            &path,
            "m",
            Duration::from_secs(5),
        );
        let mut request = RequestHead::new(&request);
        let mut decoder = Decoder::new();
        let expected = [
            ":method=POST",
            ":scheme=http",
            ":authority=localhost",
            &format!(":path={path}"),
            "content-type=application/grpc+proto",
            "user-agent=grpc-erlang/0.1.0",
            "grpc-encoding=identity",
            "grpc-message-type=m",
            "te=trailers",
            "grpc-timeout=5S",
        ];
        for stream in [1, 3, 5] {
            assert_eq!(decoded(&mut decoder, &mut request, stream), expected);
        }
        let kept = request.later.clone();
        request.limit_table(4_096);
        assert_eq!(request.later, kept);
        request.limit_table(0);
        for stream in [7, 9] {
            assert_eq!(decoded(&mut decoder, &mut request, stream), expected);
        }
    }
}
