//! Generates the service of the pajamax peer, from the same `proto/` as ours.

use std::{env, error::Error, fs, path::Path};

use pajamax_build::PajamaxGen;

const PROTO: &str = "exhook_v3.proto";
const INCLUDES: &str = "../../../proto";

fn main() -> Result<(), Box<dyn Error>> {
    println!("cargo:rerun-if-changed={INCLUDES}/{PROTO}");
    let descriptors = protox::Compiler::new([INCLUDES])?
        .open_file(PROTO)?
        .encode_file_descriptor_set();
    let file = Path::new(&env::var("OUT_DIR")?).join("exhook_v3.binpb");
    fs::write(&file, descriptors)?;
    prost_build::Config::new()
        .bytes(["."])
        .service_generator(Box::new(PajamaxGen::Local))
        .file_descriptor_set_path(&file)
        .skip_protoc_run()
        .compile_protos(&[PROTO], &[INCLUDES])?;
    Ok(())
}
