//! [`Secret`]: a text that is never shown.

use std::{convert::Infallible, fmt, str::FromStr};

use exhook::proto::REDACTED;

/// A key, a password, or a header made of them. `Debug` does not show it.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Secret(String);

impl Secret {
    pub(crate) fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// The text itself, for where it is sent to.
    pub(crate) fn expose(&self) -> &str {
        &self.0
    }

    /// `text` without this secret, for texts that come from elsewhere.
    pub(crate) fn redact(&self, text: &str) -> String {
        if self.0.is_empty() {
            return text.to_owned();
        }
        text.replace(&self.0, REDACTED)
    }
}

impl FromStr for Secret {
    type Err = Infallible;

    fn from_str(text: &str) -> Result<Self, Infallible> {
        Ok(Self::new(text))
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(REDACTED)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_is_neither_shown_nor_repeated() {
        let secret = Secret::new("s3cret");
        assert_eq!(format!("{secret:?}"), REDACTED);
        assert_eq!(
            secret.redact("bad value s3cret"),
            format!("bad value {REDACTED}")
        );
        assert_eq!(Secret::new("").redact("as it is"), "as it is");
    }
}
