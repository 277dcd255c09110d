//! [`Reserved`]: an address that nobody else gets while the program that had it is away.

use std::{io, net::SocketAddr};

use socket2::{Domain, Socket, Type};

/// A free loopback address.
pub(crate) struct Reserved {
    pub(crate) address: String,
    /// Linux hands out no port that a socket has, but lets a listener share it that asks for it by
    /// its number.
    _socket: Option<Socket>,
}

impl Reserved {
    pub(crate) fn new() -> io::Result<Self> {
        let socket = Socket::new(Domain::IPV4, Type::STREAM, None)?;
        socket.set_reuse_address(true)?;
        socket.bind(&SocketAddr::from(([127, 0, 0, 1], 0)).into())?;
        let address = socket.local_addr()?.as_socket();
        Ok(Self {
            address: address.map_or_else(String::new, |address| address.to_string()),
            _socket: cfg!(target_os = "linux").then_some(socket),
        })
    }
}
