//! [`Doorbell`]: something an event loop can watch, rung from other threads.

pub(crate) use imp::Doorbell;

#[cfg(target_os = "linux")]
mod imp {
    use std::{
        io,
        os::fd::{AsRawFd, OwnedFd},
    };

    use rustix::event::{EventfdFlags, eventfd};

    /// An eventfd: readable from ring to silence.
    pub(crate) struct Doorbell(OwnedFd);

    impl Doorbell {
        /// A doorbell that has not rung.
        pub(crate) fn new() -> io::Result<Self> {
            Ok(Self(eventfd(
                0,
                EventfdFlags::CLOEXEC | EventfdFlags::NONBLOCK,
            )?))
        }

        /// The descriptor to watch.
        pub(crate) fn fileno(&self) -> u64 {
            u64::from(self.0.as_raw_fd().unsigned_abs())
        }

        /// Makes the descriptor readable.
        pub(crate) fn ring(&self) {
            // It fails only when it has been rung 2^64 - 1 times, and then it is readable.
            let _ = rustix::io::write(&self.0, &1_u64.to_ne_bytes());
        }

        /// Makes the descriptor unreadable.
        pub(crate) fn silence(&self) {
            // It fails when there is nothing to read, which is what is wanted.
            let _ = rustix::io::read(&self.0, &mut [0; 8]);
        }
    }
}

#[cfg(not(target_os = "linux"))]
mod imp {
    use std::io::{self, Read as _, Write as _};

    #[cfg(windows)]
    use std::net::TcpStream as Stream;
    #[cfg(unix)]
    use std::os::unix::net::UnixStream as Stream;

    /// Two connected sockets: bytes written to one make the other readable.
    pub(crate) struct Doorbell {
        button: Stream,
        bell: Stream,
    }

    impl Doorbell {
        /// A doorbell that has not rung.
        pub(crate) fn new() -> io::Result<Self> {
            let (button, bell) = pair()?;
            button.set_nonblocking(true)?;
            bell.set_nonblocking(true)?;
            Ok(Self { button, bell })
        }

        /// The descriptor or socket to watch.
        pub(crate) fn fileno(&self) -> u64 {
            #[cfg(unix)]
            return u64::from(std::os::fd::AsRawFd::as_raw_fd(&self.bell).unsigned_abs());
            #[cfg(windows)]
            return std::os::windows::io::AsRawSocket::as_raw_socket(&self.bell);
        }

        /// Makes the descriptor readable.
        pub(crate) fn ring(&self) {
            // It fails when the buffer is full, and then the bell is readable.
            let _ = (&self.button).write(&[1]);
        }

        /// Makes the descriptor unreadable.
        pub(crate) fn silence(&self) {
            while matches!((&self.bell).read(&mut [0; 64]), Ok(64)) {}
        }
    }

    #[cfg(unix)]
    fn pair() -> io::Result<(Stream, Stream)> {
        Stream::pair()
    }

    #[cfg(windows)]
    fn pair() -> io::Result<(Stream, Stream)> {
        let listener = std::net::TcpListener::bind(("127.0.0.1", 0))?;
        let button = Stream::connect(listener.local_addr()?)?;
        loop {
            // Another process may connect first.
            let (bell, peer) = listener.accept()?;
            if peer == button.local_addr()? {
                button.set_nodelay(true)?;
                return Ok((button, bell));
            }
        }
    }
}
