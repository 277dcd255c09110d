//! What the broker is told that we want: the answer to `OnProviderLoaded`.

use std::sync::Arc;

use super::Hook;
use crate::{
    dispatch::Chain,
    package::{BrokerVersion, Package},
    proto,
};

/// The hooks to announce to a broker of `package` and `version`: those with handlers, in that
/// package's names, each with the union of its handlers' topic filters. A `companion` also
/// announces the valued hooks that have none.
///
/// One name that the broker does not know makes it refuse the whole answer, so hooks newer than
/// the broker are left out.
pub(crate) fn hook_specs(
    chains: &[Arc<Chain>],
    package: Package,
    version: Option<BrokerVersion>,
    companion: bool,
) -> proto::LoadedResponse {
    let hooks = Hook::ALL
        .iter()
        .filter(|hook| hook.is_announced() && is_known_to(**hook, package, version))
        .filter_map(|hook| {
            let chain = &chains[*hook as usize];
            let wanted = chain.is_wanted() || (companion && hook.is_valued());
            wanted.then(|| proto::HookSpec {
                name: hook.name_in(package).to_owned(),
                topics: chain.topics(),
            })
        })
        .collect();
    proto::LoadedResponse { hooks }
}

fn is_known_to(hook: Hook, package: Package, version: Option<BrokerVersion>) -> bool {
    hook.since() <= package
        && (hook != Hook::MessageIngress || version.is_some_and(BrokerVersion::has_message_ingress))
}
