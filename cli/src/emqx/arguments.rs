//! [`EmqxArguments`]: how a command reaches EMQX's management API.

use std::{path::PathBuf, time::Duration};

use clap::Args;

use super::{EmqxClient, secret::Secret};

/// Where EMQX's management API is, and who asks.
#[derive(Clone, Debug, Args)]
#[command(next_help_heading = "EMQX's management API")]
pub(crate) struct EmqxArguments {
    /// The address of EMQX's dashboard, such as <http://127.0.0.1:18083>
    #[arg(long, value_name = "URL", value_parser = parse_address,
          help = "The address of EMQX's dashboard, such as http://127.0.0.1:18083")]
    emqx: Option<String>,
    /// The API key, as the dashboard shows it
    #[arg(
        long,
        value_name = "KEY",
        env = "EXHOOK_EMQX_API_KEY",
        hide_env_values = true
    )]
    api_key: Option<Secret>,
    /// Its secret; on the command line others can see it, in the environment they cannot
    #[arg(
        long,
        value_name = "SECRET",
        env = "EXHOOK_EMQX_API_SECRET",
        hide_env_values = true
    )]
    api_secret: Option<Secret>,
    /// Certificates to trust, instead of those of the public authorities
    #[arg(long, value_name = "FILE")]
    emqx_ca: Option<PathBuf>,
    /// How many milliseconds to wait for each answer of the API
    #[arg(long, value_name = "MS", default_value_t = 10_000,
          value_parser = clap::value_parser!(u64).range(1..))]
    emqx_timeout_ms: u64,
}

impl EmqxArguments {
    /// The client that the arguments describe; `None` without an address.
    pub(crate) fn client(&self) -> Result<Option<EmqxClient>, String> {
        let Some(address) = &self.emqx else {
            return Ok(None);
        };
        let (Some(key), Some(secret)) = (&self.api_key, &self.api_secret) else {
            return Err(
                "--emqx needs an API key: make one in the dashboard (System, API Key), and give \
                 it as --api-key and --api-secret, or in EXHOOK_EMQX_API_KEY and \
                 EXHOOK_EMQX_API_SECRET"
                    .to_owned(),
            );
        };
        let timeout = Duration::from_millis(self.emqx_timeout_ms);
        EmqxClient::new(address, key, secret, self.emqx_ca.as_deref(), timeout).map(Some)
    }

    /// The client, for commands that cannot do without.
    pub(crate) fn required_client(&self) -> Result<EmqxClient, String> {
        self.client()?.ok_or_else(|| {
            "give the address of EMQX's dashboard with --emqx, such as http://127.0.0.1:18083"
                .to_owned()
        })
    }
}

fn parse_address(text: &str) -> Result<String, String> {
    const EXPECTED: &str = "expected http://host:port or https://host:port, as of the dashboard";
    let Some(rest) = text
        .strip_prefix("http://")
        .or_else(|| text.strip_prefix("https://"))
    else {
        return Err(EXPECTED.to_owned());
    };
    if rest.contains('@') {
        return Err("a user does not belong in the address; give an API key".to_owned());
    }
    let rest = rest.strip_suffix('/').unwrap_or(rest);
    if rest.is_empty() || rest.contains(['/', '?', '#', ' ']) {
        return Err(EXPECTED.to_owned());
    }
    Ok(text.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_those_of_a_dashboard() {
        for good in ["http://127.0.0.1:18083", "https://emqx.example:18084/"] {
            assert_eq!(parse_address(good).as_deref(), Ok(good));
        }
        for bad in [
            "127.0.0.1:18083",
            "ftp://a:1",
            "http://",
            "http://a:1/api/v5",
        ] {
            assert!(parse_address(bad).is_err(), "{bad}");
        }
        let error = parse_address("http://me:word@a:1").expect_err("a user");
        assert!(!error.contains("word"), "{error}");
    }
}
