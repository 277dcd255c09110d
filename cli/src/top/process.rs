//! The admin listener of a process of this machine.

use std::time::Duration;

use super::scraper::Scraper;

/// What to do where the counters of a process cannot be found.
const REMEDY: &str = "start it with the option admin, as in EXHOOK_ADMIN=127.0.0.1:9090 or exhook \
                      run --admin 9090; if it has that, give the address; a port that is the number \
                      of a process too is written with a colon, as in :9090";

/// How long a listener may take that may be of another kind.
#[cfg(target_os = "linux")]
const PROBE_TIMEOUT: Duration = Duration::from_secs(1);

/// The scraper of a process: of those sockets that it listens on, the one that answers as exhook's
/// admin listener does.
#[cfg(target_os = "linux")]
pub(super) fn find(id: u32, timeout: Duration) -> Result<Scraper, String> {
    let addresses = linux::listening(id).map_err(|error| {
        format!(
            "cannot read which sockets process {id} has: {error}; run this as its user, or give the \
             address of its option admin"
        )
    })?;
    for address in &addresses {
        let url = format!("http://{address}");
        if Scraper::new(&url, PROBE_TIMEOUT).scrape().is_ok() {
            return Ok(Scraper::new(&url, timeout));
        }
    }
    let problem = if addresses.is_empty() {
        "listens on no TCP port of this machine's".to_owned()
    } else {
        let addresses: Vec<_> = addresses.iter().map(ToString::to_string).collect();
        format!(
            "listens on {}, where nothing answers GET /metrics as exhook does",
            addresses.join(", ")
        )
    };
    Err(format!("process {id} {problem}; {REMEDY}"))
}

/// Elsewhere nothing tells the sockets of a process.
#[cfg(not(target_os = "linux"))]
pub(super) fn find(id: u32, _: Duration) -> Result<Scraper, String> {
    Err(format!(
        "the sockets of process {id} can be read on Linux only; {REMEDY}"
    ))
}

#[cfg(target_os = "linux")]
mod linux {
    use std::{
        collections::BTreeSet,
        fs, io,
        net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr},
        path::Path,
    };

    /// The state of a listening socket in `/proc/PID/net/tcp`.
    const LISTENING: &str = "0A";

    /// Where a process listens, as far as it can be reached over the loopback.
    pub(super) fn listening(id: u32) -> io::Result<Vec<SocketAddr>> {
        let process = Path::new("/proc").join(id.to_string());
        let sockets = sockets(&process)?;
        let mut addresses = BTreeSet::new();
        for table in ["net/tcp", "net/tcp6"] {
            // Without IPv6 there is no table of it.
            let table = fs::read_to_string(process.join(table)).unwrap_or_default();
            let lines = table.lines().filter_map(parse);
            addresses.extend(
                lines
                    .filter(|(_, inode)| sockets.contains(*inode))
                    .filter_map(|(address, _)| reachable(address)),
            );
        }
        Ok(addresses.into_iter().collect())
    }

    /// The inodes of the sockets of a process.
    fn sockets(process: &Path) -> io::Result<BTreeSet<String>> {
        let mut inodes = BTreeSet::new();
        for file in fs::read_dir(process.join("fd"))? {
            // A file that has been closed meanwhile is none.
            let Ok(link) = fs::read_link(file?.path()) else {
                continue;
            };
            let link = link.to_string_lossy();
            let inode = link
                .strip_prefix("socket:[")
                .and_then(|rest| rest.strip_suffix(']'));
            inodes.extend(inode.map(str::to_owned));
        }
        Ok(inodes)
    }

    /// The address and the inode of a socket that listens.
    fn parse(line: &str) -> Option<(SocketAddr, &str)> {
        let mut words = line.split_whitespace();
        let (host, port) = words.nth(1)?.split_once(':')?;
        let (state, inode) = (words.nth(1)?, words.nth(5)?);
        let port = u16::from_str_radix(port, 16).ok()?;
        (state == LISTENING).then_some((SocketAddr::new(parse_host(host)?, port), inode))
    }

    /// Words of 32 bits as the machine has them, whose bytes are in the order of the network.
    fn parse_host(text: &str) -> Option<IpAddr> {
        let mut bytes = Vec::new();
        for start in (0..text.len()).step_by(8) {
            let word = u32::from_str_radix(text.get(start..start + 8)?, 16).ok()?;
            bytes.extend(word.to_ne_bytes());
        }
        if let Ok(bytes) = <[u8; 4]>::try_from(&*bytes) {
            return Some(IpAddr::from(bytes));
        }
        let bytes = <[u8; 16]>::try_from(&*bytes).ok()?;
        Some(IpAddr::from(bytes).to_canonical())
    }

    fn reachable(address: SocketAddr) -> Option<SocketAddr> {
        let host = match address.ip() {
            IpAddr::V4(host) if host.is_unspecified() => IpAddr::from(Ipv4Addr::LOCALHOST),
            IpAddr::V6(host) if host.is_unspecified() => IpAddr::from(Ipv6Addr::LOCALHOST),
            host => host,
        };
        host.is_loopback()
            .then(|| SocketAddr::new(host, address.port()))
    }

    #[cfg(test)]
    mod tests {
        use std::net::TcpListener;

        use super::*;

        #[test]
        fn the_loopback_addresses_that_a_process_listens_on_are_found() {
            let loopback = TcpListener::bind("127.0.0.1:0").expect("a free port");
            let any = TcpListener::bind("0.0.0.0:0").expect("a free port");
            let peer = std::net::TcpStream::connect(loopback.local_addr().expect("bound"));
            let peer = peer.expect("a listener");
            let found = listening(std::process::id()).expect("our own process");
            assert!(found.contains(&loopback.local_addr().expect("bound")));
            let port = any.local_addr().expect("bound").port();
            assert!(found.contains(&SocketAddr::from((Ipv4Addr::LOCALHOST, port))));
            assert!(!found.contains(&peer.local_addr().expect("bound")));
        }

        #[cfg(target_endian = "little")]
        #[test]
        fn lines_of_the_kernel_are_read() {
            let line = |host: &str, state: &str| {
                format!(
                    "   0: {host}:2382 00000000:0000 {state} 0:0 00:0 0 0 0 4711 1 0 100 0 0 10 0"
                )
            };
            for (host, address) in [
                ("0100007F", Some("127.0.0.1:9090")),
                ("00000000", Some("127.0.0.1:9090")),
                ("0A00000A", None),
                ("00000000000000000000000001000000", Some("[::1]:9090")),
                ("00000000000000000000000000000000", Some("[::1]:9090")),
                ("0000000000000000FFFF00000100007F", Some("127.0.0.1:9090")),
            ] {
                let line = line(host, LISTENING);
                let (read, inode) = parse(&line).expect(host);
                assert_eq!(inode, "4711");
                assert_eq!(
                    reachable(read),
                    address.map(|text| text.parse().expect(text))
                );
            }
            assert_eq!(parse(&line("0100007F", "01")), None);
            let head =
                "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt";
            assert_eq!(parse(head), None);
        }
    }
}
