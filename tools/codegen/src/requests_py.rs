//! `_requests.py`: the classes of requests and their parts, for the package to hand on.

use crate::{NOTICE, descriptors::Protocol};

/// The module.
pub(crate) fn generate(protocol: &Protocol) -> String {
    let requests = protocol.hooks.iter().map(|hook| &*hook.request.name);
    let parts = protocol.parts.iter().map(|part| &*part.name);
    let mut names: Vec<&str> = requests.chain(parts).collect();
    names.sort_unstable();
    let exported = names.join("\",\n    \"");
    // As ruff sorts them.
    names.sort_unstable_by_key(|name| name.to_lowercase());
    let imported = names.join(",\n    ");
    format!(
        "# {NOTICE}\n\"\"\"The classes of the requests and of what they are made of.\"\"\"\n\n\
         from exhook._native import (\n    {imported},\n)\n\n__all__ = [\n    \"{exported}\",\n]\n"
    )
}
