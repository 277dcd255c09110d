//! Writes what would be repeated for each language: the table of hooks and the descriptors of
//! `proto/` in, committed files out.
//!
//! `cargo run --bin exhook-codegen` writes the files; a test fails when one of those that are committed
//! is not what it would write.

mod accessors_c;
mod burst_rs;
mod descriptors;
mod docs;
mod header_c;
mod header_c_test;
mod hooks_py;
mod layout;
mod library_c;
mod native_pyi;
mod native_rs;
mod options_md;
mod package_d_ts;
mod requests_c;
mod requests_hpp;
mod requests_js;
mod requests_py;
mod tests_c;
mod text;

use std::{error::Error, fs, path::Path};

use descriptors::Protocol;

/// What the first line of each generated file says, behind the comment sign of its language.
const NOTICE: &str = "generated, do not edit, run `make gen`";

fn main() -> Result<(), Box<dyn Error>> {
    generate(&mut |name, path, content| {
        fs::create_dir_all(path.parent().ok_or("a file has a folder")?)?;
        fs::write(path, content)?;
        say(&format!("wrote {name}"));
        Ok(())
    })
}

/// What becomes of a file that is not as it should be: its name, where it is, and what belongs there.
type Settle<'with> = &'with mut dyn FnMut(&str, &Path, &str) -> Result<(), Box<dyn Error>>;

/// Calls `settle` with each file whose content is not what it should be.
fn generate(settle: Settle<'_>) -> Result<(), Box<dyn Error>> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let protocol = Protocol::load()?;
    let files = [
        (
            "bindings-python/src/generated.rs",
            native_rs::generate(&protocol)?,
        ),
        (
            "bindings-python/python/exhook/_native.pyi",
            native_pyi::generate(&protocol),
        ),
        (
            "bindings-python/python/exhook/_hooks.py",
            hooks_py::generate(&protocol),
        ),
        (
            "bindings-python/python/exhook/_requests.py",
            requests_py::generate(&protocol),
        ),
        (
            "bindings-node/src/fields.rs",
            burst_rs::generate(&protocol)?,
        ),
        (
            "bindings-node/lib/index.d.ts",
            package_d_ts::generate(&protocol),
        ),
        ("bindings-node/lib/index.mjs", requests_js::index(&protocol)),
        ("bindings-node/lib/parts.js", requests_js::parts(&protocol)),
        (
            "bindings-node/lib/requests.js",
            requests_js::requests(&protocol),
        ),
        (
            "bindings-c/include/exhook/parts.hpp",
            requests_hpp::parts(&protocol),
        ),
        (
            "bindings-c/include/exhook/requests.hpp",
            requests_hpp::requests(&protocol),
        ),
        (
            "bindings-c/include/exhook/hooks.hpp",
            requests_hpp::app::hooks(&protocol),
        ),
        (
            "bindings-c/include/exhook/settings.hpp",
            requests_hpp::app::settings(),
        ),
        ("docs/hooks.md", docs::generate(&protocol)),
        ("docs/options.md", options_md::generate()),
        ("bindings-c/src/hooks.rs", library_c::hooks(&protocol)?),
        ("bindings-c/src/settings.rs", library_c::settings()?),
        (
            "bindings-c/src/requests.rs",
            requests_c::generate(&protocol)?,
        ),
        ("bindings-c/tests/accessors.c", tests_c::generate(&protocol)),
    ];
    compare(&root, &files, settle)?;
    // The headers are made of files that were just written.
    let (library, testing) = (&header_c::EXHOOK, &header_c_test::EXHOOK_TEST);
    let files = [
        (
            "bindings-c/include/exhook.h",
            header_c::header(&root, library)?,
        ),
        ("bindings-c/symbols.txt", header_c::symbols(&root, library)?),
        (
            "bindings-c/include/exhook_test.h",
            header_c::header(&root, testing)?,
        ),
        (
            "bindings-c/testing/symbols.txt",
            header_c::symbols(&root, testing)?,
        ),
    ];
    compare(&root, &files, settle)
}

fn compare(
    root: &Path,
    files: &[(&str, String)],
    settle: Settle<'_>,
) -> Result<(), Box<dyn Error>> {
    for (name, content) in files {
        let path = root.join(name);
        if fs::read_to_string(&path).is_ok_and(|found| found == *content) {
            continue;
        }
        settle(name, &path, content)?;
    }
    Ok(())
}

#[expect(clippy::print_stderr, reason = "a tool that people run")]
fn say(line: &str) {
    eprintln!("{line}");
}

#[cfg(test)]
mod tests {
    use super::generate;

    #[test]
    fn committed_files_are_what_would_be_written() {
        let mut stale = Vec::new();
        generate(&mut |name, _, _| {
            stale.push(name.to_owned());
            Ok(())
        })
        .expect("the table, the descriptors and the sources can be read");
        assert_eq!(stale, Vec::<String>::new(), "run `make gen`");
    }
}
