//! Calls a provider as a broker does.

use std::{io, time::Duration};

use exhook::{
    Hook,
    testing::{Connection, Endpoint, Release, TlsInspection},
};

use super::{
    observed::{Answer, Observed},
    requests::{TOPIC, request, topic_for},
};

/// Loads the provider at `endpoint`, calls each hook that it wants once, and unloads it.
pub(crate) async fn probe(
    endpoint: &Endpoint,
    broker: Release,
    timeout: Duration,
) -> Result<Observed, String> {
    let connection = open(endpoint, timeout).await?;
    let load = call(&connection, broker, Hook::ProviderLoaded, TOPIC, timeout).await?;
    // A provider that does not answer this version would not answer the others either.
    let mut other_loads = Vec::new();
    if !load.outcome.timed_out {
        for other in Release::known().filter(|other| *other != broker) {
            // Of its own, because an earlier answer may have broken the connection.
            let connection = open(endpoint, timeout).await?;
            let answer = call(&connection, other, Hook::ProviderLoaded, TOPIC, timeout).await?;
            other_loads.push(answer);
        }
    }
    let max_concurrent_streams = connection.max_concurrent_streams();
    let mut calls = Vec::new();
    for (hook, topic) in wanted(&load) {
        let connection = open(endpoint, timeout).await?;
        calls.push(call(&connection, broker, hook, &topic, timeout).await?);
    }
    let connection = open(endpoint, timeout).await?;
    let unload = call(&connection, broker, Hook::ProviderUnloaded, TOPIC, timeout).await?;
    Ok(Observed {
        broker,
        timeout,
        max_concurrent_streams,
        load,
        other_loads,
        calls,
        unload,
    })
}

/// What the provider at `endpoint` shows of itself, where it speaks TLS.
pub(crate) async fn inspect(
    endpoint: &Endpoint,
    timeout: Duration,
) -> Result<Option<TlsInspection>, String> {
    within(endpoint, timeout, endpoint.inspect_tls()).await
}

/// The hooks to call, in the order of the table, each with a topic that comes to it.
fn wanted(load: &Answer) -> Vec<(Hook, String)> {
    let package = load.broker.package();
    let specs = load.specs();
    Hook::ALL
        .iter()
        .filter(|hook| hook.is_announced() && hook.since() <= package)
        .filter_map(|hook| {
            let name = hook.name_in(package);
            let spec = specs.iter().find(|spec| spec.name == name)?;
            let topic = if hook.has_topics() {
                topic_for(&spec.topics)
            } else {
                TOPIC.to_owned()
            };
            Some((*hook, topic))
        })
        .collect()
}

async fn open(endpoint: &Endpoint, timeout: Duration) -> Result<Connection, String> {
    within(endpoint, timeout, Connection::open(endpoint)).await
}

async fn within<T>(
    endpoint: &Endpoint,
    timeout: Duration,
    work: impl Future<Output = io::Result<T>>,
) -> Result<T, String> {
    let done = match tokio::time::timeout(timeout, work).await {
        Ok(done) => done,
        Err(_) => Err(io::Error::new(
            io::ErrorKind::TimedOut,
            format!("no connection within {} ms", timeout.as_millis()),
        )),
    };
    done.map_err(|error| endpoint.cannot_connect(&error))
}

async fn call(
    connection: &Connection,
    broker: Release,
    hook: Hook,
    topic: &str,
    timeout: Duration,
) -> Result<Answer, String> {
    let request = request(broker, hook, topic)?;
    let outcome = connection
        .call(broker.package(), hook, &request, timeout)
        .await;
    let understood = broker.kind().understand(hook, &outcome);
    Ok(Answer {
        broker,
        hook,
        topic: topic.to_owned(),
        outcome,
        understood,
    })
}
