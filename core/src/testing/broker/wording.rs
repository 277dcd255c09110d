//! How a release writes a request: what older ones leave out, and what they write otherwise.

use bytes::Bytes;

use super::release::Release;
use crate::{
    hook::{Hook, Request, for_each_hook},
    package::{Package, property_lists},
    proto,
    testing::transcode,
};

impl Release {
    /// The bytes of `request` as a broker of this release sends them.
    ///
    /// # Errors
    ///
    /// Why the broker crashes before it sends the request.
    pub fn encode(self, request: &Request) -> Result<Bytes, String> {
        encode(self, request)
    }
}

/// The bytes of `request` as `release` sends it, or why it crashes before it is sent.
pub(super) fn encode(release: Release, request: &Request) -> Result<Bytes, String> {
    let hook = request.hook();
    let mut request = request.clone();
    if release.package() != Package::V3 {
        write_older_properties(release, &mut request)?;
    }
    let parts = parts_of(&mut request);
    if !release.sends_meta() {
        *parts.meta = None;
    }
    if !release.sends_headers()
        && let Some(message) = parts.message
    {
        message.headers.clear();
    }
    if !release.sends_subscription_options() {
        if let Some(clientinfo) = parts.clientinfo {
            clientinfo.peerport = 0;
        }
        if let Some(conninfo) = parts.conninfo {
            conninfo.peerport = 0;
        }
        if let Request::ClientUnsubscribe(unsubscribe) = &mut request {
            unsubscribe.topic_filters.clear();
        }
    }
    let bytes = Bytes::from(request.encode_to_vec());
    transcode(Package::V3, shape(release, hook), hook, &bytes)
        .map_err(|error| format!("the request cannot be written: {error}"))
}

/// The package whose form the request has: until 5.4, subscriptions of v2 look like those of v1.
fn shape(release: Release, hook: Hook) -> Package {
    let about_filters = matches!(
        hook,
        Hook::ClientSubscribe | Hook::ClientUnsubscribe | Hook::SessionSubscribed
    );
    if about_filters && !release.sends_subscription_options() {
        Package::V1
    } else {
        release.package()
    }
}

/// What many requests have.
struct Parts<'request> {
    meta: &'request mut Option<proto::RequestMeta>,
    clientinfo: Option<&'request mut proto::ClientInfo>,
    conninfo: Option<&'request mut proto::ConnInfo>,
    message: Option<&'request mut proto::Message>,
}

macro_rules! parts {
    (@clientinfo clientinfo $request:ident) => { $request.clientinfo.as_mut() };
    (@clientinfo clientinfo_and_message $request:ident) => { $request.clientinfo.as_mut() };
    (@conninfo conninfo $request:ident) => { $request.conninfo.as_mut() };
    (@message message $request:ident) => { $request.message.as_mut() };
    (@message clientinfo_and_message $request:ident) => { $request.message.as_mut() };
    (@$part:ident $place:ident $request:ident) => { None };
    ($($variant:ident, $snake:ident, $name:literal, $v1_name:literal, $rpc:literal, $v1_rpc:literal,
       $request:ident, $kind:ident, $topics:ident, $place:ident, $since:ident;)*) => {
        fn parts_of(request: &mut Request) -> Parts<'_> {
            match request {
                $(Request::$variant(request) => Parts {
                    clientinfo: parts!(@clientinfo $place request),
                    conninfo: parts!(@conninfo $place request),
                    message: parts!(@message $place request),
                    meta: &mut request.meta,
                },)*
            }
        }
    };
}

for_each_hook!(parts);

/// Before package v3, user properties were one property, and messages had none at all.
fn write_older_properties(release: Release, request: &mut Request) -> Result<(), String> {
    if let Request::MessagePublish(publish) = request {
        publish.props.clear();
        publish.user_props.clear();
        return Ok(());
    }
    let Some((props, user_props)) = property_lists(request) else {
        return Ok(());
    };
    if user_props.is_empty() {
        return Ok(());
    }
    if release.crashes_on_user_properties() {
        return Err("EMQX 4 crashes on MQTT 5 user properties in this event".to_owned());
    }
    props.insert(0, as_erlang(&std::mem::take(user_props)));
    Ok(())
}

/// All properties as one, printed as Erlang prints a list of pairs.
fn as_erlang(properties: &[proto::Property]) -> proto::Property {
    let printed = |text: &str| {
        let encoding = if text.is_ascii() { "" } else { "/utf8" };
        format!("<<{text:?}{encoding}>>")
    };
    let pairs: Vec<_> = properties
        .iter()
        .map(|property| {
            format!(
                "{{{},{}}}",
                printed(&property.name),
                printed(&property.value)
            )
        })
        .collect();
    proto::Property {
        name: "User-Property".to_owned(),
        value: format!("[{}]", pairs.join(",")),
    }
}

#[cfg(test)]
mod tests;
