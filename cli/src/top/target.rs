//! [`Target`]: which program is meant.

use std::{path::Path, str::FromStr, time::Duration};

use super::{process, scraper::Scraper};

/// Which program is meant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Target {
    /// The number of a process or of a port, whichever there is.
    Number(u32),
    /// Where its admin listener is.
    Url(String),
}

impl FromStr for Target {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let expected = "expected the address of the option admin, such as http://127.0.0.1:9090, \
                        a port, or the id of a process";
        if text.bytes().all(|letter| letter.is_ascii_digit()) {
            let number = text.parse().map(Target::Number);
            return number.map_err(|_| expected.to_owned());
        }
        if text.starts_with("http://") || text.starts_with("https://") {
            return Ok(Target::Url(text.to_owned()));
        }
        let port = text
            .rsplit_once(':')
            .map(|(host, port)| (host, port.parse()));
        match port {
            _ if text.contains('/') => Err(expected.to_owned()),
            Some((host, Ok::<u16, _>(port))) => {
                let host = if host.is_empty() { "127.0.0.1" } else { host };
                Ok(Target::Url(format!("http://{host}:{port}")))
            }
            _ => Err(expected.to_owned()),
        }
    }
}

impl Target {
    /// The scraper of the program. The error says why there is none.
    pub(super) fn find(&self, timeout: Duration) -> Result<Scraper, String> {
        match self {
            Target::Url(url) => Ok(Scraper::new(url, timeout)),
            Target::Number(number) if is_process(*number) => process::find(*number, timeout),
            Target::Number(number) => match u16::try_from(*number) {
                Ok(port) => Ok(Scraper::new(&format!("http://127.0.0.1:{port}"), timeout)),
                Err(_) => Err(format!(
                    "there is no process {number}, and no port has so large a number"
                )),
            },
        }
    }
}

fn is_process(number: u32) -> bool {
    cfg!(target_os = "linux") && Path::new(&format!("/proc/{number}")).exists()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn urls_addresses_ports_and_processes_are_told_apart() {
        let url = |text: &str| Ok(Target::Url(text.to_owned()));
        for (text, target) in [
            ("9090", Ok(Target::Number(9090))),
            (":9090", url("http://127.0.0.1:9090")),
            ("localhost:9090", url("http://localhost:9090")),
            ("[::1]:9090", url("http://[::1]:9090")),
            ("http://host:9090/", url("http://host:9090/")),
            ("https://host/exhook", url("https://host/exhook")),
        ] {
            assert_eq!(text.parse::<Target>(), target);
        }
        for text in [
            "localhost",
            "host:http",
            "unix:/run/exhook.sock",
            "ftp://h:1",
            "99999999999",
        ] {
            assert!(text.parse::<Target>().is_err(), "{text}");
        }
    }

    #[test]
    fn a_number_is_a_port_where_there_is_no_such_process() {
        // No Linux has so many processes.
        let error = Target::Number(u32::MAX).find(Duration::from_secs(1));
        assert!(error.expect_err("no port").contains("no process"));
        let free = (1..=u32::from(u16::MAX))
            .rev()
            .find(|number| !is_process(*number));
        let free = free.expect("not every number is a process");
        let scraper = Target::Number(free)
            .find(Duration::from_secs(1))
            .expect("a port");
        assert_eq!(scraper.url(), format!("http://127.0.0.1:{free}/metrics"));
    }
}
