//! [`Exchange`]: what goes to and fro between a process and the dealer.

use std::{
    convert::Infallible,
    io::{self, IoSliceMut},
    mem::MaybeUninit,
    net::TcpStream,
    sync::Arc,
};

use rustix::net::{RecvAncillaryBuffer, RecvAncillaryMessage, RecvFlags, recvmsg};
use tokio::{
    io::Interest,
    sync::mpsc::{UnboundedReceiver, UnboundedSender},
};
use tracing::warn;

use super::{ConnectionContext, Dealer, Word, line_of};
use crate::{package::Package, sync::lock};

/// What goes to and fro between a process and the dealer.
pub(super) struct Exchange {
    pub(super) stream: tokio::net::UnixStream,
    pub(super) said: UnboundedReceiver<Word>,
    /// A line of which the end has not come.
    pub(super) heard: Vec<u8>,
    pub(super) incoming: UnboundedSender<TcpStream>,
    pub(super) dealer: Dealer,
    pub(super) context: Arc<ConnectionContext>,
}

impl Exchange {
    /// Goes on until the dealer has gone.
    pub(super) async fn run(mut self) -> Result<Infallible, io::Error> {
        loop {
            tokio::select! {
                ready = self.stream.readable() => {
                    ready?;
                    self.hear()?;
                }
                Some(word) = self.said.recv() => self.pass_on(&word).await?,
            }
        }
    }

    async fn pass_on(&self, word: &Word) -> io::Result<()> {
        let mut line = line_of(word);
        line.push(b'\n');
        let mut left = &*line;
        while !left.is_empty() {
            self.stream.writable().await?;
            match self.stream.try_write(left) {
                Ok(written) => left = &left[written..],
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => {}
                Err(error) => return Err(error),
            }
        }
        Ok(())
    }

    /// Reads once. A message with a connection is read to its end and no further.
    fn hear(&mut self) -> io::Result<()> {
        let mut bytes = [0; 4096];
        let mut space = [MaybeUninit::uninit(); rustix::cmsg_space!(ScmRights(4))];
        let mut control = RecvAncillaryBuffer::new(&mut space);
        #[cfg(target_os = "linux")]
        let flags = RecvFlags::CMSG_CLOEXEC;
        #[cfg(not(target_os = "linux"))]
        let flags = RecvFlags::empty();
        let received = self.stream.try_io(Interest::READABLE, || {
            let mut parts = [IoSliceMut::new(&mut bytes)];
            let received = recvmsg(&self.stream, &mut parts, &mut control, flags)?;
            Ok(received.bytes)
        });
        let count = match received {
            Ok(0) => return Err(io::ErrorKind::UnexpectedEof.into()),
            Ok(count) => count,
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => return Ok(()),
            Err(error) => return Err(error),
        };
        let mut connections = control
            .drain()
            .filter_map(|message| match message {
                RecvAncillaryMessage::ScmRights(files) => Some(files),
                _ => None,
            })
            .flatten()
            .map(TcpStream::from);
        for byte in &bytes[..count] {
            if *byte != b'\n' {
                self.heard.push(*byte);
                continue;
            }
            let line = std::mem::take(&mut self.heard);
            if !line.is_empty() {
                self.take_note(&line);
            } else if let Some(connection) = connections.next() {
                let _ = self.incoming.send(connection);
            } else {
                warn!("a connection that was dealt out is lost; check the limit of open files");
                self.dealer.say(Word::Closed);
            }
        }
        Ok(())
    }

    fn take_note(&self, line: &[u8]) {
        let brokers = &self.context.brokers;
        match serde_json::from_slice(line) {
            Ok(Word::Loaded {
                address,
                node,
                version,
                package,
                at,
            }) => {
                if let Some(package) = Package::from_short_name(&package) {
                    brokers.loaded_at(address, package, &node, &version, at);
                }
            }
            Ok(Word::Unloaded { address, node }) => brokers.unloaded(address, &node),
            Ok(Word::Told) => {
                if let Some(waiting) = lock(&self.dealer.waiting).pop_front() {
                    // Whoever waited may have given up.
                    let _ = waiting.send(());
                }
            }
            Ok(Word::Closed) => {}
            Err(error) => warn!(%error, "who deals out connections is not understood"),
        }
    }
}
