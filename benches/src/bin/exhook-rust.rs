//! Our server, with the same handlers as the peers.

use std::{error::Error, thread};

use exhook::{App, replace};
use exhook_benches::{announce, bind_argument, replacement};
use mimalloc::MiMalloc;

#[global_allocator]
static ALLOCATOR: MiMalloc = MiMalloc;

fn main() -> Result<(), Box<dyn Error>> {
    let mut app = App::new();
    app.on_client_authenticate(|_| true);
    app.on_message_publish(|req| replace().payload(replacement(req.message().payload.len())));
    let server = app.start(&bind_argument()?)?;
    announce(server.address())?;
    loop {
        thread::park();
    }
}
