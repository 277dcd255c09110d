//! Options as JavaScript has them: properties of an object, named in camel case.

use exhook::{
    Config, ConfigValue, DEFAULT_BIND, Fallback, HandlerOptions, Hook, TopicFilters, camel_case,
    did_you_mean,
};
use napi::{
    Env, JsValue as _, Result,
    bindgen_prelude::{Either3, Object, Unknown},
};
use napi_derive::napi;

use crate::errors::{invalid_option, thrown};

/// A value of JavaScript's that is a number, a text, or true or false.
type Value = Either3<f64, String, bool>;

/// The largest whole number that a number of JavaScript's can stand for.
const LARGEST: f64 = 9_007_199_254_740_991.0;

/// The names of the options of a handler, besides its topics.
const HANDLER_OPTIONS: [&str; 4] = ["timeoutMs", "fallback", "ack", "shadow"];

/// Where apps serve that are not told where.
#[napi]
pub fn default_bind() -> &'static str {
    DEFAULT_BIND
}

/// The options of a server with their default values.
///
/// # Errors
///
/// Where JavaScript has no memory left.
#[napi(ts_return_type = "Record<string, number | boolean | string>")]
pub fn default_config(env: &Env) -> Result<Object<'_>> {
    let mut options = Object::new(env)?;
    for (name, value) in Config::default().options() {
        let name = camel_case(name);
        match value {
            #[expect(clippy::cast_precision_loss, reason = "no default is that large")]
            ConfigValue::Number(number) => options.set(name, number as f64)?,
            ConfigValue::Switch(on) => options.set(name, on)?,
            ConfigValue::Text(text) => options.set(name, text)?,
        }
    }
    Ok(options)
}

/// What each option of a server means.
///
/// # Errors
///
/// Where JavaScript has no memory left.
#[napi(ts_return_type = "Record<string, string>")]
pub fn describe_config(env: &Env) -> Result<Object<'_>> {
    let mut descriptions = Object::new(env)?;
    for (name, _) in Config::default().options() {
        descriptions.set(camel_case(name), Config::description(name))?;
    }
    Ok(descriptions)
}

/// Checks that there are such options of a server, and that their values are of their kinds. What the
/// values mean is checked once the file, the environment and the flags are there too.
///
/// # Errors
///
/// Where there is no such option, or it takes another kind of value.
#[napi]
pub fn check_config(options: Object<'_>) -> Result<()> {
    config_from(&options).map(drop)
}

/// Reads the options of a server over the defaults.
pub(crate) fn config_from(options: &Object<'_>) -> Result<Config> {
    let mut config = Config::default();
    let known = config.options();
    for name in given(options)? {
        let Some((option, kind)) = known.iter().find(|(option, _)| camel_case(option) == name)
        else {
            let names: Vec<_> = known.iter().map(|(option, _)| camel_case(option)).collect();
            return Err(unknown(&name, names.iter().map(String::as_str)));
        };
        let value = match (kind, options.get::<Value>(&name)) {
            (ConfigValue::Number(_), Ok(Some(Value::A(number)))) => {
                whole(number).map(ConfigValue::Number)
            }
            (ConfigValue::Switch(_), Ok(Some(Value::C(on)))) => Some(ConfigValue::Switch(on)),
            (ConfigValue::Text(_), Ok(Some(Value::B(text)))) => Some(ConfigValue::Text(text)),
            _ => None,
        };
        let value = value.ok_or_else(|| wrong(&name, options, kind.expected()))?;
        config.set(option, value).map_err(|error| thrown(&error))?;
    }
    Ok(config)
}

/// Reads the options of a handler of `hook`.
pub(crate) fn handler_options(
    hook: Hook,
    topics: Vec<String>,
    options: &Object<'_>,
) -> Result<HandlerOptions> {
    let mut read = HandlerOptions {
        topics: TopicFilters::new(topics).map_err(|error| invalid_option(error.to_string()))?,
        ..HandlerOptions::default()
    };
    for name in given(options)? {
        let value = options.get::<Value>(&name).ok().flatten();
        match (name.as_str(), value) {
            ("timeoutMs", Some(Value::A(number))) if whole(number).is_some() => {
                read.timeout_ms = whole(number);
            }
            ("timeoutMs", _) => return Err(wrong(&name, options, "a whole number from 1")),
            ("fallback", Some(Value::B(word))) => {
                let fallback = Fallback::for_hook(hook, &word).map_err(|error| thrown(&error))?;
                read.fallback = Some(fallback);
            }
            ("fallback", _) => return Err(wrong(&name, options, "a word")),
            ("ack", Some(Value::B(word))) => {
                read.ack = word.parse().map_err(|error| thrown(&error))?;
            }
            ("ack", _) => return Err(wrong(&name, options, "'early' or 'late'")),
            ("shadow", Some(Value::C(on))) => read.shadow = on,
            ("shadow", _) => return Err(wrong(&name, options, "true or false")),
            _ => return Err(unknown(&name, HANDLER_OPTIONS)),
        }
    }
    read.validate(hook).map_err(|error| named(&error))?;
    Ok(read)
}

/// The names of the properties that are not undefined.
fn given(options: &Object<'_>) -> Result<Vec<String>> {
    let mut names = Object::keys(options)?;
    names.retain(|name| !matches!(options.get::<Unknown<'_>>(name), Ok(None)));
    Ok(names)
}

/// An error of the core's in which options are named as JavaScript has them.
pub(crate) fn named(error: &exhook::Error) -> napi::Error {
    let mut message = error.to_string();
    for (name, _) in Config::default().options() {
        message = message.replace(name, &camel_case(name));
    }
    thrown(&exhook::Error::new(error.code(), message))
}

fn unknown<'name>(name: &str, known: impl IntoIterator<Item = &'name str>) -> napi::Error {
    invalid_option(format!(
        "there is no option {name}{}",
        did_you_mean(name, known)
    ))
}

fn wrong(name: &str, options: &Object<'_>, expected: &str) -> napi::Error {
    let value = options
        .get::<Unknown<'_>>(name)
        .ok()
        .flatten()
        .and_then(|value| {
            value
                .coerce_to_string()
                .ok()?
                .into_utf8()
                .ok()?
                .into_owned()
                .ok()
        });
    let value = value.unwrap_or_else(|| "something else".to_owned());
    invalid_option(format!("{name} is {value}; it takes {expected}"))
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "checked to be whole and in range"
)]
fn whole(number: f64) -> Option<u64> {
    let fits = number.fract() == 0.0 && (0.0..=LARGEST).contains(&number);
    fits.then_some(number as u64)
}
