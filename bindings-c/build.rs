//! Names the shared library by the version of its interface.

#[expect(unreachable_pub, reason = "the library exports it")]
mod abi {
    include!("src/abi.rs");
}

fn main() {
    println!("cargo::rerun-if-changed=src/abi.rs");
    let target = std::env::var("CARGO_CFG_TARGET_OS").unwrap_or_default();
    let version = abi::EXHOOK_ABI_VERSION;
    if target == "linux" {
        println!("cargo::rustc-cdylib-link-arg=-Wl,-soname,libexhook.so.{version}");
        // Threads of the library may end after a program has let go of it.
        println!("cargo::rustc-cdylib-link-arg=-Wl,-z,nodelete");
    } else if target == "macos" {
        println!("cargo::rustc-cdylib-link-arg=-Wl,-install_name,@rpath/libexhook.{version}.dylib");
    }
}
