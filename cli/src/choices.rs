//! Which package is spoken, and how fast.

use exhook::Package;

/// The package to speak.
#[derive(Clone, Copy, Debug)]
pub(crate) enum PackageChoice {
    AsRecorded,
    Always(Package),
}

/// The pace of the calls.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Speed {
    Max,
    Times(f64),
}

pub(crate) fn parse_package(text: &str) -> Result<PackageChoice, String> {
    if text == "as-recorded" {
        return Ok(PackageChoice::AsRecorded);
    }
    Package::from_short_name(text)
        .map(PackageChoice::Always)
        .ok_or_else(|| "expected as-recorded, v1, v2 or v3".to_owned())
}

pub(crate) fn parse_speed(text: &str) -> Result<Speed, String> {
    if text == "max" {
        return Ok(Speed::Max);
    }
    match text.parse::<f64>() {
        Ok(times) if times.is_finite() && times > 0.0 => Ok(Speed::Times(times)),
        _ => Err("expected a number above 0, such as 1 or 10, or max".to_owned()),
    }
}
