//! `bindings-c/tests/accessors.c`: checks every accessor with a request that has every field.

use std::fmt::Write as _;

use exhook::Hook;

use crate::{
    NOTICE,
    accessors_c::{Accessor, AccessorKind, accessors},
    descriptors::Protocol,
    library_c::constant,
};

/// How many entries a list and a map have in the sample request; `tests/support/sample.h` says so.
const LIST: usize = 3;
const MAP: usize = 2;

/// The program.
pub(crate) fn generate(protocol: &Protocol) -> String {
    let mut file = format!(
        "/* {NOTICE} */\n/* Every accessor, with a request of each hook in which every field is set. */\n\n\
         #include \"support/sample.h\"\n#include \"support/test.h\"\n"
    );
    let accessors = accessors(protocol);
    let mut tests = Vec::new();
    for doc in &protocol.hooks {
        let snake = doc.hook.snake_name();
        let _ = writeln!(
            file,
            "\nstatic void check_{snake}(const exhook_call *call) {{"
        );
        for accessor in accessors
            .iter()
            .filter(|accessor| accessor.hooks.contains(&doc.hook))
        {
            checks(&mut file, accessor, &accessors);
        }
        let test = format!("every_field_of_{snake}_is_read");
        let _ = writeln!(
            file,
            "}}\n\nstatic void {test}(void) {{\n  sample_test({}, \"{}\", check_{snake});\n}}",
            constant(doc.hook),
            doc.hook.name(),
        );
        tests.push(format!("TEST({test})"));
    }
    let _ = writeln!(file, "\nTEST_MAIN({})", tests.join(",\n          "));
    debug_assert_eq!(tests.len(), Hook::COUNT);
    file
}

fn checks(file: &mut String, accessor: &Accessor, all: &[Accessor]) {
    let name = accessor.name();
    let path = &accessor.path;
    if matches!(accessor.kind, AccessorKind::Find) {
        for number in 0..MAP {
            let entry = |part| format!("{path}[{number}].{part}");
            let _ = writeln!(
                file,
                "  check_text({name}(call, exhook_str_of(\"{}\")), \"{}\");",
                entry("name"),
                entry("value")
            );
        }
        return;
    }
    if !accessor.is_indexed() {
        check(file, accessor, &format!("{name}(call)"), path, all);
        return;
    }
    for number in 0..entries(path.split("[]").next().unwrap_or_default(), all) {
        let path = path.replace("[]", &format!("[{number}]"));
        check(
            file,
            accessor,
            &format!("{name}(call, {number})"),
            &path,
            all,
        );
    }
}

/// How many entries there are at a path: a map has a function that finds by name.
fn entries(path: &str, all: &[Accessor]) -> usize {
    let is_map = all
        .iter()
        .any(|accessor| accessor.path == path && matches!(accessor.kind, AccessorKind::Find));
    if is_map { MAP } else { LIST }
}

fn check(file: &mut String, accessor: &Accessor, value: &str, path: &str, all: &[Accessor]) {
    let line = match &accessor.kind {
        AccessorKind::Bool | AccessorKind::Has => format!("check_bool({value}, \"{path}\");"),
        AccessorKind::Text => format!("check_text({value}, \"{path}\");"),
        AccessorKind::Bytes => format!("check_bytes({value}, \"{path}\");"),
        AccessorKind::Integer(name) => format!("check_{name}({value}, \"{path}\");"),
        AccessorKind::Enum { last, .. } => format!("check_enum({value}, {last}, \"{path}\");"),
        AccessorKind::Count => format!("check_count({value}, {}, \"{path}\");", entries(path, all)),
        AccessorKind::Find => return,
    };
    let _ = writeln!(file, "  {line}");
}
