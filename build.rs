//! Compiles `proto/` into Rust types with protox, so that no machine needs `protoc`.

#[path = "core/build/decoder.rs"]
mod decoder;

use std::{env, error::Error, fs, path::PathBuf};

use prost::Message as _;
use prost_build::Config;

const PROTO_FILES: [&str; 3] = ["exhook_v1.proto", "exhook_v2.proto", "exhook_v3.proto"];

fn main() -> Result<(), Box<dyn Error>> {
    println!("cargo:rerun-if-changed=proto");
    let out = PathBuf::from(env::var("OUT_DIR")?);

    let descriptors = protox::compile(PROTO_FILES, ["proto"])?;
    fs::write(
        out.join("exhook_descriptors.bin"),
        descriptors.encode_to_vec(),
    )?;

    fs::write(out.join("decoder.rs"), decoder::code(&descriptors)?)?;

    Config::new()
        // Payloads stay views into the received frame instead of copies.
        .bytes(["."])
        // Headers are few: an ordered map is faster to fill than a hash map, and prints in order.
        .btree_map(["."])
        // ClientInfo carries the password: core/src/proto.rs writes a Debug that redacts it.
        .skip_debug([
            ".emqx.exhook.v1.ClientInfo",
            ".emqx.exhook.v2.ClientInfo",
            ".emqx.exhook.v3.ClientInfo",
        ])
        .compile_fds(descriptors)?;
    Ok(())
}
