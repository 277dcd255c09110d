//! Our server, with the same handlers as the peers.

use std::{error::Error, thread};

use exhook::{App, ConfigLayers, replace};
use exhook_benches::{announce, bind_argument, is_kept, replacement};
use mimalloc::MiMalloc;

#[global_allocator]
static ALLOCATOR: MiMalloc = MiMalloc;

fn main() -> Result<(), Box<dyn Error>> {
    // The environment has the options: `EXHOOK_IO_THREADS=2`.
    let settings = ConfigLayers::new().process_environment().resolve()?;
    let mut app = App::with_settings(settings);
    app.on_client_authenticate(|_| true);
    app.on_client_connected(|_| {});
    app.on_message_publish(|req| {
        let payload = &req.message().payload;
        (!is_kept(payload)).then(|| replace().payload(replacement(payload.len())))
    });
    let server = app.start(&bind_argument()?)?;
    announce(server.address())?;
    loop {
        thread::park();
    }
}
