//! Who a client of a group is.

use exhook::testing::{ClientSettings, Publication};
use fastrand::Rng;

use super::scenario::{ClientGroup, Filling, Template};

/// Each client has random numbers of its own, whatever the others do meanwhile.
pub(super) fn seed_of(seed: u64, group: usize, n: u32) -> u64 {
    let client = ((group as u64) << 32) | u64::from(n);
    seed ^ client.wrapping_mul(0x9E37_79B9_7F4A_7C15)
}

/// What the client with number `n` of its group connects with.
pub(super) fn settings_of(group: &ClientGroup, n: u32, random: &mut Rng) -> ClientSettings {
    let mut fill = |template: &Template, clientid: &str| {
        template.fill(&mut Filling {
            n,
            clientid,
            seq: 1,
            random,
        })
    };
    let clientid = fill(&group.clientid, "");
    let will = group.will.as_ref().map(|will| Publication {
        retain: will.retain,
        ..Publication::new(fill(&will.topic, &clientid), fill(&will.payload, &clientid))
            .with_qos(will.qos)
    });
    let seconds = group.session_expiry.0.as_secs();
    ClientSettings {
        username: group
            .username
            .as_ref()
            .map(|template| fill(template, &clientid)),
        password: group
            .password
            .as_ref()
            .map(|template| fill(template, &clientid)),
        protocol_version: group.protocol_version,
        clean_start: group.clean_start,
        session_expiry_interval: u32::try_from(seconds).unwrap_or(u32::MAX),
        peerhost: group.peerhost.clone(),
        will,
        user_properties: group
            .user_properties
            .iter()
            .map(|(name, value)| (name.clone(), fill(value, &clientid)))
            .collect(),
        node: group.node.map(|node| node - 1),
        ..ClientSettings::new(clientid)
    }
}
