//! [`Scraper`]: asks a program for its counters.

use std::{fmt, time::Duration};

use ureq::Agent;

use super::sample::Sample;

/// Thousands of metrics take less; this is for the unexpected.
const MAX_ANSWER_BYTES: u64 = 64 * 1024 * 1024;

/// Asks one program for its counters, one request at a time; each blocks its thread.
#[derive(Clone, Debug)]
pub(super) struct Scraper {
    agent: Agent,
    url: String,
}

/// Why there is no sample.
#[derive(Debug)]
pub(super) enum ScrapeError {
    /// Nobody answered.
    Unreachable(String),
    /// What was answered is not exhook's.
    Foreign(String),
}

impl fmt::Display for ScrapeError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            ScrapeError::Unreachable(problem) => formatter.write_str(problem),
            ScrapeError::Foreign(problem) => {
                write!(
                    formatter,
                    "what answers is no admin listener of exhook: {problem}"
                )
            }
        }
    }
}

impl Scraper {
    /// Asks at `base`, such as `http://127.0.0.1:9090`, for `/metrics`.
    pub(super) fn new(base: &str, timeout: Duration) -> Self {
        let agent = Agent::config_builder()
            .http_status_as_error(false)
            .max_redirects(0)
            // Addresses of this machine and its neighbours are not for a proxy.
            .proxy(None)
            .timeout_global(Some(timeout))
            .build()
            .new_agent();
        let base = base.trim_end_matches('/');
        let base = base.strip_suffix("/metrics").unwrap_or(base);
        Self {
            agent,
            url: format!("{base}/metrics"),
        }
    }

    /// What is asked.
    pub(super) fn url(&self) -> &str {
        &self.url
    }

    /// Asks.
    pub(super) fn scrape(&self) -> Result<Sample, ScrapeError> {
        let unreachable = |error: ureq::Error| match error {
            ureq::Error::Io(error) => ScrapeError::Unreachable(error.to_string()),
            ureq::Error::Protocol(error) => ScrapeError::Foreign(error.to_string()),
            other => ScrapeError::Unreachable(other.to_string()),
        };
        let mut response = self.agent.get(&self.url).call().map_err(unreachable)?;
        let status = response.status();
        if status != 200 {
            return Err(ScrapeError::Foreign(format!("HTTP status {status}")));
        }
        let body = response.body_mut().with_config().limit(MAX_ANSWER_BYTES);
        let text = body.lossy_utf8(true).read_to_string();
        Sample::parse(&text.map_err(unreachable)?).map_err(ScrapeError::Foreign)
    }
}
