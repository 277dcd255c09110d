//! A hook program that answers as it is told, good or bad.

use std::{net::TcpListener, thread};

use bytes::{BufMut, Bytes, BytesMut};
use exhook::proto::{HookSpec, LoadedResponse};
use h2::{Reason, server::SendResponse};
use http::{HeaderMap, Response};
use prost::Message as _;
use tokio::runtime::Builder;

/// How a call is answered.
#[derive(Clone)]
pub(crate) enum Answer {
    /// These bytes as gRPC frames, then `grpc-status: 0`.
    Frames(Vec<u8>),
    /// The error of this status, "oops", in headers that end the stream.
    Error(u32),
    /// An empty message that is flagged as compressed.
    Compressed,
    Reset,
    Silence,
    NotFound,
}

/// How a provider takes leave of a connection.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Leave {
    Never,
    /// Answers so many calls and says good-bye on the connection, again and again.
    GoAwayAfter(usize),
    /// Answers so many calls and is gone.
    GoneAfter(usize),
}

/// A provider: how it answers loads, unloads, and everything else.
#[derive(Clone)]
pub(crate) struct Provider {
    pub(crate) load: Answer,
    pub(crate) unload: Answer,
    pub(crate) call: Answer,
    pub(crate) max_concurrent_streams: Option<u32>,
    pub(crate) leave: Leave,
}

impl Provider {
    /// One that answers whatever it is asked like this.
    pub(crate) fn always(answer: Answer) -> Self {
        Self {
            load: answer.clone(),
            unload: answer.clone(),
            call: answer,
            ..Self::default()
        }
    }
}

impl Default for Provider {
    /// Wants no hooks, and answers with empty messages.
    fn default() -> Self {
        Self {
            load: answer(&[]),
            unload: answer(&[]),
            call: answer(&[]),
            max_concurrent_streams: None,
            leave: Leave::Never,
        }
    }
}

/// One whole message.
pub(crate) fn answer(message: &[u8]) -> Answer {
    let mut frame = BytesMut::new();
    frame.put_u8(0);
    frame.put_u32(u32::try_from(message.len()).expect("short"));
    frame.put_slice(message);
    Answer::Frames(frame.to_vec())
}

/// The answer to a load, with hooks and their topics.
pub(crate) fn hooks(specs: &[(&str, &[&str])]) -> Answer {
    let hooks = specs.iter().map(|(name, topics)| HookSpec {
        name: (*name).to_owned(),
        topics: topics.iter().map(|topic| (*topic).to_owned()).collect(),
    });
    let response = LoadedResponse {
        hooks: hooks.collect(),
    };
    answer(&response.encode_to_vec())
}

/// Serves on a thread of its own until the test's process ends; returns the address.
pub(crate) fn start_provider(provider: Provider) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let address = listener.local_addr().expect("bound").to_string();
    listener
        .set_nonblocking(true)
        .expect("an option of the socket");
    thread::spawn(move || {
        let runtime = Builder::new_current_thread()
            .enable_all()
            .build()
            .expect("a runtime");
        runtime.block_on(async {
            let listener = tokio::net::TcpListener::from_std(listener).expect("a listener");
            while let Ok((stream, _)) = listener.accept().await {
                if let Leave::GoneAfter(_) = provider.leave {
                    drop(listener);
                    return serve(stream, provider).await;
                }
                tokio::spawn(serve(stream, provider.clone()));
            }
        });
    });
    address
}

async fn serve(stream: tokio::net::TcpStream, provider: Provider) {
    let mut builder = h2::server::Builder::new();
    if let Some(limit) = provider.max_concurrent_streams {
        builder.max_concurrent_streams(limit);
    }
    let Ok(mut connection) = builder.handshake::<_, Bytes>(stream).await else {
        return;
    };
    let mut silent = Vec::new();
    let mut answered = 0;
    while let Some(Ok((request, respond))) = connection.accept().await {
        let path = request.uri().path();
        if path.ends_with("/OnProviderLoaded") {
            silent.extend(give(respond, &provider.load));
        } else if path.ends_with("/OnProviderUnloaded") {
            silent.extend(give(respond, &provider.unload));
        } else {
            silent.extend(give(respond, &provider.call));
        }
        answered += 1;
        match provider.leave {
            Leave::GoAwayAfter(calls) if answered == calls => connection.graceful_shutdown(),
            Leave::GoneAfter(calls) if answered == calls => return,
            _ => {}
        }
    }
}

fn give(mut respond: SendResponse<Bytes>, answer: &Answer) -> Option<SendResponse<Bytes>> {
    let response = |status: u16| {
        Response::builder()
            .status(status)
            .header("content-type", "application/grpc")
    };
    let frames = match answer {
        Answer::Frames(bytes) => bytes.clone(),
        Answer::Compressed => vec![1, 0, 0, 0, 0],
        Answer::Error(status) => {
            let head = response(200).header("grpc-status", *status);
            let head = head.header("grpc-message", "oops").body(());
            let head = head.expect("a response");
            respond.send_response(head, true).expect("an open stream");
            return None;
        }
        Answer::NotFound => {
            let head = response(404).body(()).expect("a response");
            respond.send_response(head, true).expect("an open stream");
            return None;
        }
        Answer::Reset => {
            respond.send_reset(Reason::INTERNAL_ERROR);
            return None;
        }
        Answer::Silence => return Some(respond),
    };
    let head = response(200).body(()).expect("a response");
    let mut stream = respond.send_response(head, false).expect("an open stream");
    stream
        .send_data(frames.into(), false)
        .expect("an open stream");
    let mut trailers = HeaderMap::new();
    trailers.insert("grpc-status", "0".parse().expect("a number"));
    stream.send_trailers(trailers).expect("an open stream");
    None
}
