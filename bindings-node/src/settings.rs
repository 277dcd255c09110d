//! [`Settings`]: the options of a run, settled by the core.

use std::collections::HashMap;

use exhook::{ConfigLayers, ConfigValue, ProgramOption};
use napi::{
    Result,
    bindgen_prelude::{Either, Object},
};
use napi_derive::napi;

use crate::{
    errors::thrown,
    options::{config_from, named},
};

/// An option of the package's own.
#[napi(object)]
pub struct OwnOption {
    /// As in files.
    pub name: String,
    /// Of the kind that the option takes.
    pub by_default: Either<String, bool>,
    /// The words that it takes, where it does not take all.
    pub words: Vec<String>,
}

/// What the code says besides the options of the server.
#[napi(object)]
pub struct Code {
    /// Where to serve.
    pub bind: Option<String>,
    /// The path of the file of options.
    pub file: Option<String>,
}

/// The options of a run, each with where its value is from.
#[napi]
pub struct Settings {
    settings: exhook::Settings,
}

impl Settings {
    /// As the core has them.
    pub(crate) const fn to_core(&self) -> &exhook::Settings {
        &self.settings
    }
}

#[napi]
impl Settings {
    /// Settles the options: a flag wins over the environment, that over the file, and that over the
    /// code. Flags have the names that options have in files.
    ///
    /// # Errors
    ///
    /// Where there is no such option, its value means nothing, or the file cannot be read.
    #[napi(constructor)]
    pub fn new(
        own: Vec<OwnOption>,
        config: Object<'_>,
        code: Code,
        environment: HashMap<String, String>,
        flags: HashMap<String, String>,
    ) -> Result<Self> {
        let config = config_from(&config)?;
        let mut layers = ConfigLayers::new().config(&config).environment(environment);
        for option in own {
            let default = match option.by_default {
                Either::A(text) => ConfigValue::Text(text),
                Either::B(on) => ConfigValue::Switch(on),
            };
            layers = layers.option(ProgramOption::new(option.name, default).one_of(option.words));
        }
        if let Some(bind) = code.bind {
            layers = layers.code("bind", ConfigValue::Text(bind));
        }
        if let Some(file) = code.file {
            layers = layers.file(file);
        }
        for (name, text) in flags {
            layers = layers.flag(name, ConfigValue::Text(text));
        }
        let settings = layers.resolve().map_err(|error| match config.validate() {
            // What the code alone is refused for has the names that it has there.
            Err(own) if own.to_string() == error.to_string() => named(&error),
            _ => thrown(&error),
        })?;
        Ok(Self { settings })
    }

    /// The value of an option that is a text or a switch; null where there is none.
    #[napi]
    pub fn value(&self, name: String) -> Option<Either<String, bool>> {
        match &self.settings.get(&name)?.value {
            ConfigValue::Number(_) => None,
            ConfigValue::Switch(on) => Some(Either::B(*on)),
            ConfigValue::Text(text) => Some(Either::A(text.clone())),
        }
    }

    /// A file of options, with the sources as comments and without secrets.
    #[napi]
    pub fn text(&self) -> String {
        self.settings.to_string()
    }
}
