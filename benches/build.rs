//! Generates the service of the bare tonic peer, from the same `proto/` as ours.

use std::error::Error;

fn main() -> Result<(), Box<dyn Error>> {
    println!("cargo:rerun-if-changed=../proto/exhook_v3.proto");
    let descriptors = protox::compile(["exhook_v3.proto"], ["../proto"])?;
    tonic_prost_build::configure()
        .build_client(false)
        .bytes(".")
        .compile_fds(descriptors)?;
    Ok(())
}
