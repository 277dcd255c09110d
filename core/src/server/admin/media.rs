//! Which of the formats a client would rather have.

use http::{HeaderMap, header::ACCEPT};

/// Whether `OpenMetrics` is asked for, and no less than Prometheus' own format.
pub(super) fn prefers_open_metrics(headers: &HeaderMap) -> bool {
    let accepted = headers.get_all(ACCEPT).iter();
    let ranges: Vec<_> = accepted
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .map(parse)
        .collect();
    let quality = |wanted: &str| {
        let named = ranges.iter().filter(|(name, _)| *name == wanted);
        named.map(|(_, quality)| *quality).fold(0.0, f32::max)
    };
    let open_metrics = quality("application/openmetrics-text");
    open_metrics > 0.0 && open_metrics >= quality("text/plain")
}

/// The name of a range of media types, and its quality.
fn parse(range: &str) -> (&str, f32) {
    let mut parts = range.split(';').map(str::trim);
    let name = parts.next().unwrap_or("");
    let quality = parts
        .find_map(|parameter| parameter.strip_prefix("q="))
        .map_or(1.0, |quality| quality.parse().unwrap_or(0.0));
    (name, quality)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn open_metrics_is_for_those_who_ask_for_it() {
        for (accept, expected) in [
            (
                "application/openmetrics-text;version=1.0.0;q=0.5,\
                 application/openmetrics-text;version=0.0.1;q=0.4,\
                 text/plain;version=0.0.4;q=0.3,*/*;q=0.2",
                true,
            ),
            ("application/openmetrics-text; version=1.0.0", true),
            ("application/openmetrics-text;q=0.1, text/plain", false),
            ("application/openmetrics-text;q=0", false),
            ("text/plain;version=0.0.4", false),
            ("*/*", false),
            ("", false),
        ] {
            let mut headers = HeaderMap::new();
            headers.insert(ACCEPT, accept.parse().expect(accept));
            assert_eq!(prefers_open_metrics(&headers), expected, "{accept}");
        }
    }
}
