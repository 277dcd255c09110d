//! [`Report`]: what was written, and what to type next.

use std::{
    fmt::Write as _,
    path::{Path, PathBuf},
};

use serde_json::{Value, json};

use super::{
    authority::Authority,
    certificate::{Facts, Leaf, Purpose},
};

/// A certificate and its key.
pub(super) struct Written {
    stem: String,
    kind: &'static str,
    facts: Facts,
    /// Whether it was there before.
    kept: bool,
}

impl Written {
    pub(super) fn authority(authority: &Authority, kept: bool) -> Result<Self, String> {
        Ok(Self {
            stem: "ca".to_owned(),
            kind: "ca",
            facts: Facts::read(authority.certificate_pem())?,
            kept,
        })
    }

    pub(super) fn leaf(leaf: &Leaf, certificate: &str) -> Result<Self, String> {
        Ok(Self {
            stem: leaf.stem.clone(),
            kind: match leaf.purpose {
                Purpose::Server => "server",
                Purpose::Client => "client",
            },
            facts: Facts::read(certificate)?,
            kept: false,
        })
    }

    fn names(&self) -> Vec<String> {
        self.facts.names.iter().map(ToString::to_string).collect()
    }
}

/// Everything there is to tell.
pub(super) struct Report {
    pub(super) folder: PathBuf,
    pub(super) written: Vec<Written>,
}

impl Report {
    pub(super) fn to_json(&self) -> String {
        let certificates: Vec<Value> = self
            .written
            .iter()
            .map(|written| {
                json!({
                    "kind": written.kind,
                    "certificate": self.path(&written.stem, "pem"),
                    "key": self.path(&written.stem, "key"),
                    "names": written.names(),
                    "sha256": written.facts.fingerprint,
                    "expires": written.facts.expires,
                    "kept": written.kept,
                })
            })
            .collect();
        format!("{}\n", json!({ "certificates": certificates }))
    }

    pub(super) fn to_text(&self) -> String {
        let mut text = String::new();
        for written in &self.written {
            let what = match (written.kind, written.kept) {
                ("ca", true) => "the CA that was there".to_owned(),
                ("ca", false) => "a test CA".to_owned(),
                (kind, _) => format!(
                    "the {kind}'s certificate for {}",
                    written.names().join(", ")
                ),
            };
            // A text takes everything.
            let _ = writeln!(
                text,
                "{} and {}: {what}\n  until {}, SHA-256 {}",
                self.path(&written.stem, "pem"),
                self.path(&written.stem, "key"),
                written.facts.expires_text,
                written.facts.fingerprint,
            );
        }
        let [ca, server, server_key, client, client_key] = [
            self.path("ca", "pem"),
            self.path("server", "pem"),
            self.path("server", "key"),
            self.path("client", "pem"),
            self.path("client", "key"),
        ];
        let host = self.host();
        let _ = write!(
            text,
            "
Start the hook program with the options tls_cert, tls_key and, so that only brokers with a
certificate are served, tls_client_ca; or in its environment:
  export EXHOOK_TLS_CERT={server}
  export EXHOOK_TLS_KEY={server_key}
  export EXHOOK_TLS_CLIENT_CA={ca}

Try it as a broker does:
  exhook check https://{host}:9000 --cacert {ca} --cert {client} --key {client_key}

In EMQX, with ca.pem, client.pem and client.key copied to every node:
  exhook.servers = [{{
    name = hooks
    url = \"https://{host}:9000\"
    ssl {{
      enable = true
      verify = verify_peer
      cacertfile = \"/etc/emqx/certs/ca.pem\"
      certfile = \"/etc/emqx/certs/client.pem\"
      keyfile = \"/etc/emqx/certs/client.key\"
    }}
  }}]
The host in the url must be one of the server's names. Keep ca.key to yourself.
"
        );
        text
    }

    /// A name for the URL: the first of the server's that is no wildcard.
    fn host(&self) -> String {
        let server = self.written.iter().find(|written| written.kind == "server");
        let names = server.map(Written::names).unwrap_or_default();
        let host = names.into_iter().find(|name| !name.starts_with('*'));
        match host {
            Some(host) if host.contains(':') => format!("[{host}]"),
            Some(host) => host,
            None => "HOST".to_owned(),
        }
    }

    /// As it can be typed from here, and in a file of settings.
    fn path(&self, stem: &str, ending: &str) -> String {
        Path::new(&self.folder)
            .join(format!("{stem}.{ending}"))
            .display()
            .to_string()
    }
}
