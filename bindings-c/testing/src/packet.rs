//! What clients do, and what they have received.

use exhook_core::testing::{Client, Publication, Subscription};

use crate::{
    argument::{bytes, said, text},
    broker::{broker_of, exhook_test_broker},
    client::{client_of, exhook_test_client},
    error::{Outcome, exhook_test_error},
    guard::guard,
    message::exhook_test_message,
    outcome::exhook_test_outcome,
    view::{exhook_bytes, exhook_str},
};

/// A quality of service that MQTT has.
fn checked(qos: u32) -> Outcome<u32> {
    if qos <= 2 {
        return Ok(qos);
    }
    Err(exhook_test_error::of_value(&format!(
        "qos is {qos}; it is 0, 1 or 2"
    )))
}

/// A message to be published.
///
/// # Safety
///
/// Both views are kept during the call.
pub(crate) unsafe fn publication(
    topic: exhook_str,
    payload: exhook_bytes,
    qos: u32,
) -> Outcome<Publication> {
    // SAFETY: the caller keeps this function's promise.
    let (topic, payload) = unsafe { (text(topic, "the topic")?, bytes(payload, "the payload")?) };
    Ok(Publication::new(topic, payload.to_vec()).with_qos(checked(qos)?))
}

/// Lets a client do something, and keeps what came of it. NULL, and a line on standard error, where
/// it cannot do that.
///
/// # Safety
///
/// `client` is NULL, or a client of the caller's that is not freed.
unsafe fn act<T, F>(
    function: &str,
    client: *mut exhook_test_client,
    begin: impl FnOnce(Client) -> Outcome<F>,
) -> *const exhook_test_outcome
where
    T: Into<exhook_test_outcome> + Send + 'static,
    F: Future<Output = T> + Send + 'static,
{
    let act = || {
        // SAFETY: the caller keeps this function's promise.
        let client = unsafe { client_of(client) }?;
        let (made, running) = client.made()?;
        let outcome = running.run(begin(made)?)?;
        Ok(client.outcomes.keep(outcome.into()))
    };
    said(function, act(), std::ptr::null())
}

/// Connects. A client that is connected already takes its own session over.
///
/// Returns when the hooks were called and the client has its CONNACK. NULL, and a line on standard
/// error, where the broker does not run or an option of the client has no meaning.
///
/// Ownership: the outcome belongs to the client.
/// Threads: any.
/// Valid until: the client is freed.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn exhook_test_client_connect(
    client: *mut exhook_test_client,
) -> *const exhook_test_outcome {
    const NAME: &str = "exhook_test_client_connect";
    let connect = |client: Client| Ok(async move { client.connect().await });
    // SAFETY: NULL, or a client of the caller's.
    guard(|| unsafe { act(NAME, client, connect) })
}

/// Subscribes to a topic filter, `$share/group/filter` for a shared subscription, and returns when
/// the client has its SUBACK. A client that is not connected is granted nothing. Otherwise like
/// `exhook_test_client_connect`.
///
/// Ownership: the filter is copied; the outcome belongs to the client.
/// Threads: any.
/// Valid until: the client is freed.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn exhook_test_client_subscribe(
    client: *mut exhook_test_client,
    filter: exhook_str,
    qos: u32,
) -> *const exhook_test_outcome {
    const NAME: &str = "exhook_test_client_subscribe";
    let subscribe = |client: Client| {
        // SAFETY: the filter is kept during the call.
        let filter = unsafe { text(filter, "the filter") }?;
        let subscription = Subscription::new(filter).with_qos(checked(qos)?);
        Ok(async move { client.subscribe(&[subscription]).await })
    };
    // SAFETY: NULL, or a client of the caller's.
    guard(|| unsafe { act(NAME, client, subscribe) })
}

/// Gives up a subscription. Otherwise like `exhook_test_client_connect`.
///
/// Ownership: the filter is copied; the outcome belongs to the client.
/// Threads: any.
/// Valid until: the client is freed.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn exhook_test_client_unsubscribe(
    client: *mut exhook_test_client,
    filter: exhook_str,
) -> *const exhook_test_outcome {
    const NAME: &str = "exhook_test_client_unsubscribe";
    let unsubscribe = |client: Client| {
        // SAFETY: the filter is kept during the call.
        let filter = unsafe { text(filter, "the filter") }?.to_owned();
        Ok(async move { client.unsubscribe(&[filter]).await })
    };
    // SAFETY: NULL, or a client of the caller's.
    guard(|| unsafe { act(NAME, client, unsubscribe) })
}

/// Publishes a message, and returns when its subscribers have it. A client that is not connected is
/// not authorized. Otherwise like `exhook_test_client_connect`.
///
/// Ownership: topic and payload are copied; the outcome belongs to the client.
/// Threads: any.
/// Valid until: the client is freed.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn exhook_test_client_publish(
    client: *mut exhook_test_client,
    topic: exhook_str,
    payload: exhook_bytes,
    qos: u32,
) -> *const exhook_test_outcome {
    const NAME: &str = "exhook_test_client_publish";
    let publish = |client: Client| {
        // SAFETY: topic and payload are kept during the call.
        let message = unsafe { publication(topic, payload, qos) }?;
        Ok(async move { client.publish(&message).await })
    };
    // SAFETY: NULL, or a client of the caller's.
    guard(|| unsafe { act(NAME, client, publish) })
}

/// Publishes a message that is retained. Otherwise like `exhook_test_client_publish`.
///
/// Ownership: topic and payload are copied; the outcome belongs to the client.
/// Threads: any.
/// Valid until: the client is freed.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn exhook_test_client_publish_retained(
    client: *mut exhook_test_client,
    topic: exhook_str,
    payload: exhook_bytes,
    qos: u32,
) -> *const exhook_test_outcome {
    const NAME: &str = "exhook_test_client_publish_retained";
    let publish = |client: Client| {
        // SAFETY: topic and payload are kept during the call.
        let message = unsafe { publication(topic, payload, qos) }?.retained();
        Ok(async move { client.publish(&message).await })
    };
    // SAFETY: NULL, or a client of the caller's.
    guard(|| unsafe { act(NAME, client, publish) })
}

/// Leaves with a DISCONNECT: the will is not published. Otherwise like
/// `exhook_test_client_connect`.
///
/// Ownership: the outcome belongs to the client.
/// Threads: any.
/// Valid until: the client is freed.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn exhook_test_client_disconnect(
    client: *mut exhook_test_client,
) -> *const exhook_test_outcome {
    const NAME: &str = "exhook_test_client_disconnect";
    let disconnect = |client: Client| Ok(async move { client.disconnect().await });
    // SAFETY: NULL, or a client of the caller's.
    guard(|| unsafe { act(NAME, client, disconnect) })
}

/// Loses the connection: the will is published. Otherwise like `exhook_test_client_connect`.
///
/// Ownership: the outcome belongs to the client.
/// Threads: any.
/// Valid until: the client is freed.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn exhook_test_client_lose_connection(
    client: *mut exhook_test_client,
) -> *const exhook_test_outcome {
    const NAME: &str = "exhook_test_client_lose_connection";
    let lose = |client: Client| Ok(async move { client.lose_connection().await });
    // SAFETY: NULL, or a client of the caller's.
    guard(|| unsafe { act(NAME, client, lose) })
}

/// Publishes as the broker's REST API does: no client, no authorization. Otherwise like
/// `exhook_test_client_publish`.
///
/// Ownership: topic and payload are copied; the outcome belongs to the broker.
/// Threads: any.
/// Valid until: the broker is freed.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn exhook_test_broker_publish(
    broker: *mut exhook_test_broker,
    topic: exhook_str,
    payload: exhook_bytes,
    qos: u32,
) -> *const exhook_test_outcome {
    let publish = || {
        // SAFETY: NULL, or a broker of the caller's.
        let broker = unsafe { broker_of(broker) }?;
        // SAFETY: topic and payload are kept during the call.
        let message = unsafe { publication(topic, payload, qos) }?;
        let running = broker.running()?;
        let publishing = running.broker.clone();
        let outcome = running.run(async move { publishing.publish(&message).await })?;
        Ok(broker.outcomes.keep(outcome.into()))
    };
    guard(|| said("exhook_test_broker_publish", publish(), std::ptr::null()))
}

/// Whether a client is connected, and no other has taken its client id.
///
/// Ownership: nothing is handed over.
/// Threads: any.
/// Valid until: nothing that is returned refers to anything.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn exhook_test_client_is_connected(
    client: *const exhook_test_client,
) -> bool {
    // SAFETY: NULL, or a client of the caller's.
    let look = || Ok(unsafe { client_of(client) }?.made()?.0.is_connected());
    guard(|| said("exhook_test_client_is_connected", look(), false))
}

/// How many messages a client has received so far.
///
/// Ownership: nothing is handed over.
/// Threads: any.
/// Valid until: nothing that is returned refers to anything.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn exhook_test_client_received_count(
    client: *const exhook_test_client,
) -> usize {
    // SAFETY: NULL, or a client of the caller's.
    let count = || Ok(unsafe { client_of(client) }?.made()?.0.received().len());
    guard(|| said("exhook_test_client_received_count", count(), 0))
}

/// A message that a client has received, the first for 0; NULL where there are not so many.
///
/// Ownership: the message belongs to the client.
/// Threads: any.
/// Valid until: the client is freed.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn exhook_test_client_received_at(
    client: *const exhook_test_client,
    index: usize,
) -> *const exhook_test_message {
    let find = || {
        // SAFETY: NULL, or a client of the caller's.
        let client = unsafe { client_of(client) }?;
        let received = client.made()?.0.received().into_iter();
        let all = received.map(|message| exhook_test_message { message });
        Ok(client.received.at(index, all).unwrap_or(std::ptr::null()))
    };
    guard(|| said("exhook_test_client_received_at", find(), std::ptr::null()))
}
