//! The core alone: a closure that replaces the payload of a published message.

use std::{env, error::Error, io::Write as _, thread};

use exhook::{App, replace};
use mimalloc::MiMalloc;

#[global_allocator]
static ALLOCATOR: MiMalloc = MiMalloc;

/// At least as long as any payload that comes.
static PREPARED: [u8; 4096] = [b'r'; 4096];

fn main() -> Result<(), Box<dyn Error>> {
    let bind = env::args().nth(2).ok_or("give --bind HOST:PORT")?;
    let mut app = App::new();
    app.on_message_publish(|req| replace().payload(&PREPARED[..req.message().payload.len()]));
    let server = app.start(&bind)?;
    let mut out = std::io::stdout().lock();
    writeln!(out, "listening on {}", server.address())?;
    out.flush()?;
    loop {
        thread::park();
    }
}
