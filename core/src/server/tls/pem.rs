//! [`Pem`]: where an option's certificates or key are, and what is found there.

use std::{fmt, fs, path::PathBuf};

use rustls::pki_types::{
    CertificateDer, PrivateKeyDer,
    pem::{PemObject as _, SectionKind},
};

use crate::error::{Error, ErrorCode};

const BEGIN: &str = "-----BEGIN ";
/// A longer label is no label.
const MOST_LABEL_BYTES: usize = 40;

/// The value of an option that is PEM: a file, or the text itself.
#[derive(Clone)]
pub(super) struct Pem {
    option: &'static str,
    place: Place,
}

#[derive(Clone)]
enum Place {
    File(PathBuf),
    Text(String),
}

impl Pem {
    /// `None` where the option is empty.
    pub(super) fn of(option: &'static str, value: &str) -> Option<Self> {
        let place = match value.trim() {
            "" => return None,
            text if text.contains(BEGIN) => Place::Text(value.to_owned()),
            path => Place::File(path.into()),
        };
        Some(Self { option, place })
    }

    pub(super) fn is_file(&self) -> bool {
        matches!(self.place, Place::File(_))
    }

    pub(super) fn read(&self) -> Result<Vec<u8>, Error> {
        match &self.place {
            Place::Text(text) => Ok(text.clone().into_bytes()),
            Place::File(path) => fs::read(path).map_err(|error| {
                self.error(format!(
                    "cannot be read: {error}; give the path of a PEM file that this process may \
                     read, or the PEM text itself"
                ))
            }),
        }
    }

    /// All certificates in `content`, at least one.
    pub(super) fn certificates(
        &self,
        content: &[u8],
    ) -> Result<Vec<CertificateDer<'static>>, Error> {
        let found: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(content).collect();
        let found = found.map_err(|error| self.error(format!("is no sound PEM: {error}")))?;
        if found.is_empty() {
            return Err(self.error(format!(
                "holds no certificate{}; certificates stand between {BEGIN}CERTIFICATE----- and \
                 -----END CERTIFICATE-----{}",
                instead(content),
                self.hint_at_der(content, "x509"),
            )));
        }
        Ok(found)
    }

    /// The private key in `content`.
    pub(super) fn key(&self, content: &[u8]) -> Result<PrivateKeyDer<'static>, Error> {
        let text = String::from_utf8_lossy(content);
        if text.contains("BEGIN ENCRYPTED PRIVATE KEY") || text.contains("4,ENCRYPTED") {
            return Err(self.error(
                "holds a key that is encrypted with a password; write one without it, for this \
                 process alone to read: openssl pkey -in encrypted.pem -out key.pem",
            ));
        }
        for section in <(SectionKind, Vec<u8>)>::pem_slice_iter(content) {
            let (kind, der) =
                section.map_err(|error| self.error(format!("is no sound PEM: {error}")))?;
            if let Some(key) = PrivateKeyDer::from_pem(kind, der) {
                return Ok(key);
            }
        }
        Err(self.error(format!(
            "holds no private key{}; a key stands between {BEGIN}PRIVATE KEY----- and -----END \
             PRIVATE KEY-----{}",
            instead(content),
            self.hint_at_der(content, "pkey"),
        )))
    }

    /// What to do where the content is DER, whose outermost sequence begins like this.
    fn hint_at_der(&self, content: &[u8], command: &str) -> String {
        if content.starts_with(&[0x30, 0x82]) {
            format!("; this is DER: openssl {command} -inform der -in {self} -out {self}.pem")
        } else {
            String::new()
        }
    }

    pub(super) fn error(&self, problem: impl fmt::Display) -> Error {
        Error::new(
            ErrorCode::InvalidOption,
            format!("{}: {self} {problem}", self.option),
        )
    }
}

// The text may be a key.
impl fmt::Display for Pem {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.place {
            Place::File(path) => path.display().fmt(formatter),
            Place::Text(_) => formatter.write_str("the text"),
        }
    }
}

impl fmt::Debug for Pem {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}={self}", self.option)
    }
}

/// What stands there in place of what was looked for.
fn instead(content: &[u8]) -> String {
    let text = String::from_utf8_lossy(content);
    let labels: Vec<&str> = text
        .split(BEGIN)
        .skip(1)
        .filter_map(|rest| rest.split_once("-----"))
        .map(|(label, _)| label)
        .filter(|label| label.len() <= MOST_LABEL_BYTES)
        .collect();
    if labels.is_empty() {
        String::new()
    } else {
        format!(", but {}", labels.join(", "))
    }
}
