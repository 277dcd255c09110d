//! [`Options`]: what a program sets, and the layers that win over it.

use exhook_core::{
    Config, ConfigLayers, ConfigValue, DEFAULT_THREADS, Error, ErrorCode, ProgramOption, Settings,
};

/// The name of the option that is of this library only.
const THREADS: &str = "threads";

/// The options of a server, as its program sets them.
#[derive(Clone)]
pub(crate) struct Options {
    pub(crate) config: Config,
    pub(crate) threads: u64,
    /// Where the file of options is; empty for none.
    pub(crate) file: String,
    /// Whether variables of the environment count.
    pub(crate) environment: bool,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            config: Config::default(),
            threads: DEFAULT_THREADS as u64,
            file: String::new(),
            environment: true,
        }
    }
}

impl Options {
    /// What a server on this address is started with.
    pub(crate) fn settle(&self, address: &str) -> Result<Settings, Error> {
        let default = ConfigValue::Number(DEFAULT_THREADS as u64);
        let mut layers = ConfigLayers::new()
            .option(ProgramOption::new(THREADS, default))
            .config(&self.config)
            .file(self.file.as_str())
            .code("bind", ConfigValue::Text(address.to_owned()));
        if self.threads != DEFAULT_THREADS as u64 {
            layers = layers.code(THREADS, ConfigValue::Number(self.threads));
        }
        if self.environment {
            layers = layers.process_environment();
        }
        let settings = layers.resolve()?;
        check_threads(threads_of(&settings))?;
        Ok(settings)
    }
}

/// Fails where no thread would run callbacks.
pub(crate) fn check_threads(threads: u64) -> Result<(), Error> {
    if threads == 0 {
        let text = "threads is 0; it must be at least 1";
        return Err(Error::new(ErrorCode::InvalidOption, text));
    }
    Ok(())
}

/// How many lane threads there are at most.
pub(crate) fn threads_of(settings: &Settings) -> u64 {
    match settings.get(THREADS).map(|setting| &setting.value) {
        Some(ConfigValue::Number(threads)) => *threads,
        _ => DEFAULT_THREADS as u64,
    }
}
