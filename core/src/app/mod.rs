//! [`App`]: hooks in Rust, as closures and async functions.

mod handlers;
mod received;
mod registration;
mod verdicts;

use std::sync::Arc;

pub use received::{HookRequest, Received};
use registration::Pending;
pub use registration::Registration;
use tokio::runtime::Handle;
pub use verdicts::{IntoVerdict, allow, block, deny, ignore, keep_going, replace};

use crate::{
    config::{Config, ConfigLayers, ConfigValue, Settings},
    dispatch::Registry,
    error::Error,
    server::Server,
};
use handlers::Runtime;

/// The hooks of one program, and the server that they are called from.
///
/// ```no_run
/// use exhook::{App, replace};
///
/// let mut app = App::new();
/// app.on_client_authenticate(|req| req.clientinfo().username == "alice");
/// app.on_message_publish(|req| replace().payload(req.message().payload.to_ascii_uppercase()))
///     .topics(["sensors/#"]);
/// app.on_client_connected_async(async |req| println!("{} is here", req.clientinfo().clientid));
/// app.run("0.0.0.0:9000")?;
/// # Ok::<(), exhook::Error>(())
/// ```
///
/// Closures run on the I/O threads and must not block; what waits belongs into an async function
/// (method `…_async`), which runs on the tokio runtime that is current when the app starts, or
/// else on one of its own. Several handlers of a hook run in the order of registration: the first
/// decisive verdict ends the chain, and for `message.publish` each sees what the one before made
/// of the message.
#[derive(Default)]
pub struct App {
    options: Options,
    pending: Vec<Pending>,
    runtime: Arc<Runtime>,
}

/// The options of an app.
enum Options {
    /// What the code says; [`App::run`] looks at the environment too.
    Code(Config),
    /// What the program has put together.
    Settled(Settings),
}

impl Default for Options {
    fn default() -> Self {
        Options::Code(Config::default())
    }
}

impl App {
    /// An app without handlers, with the default options.
    pub fn new() -> Self {
        Self::default()
    }

    /// An app without handlers. [`run`](App::run) lets the environment override the options.
    pub fn with_config(config: Config) -> Self {
        Self {
            options: Options::Code(config),
            ..Self::default()
        }
    }

    /// An app without handlers, whose options are settled: the environment is not looked at again.
    ///
    /// ```no_run
    /// use exhook::{App, ConfigLayers, ConfigValue};
    ///
    /// let settings = ConfigLayers::new()
    ///     .file("exhook.toml")
    ///     .process_environment()
    ///     .flag("timeout_ms", ConfigValue::Number(500))
    ///     .resolve()?;
    /// if std::env::args().any(|word| word == "--print-config") {
    ///     print!("{settings}");
    ///     return Ok(());
    /// }
    /// let bind = settings.bind().to_owned();
    /// App::with_settings(settings).run(&bind)?;
    /// # Ok::<(), exhook::Error>(())
    /// ```
    pub fn with_settings(settings: Settings) -> Self {
        Self {
            options: Options::Settled(settings),
            ..Self::default()
        }
    }

    /// Serves on `address` (`host:port` or `unix:/path`) until the server is stopped or dropped. The
    /// environment is not looked at.
    ///
    /// # Errors
    ///
    /// When an option or topic filter has no meaning, or the address cannot be listened on.
    pub fn start(self, address: &str) -> Result<Server, Error> {
        let mut registry = Registry::new();
        for pending in self.pending {
            pending.register(&mut registry)?;
        }
        self.runtime.begin(Handle::try_current().ok())?;
        match self.options {
            Options::Code(config) => Server::start(&config, registry, address),
            Options::Settled(settings) => Server::start(settings, registry, address),
        }
    }

    /// Serves on `address` until the process is told to end (Ctrl-C, SIGTERM), then drains. A
    /// second signal ends the process at once.
    ///
    /// Environment variables win over the code: `EXHOOK_BIND` over `address`, one for each option
    /// such as `EXHOOK_TIMEOUT_MS`, and `EXHOOK_CONFIG` names a file of options, which stands
    /// between them. Where the settings were given to the app, these count alone.
    ///
    /// # Errors
    ///
    /// As [`start`](App::start), when signals cannot be received, and as
    /// [`ConfigLayers::resolve`].
    pub fn run(mut self, address: &str) -> Result<(), Error> {
        let bind = match &self.options {
            Options::Settled(_) => address.to_owned(),
            Options::Code(config) => {
                let settings = ConfigLayers::new()
                    .config(config)
                    .code("bind", ConfigValue::Text(address.to_owned()))
                    .process_environment()
                    .resolve()?;
                let bind = settings.bind().to_owned();
                self.options = Options::Settled(settings);
                bind
            }
        };
        let runtime = Arc::clone(&self.runtime);
        runtime.begin(None)?;
        let server = self.start(&bind)?;
        runtime.block_on(signal())?;
        runtime.spawn(async {
            if let Ok(code) = signal().await {
                std::process::exit(code);
            }
        });
        server.stop()
    }
}

/// Waits for the next signal to end, and returns the exit code that belongs to it.
async fn signal() -> Result<i32, Error> {
    let failed = |error| Error::io("cannot receive signals", error);
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        let mut terminate = signal(SignalKind::terminate()).map_err(failed)?;
        let mut interrupt = signal(SignalKind::interrupt()).map_err(failed)?;
        tokio::select! {
            _ = terminate.recv() => Ok(143),
            _ = interrupt.recv() => Ok(130),
        }
    }
    #[cfg(not(unix))]
    {
        tokio::signal::ctrl_c().await.map_err(failed)?;
        Ok(130)
    }
}
