//! Names the shared library by the version of the interface, which is that of `libexhook`.

#[expect(unreachable_pub, reason = "the libraries export it")]
mod abi {
    include!("../src/abi.rs");
}

fn main() {
    println!("cargo::rerun-if-changed=../src/abi.rs");
    let target = std::env::var("CARGO_CFG_TARGET_OS").unwrap_or_default();
    let version = abi::EXHOOK_ABI_VERSION;
    if target == "linux" {
        println!("cargo::rustc-cdylib-link-arg=-Wl,-soname,libexhook_test.so.{version}");
    } else if target == "macos" {
        println!(
            "cargo::rustc-cdylib-link-arg=-Wl,-install_name,@rpath/libexhook_test.{version}.dylib"
        );
    }
}
