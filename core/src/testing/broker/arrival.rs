//! How a session begins: what is told of it, and of the one before it, in the order of the release.

use std::sync::Arc;

use super::{
    channel::Channel,
    diary::Trace,
    sessions::{Delivery, Previous},
};
use crate::{hook::Request, proto};

/// Tells of the session and the connection, in the order of the release; returns what waited
/// for the client.
pub(super) async fn begin_session(
    trace: &Trace,
    channel: &Arc<Channel>,
    previous: Previous,
) -> Vec<Delivery> {
    let release = channel.node.release;
    let is_4 = release.is_4();
    let meta = channel.node.identity.meta();
    let clientinfo = Some(channel.clientinfo());
    let mut queued = Vec::new();
    let mut taken_over = None;
    if let Previous::Resumed {
        old,
        was_online,
        queue,
    } = previous
    {
        queued = queue;
        let request = proto::SessionResumedRequest {
            clientinfo: clientinfo.clone(),
            meta: meta.clone(),
        };
        channel
            .notify(trace, Request::SessionResumed(request))
            .await;
        // Before 5.4 the old connection was said to be lost once more, even where it was.
        let says_disconnected = !is_4 && (was_online || !release.sends_subscription_options());
        if release.is_at_least(5, 9, 0) {
            taken_over = Some((old, says_disconnected));
        } else {
            take_over(trace, &old, says_disconnected).await;
        }
    } else {
        if let Previous::Discarded { old, was_online } = previous {
            if was_online && !is_4 {
                disconnected(trace, &old, "discarded").await;
            }
            let request = proto::SessionDiscardedRequest {
                clientinfo: Some(old.clientinfo()),
                meta: meta.clone(),
            };
            old.notify(trace, Request::SessionDiscarded(request)).await;
        }
        let request = proto::SessionCreatedRequest {
            clientinfo: clientinfo.clone(),
            meta: meta.clone(),
        };
        channel
            .notify(trace, Request::SessionCreated(request))
            .await;
    }
    let request = proto::ClientConnectedRequest { clientinfo, meta };
    channel
        .notify(trace, Request::ClientConnected(request))
        .await;
    channel.notify_connack(trace, "success").await;
    if let Some((old, says_disconnected)) = taken_over {
        take_over(trace, &old, says_disconnected).await;
    }
    queued
}

/// Tells that another connection has the session.
async fn take_over(trace: &Trace, old: &Channel, says_disconnected: bool) {
    if says_disconnected {
        disconnected(trace, old, "takenover").await;
    }
    let request = proto::SessionTakenoverRequest {
        clientinfo: Some(old.clientinfo()),
        meta: old.node.identity.meta(),
    };
    old.notify(trace, Request::SessionTakenover(request)).await;
}

/// Tells that a connection is gone.
pub(super) async fn disconnected(trace: &Trace, channel: &Channel, reason: &str) {
    let request = proto::ClientDisconnectedRequest {
        clientinfo: Some(channel.clientinfo()),
        reason: reason.to_owned(),
        meta: channel.node.identity.meta(),
    };
    channel
        .notify(trace, Request::ClientDisconnected(request))
        .await;
}
