//! Our server, with the same handlers as the peers.

use std::{error::Error, thread};

use exhook::{App, ConfigLayers, replace};
use exhook_benches::{announce, bind_argument, replacement};
use mimalloc::MiMalloc;

#[global_allocator]
static ALLOCATOR: MiMalloc = MiMalloc;

fn main() -> Result<(), Box<dyn Error>> {
    // The environment has the options: `EXHOOK_IO_THREADS=2`.
    let settings = ConfigLayers::new().process_environment().resolve()?;
    let mut app = App::with_settings(settings);
    app.on_client_authenticate(|_| true);
    app.on_message_publish(|req| replace().payload(replacement(req.message().payload.len())));
    let server = app.start(&bind_argument()?)?;
    announce(server.address())?;
    loop {
        thread::park();
    }
}
