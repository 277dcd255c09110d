//! [`Operator`]: a broker and its clients, worked by commands that are data.

use std::{collections::BTreeMap, time::Duration};

use serde::Deserialize;
use serde_json::{Value, json};

use super::{Broker, BrokerSettings, Client, ClientSettings, HookCall, Publication, Subscription};
use crate::{
    error::{Error, ErrorCode},
    hook::Hook,
    sync::{Mutex, lock},
};

/// Something that a client or the broker does: `{"do": "publish", "client": "c1", …}`.
#[derive(Clone, Debug, Deserialize)]
#[serde(tag = "do", rename_all = "snake_case", deny_unknown_fields)]
pub enum Command {
    /// Makes a client of the broker, known as `client` from now on.
    Client {
        /// Its name.
        client: String,
        /// Who it is.
        settings: ClientSettings,
    },
    /// A client connects.
    Connect {
        /// Which.
        client: String,
    },
    /// A client subscribes.
    Subscribe {
        /// Which.
        client: String,
        /// To what.
        subscriptions: Vec<Subscription>,
    },
    /// A client gives up subscriptions.
    Unsubscribe {
        /// Which.
        client: String,
        /// Which filters.
        filters: Vec<String>,
    },
    /// A client publishes, or the broker itself where none is named.
    Publish {
        /// Which.
        #[serde(default)]
        client: Option<String>,
        /// What.
        message: Publication,
    },
    /// A client leaves with a DISCONNECT.
    Disconnect {
        /// Which.
        client: String,
    },
    /// A client loses its connection.
    LoseConnection {
        /// Which.
        client: String,
    },
    /// Tells whether a client is connected, and what it has received.
    Received {
        /// Which.
        client: String,
    },
    /// Tells the calls that were made so far.
    Calls {
        /// Only those of this hook.
        #[serde(default)]
        hook: Option<String>,
        /// Only those of this client id.
        #[serde(default)]
        clientid: Option<String>,
        /// Whether each has its `request_base64`, the protobuf message of package v3.
        #[serde(default)]
        with_requests: bool,
    },
    /// Forgets the calls that were made so far.
    ForgetCalls {},
    /// Tells how the nodes stand with the providers.
    Status {},
    /// Waits until all providers are loaded; tells whether they are.
    WaitUntilLoaded {
        /// For how long at most.
        patience_ms: u64,
    },
    /// Loads a provider.
    Enable {
        /// Which.
        provider: String,
    },
    /// Unloads a provider.
    Disable {
        /// Which.
        provider: String,
    },
    /// Restarts the broker.
    Restart {
        /// Whether it unloads its providers before.
        #[serde(default)]
        orderly: bool,
    },
    /// Cuts all connections to the providers.
    CutConnections {},
    /// Makes every call take longer.
    DelayCalls {
        /// By how much.
        delay_ms: u64,
    },
    /// Changes how long the broker waits for answers.
    SetRequestTimeout {
        /// To how much; to what the settings say where it is not given.
        #[serde(default)]
        timeout_ms: Option<u64>,
    },
    /// Stops the broker.
    Stop {},
}

/// A broker and its clients by name, for programs in other languages and for scripts.
///
/// Commands may be performed side by side.
#[derive(Debug)]
pub struct Operator {
    broker: Broker,
    clients: Mutex<BTreeMap<String, Client>>,
}

impl Operator {
    /// Starts a broker. Runs on the tokio runtime of the caller, as all of its commands do.
    ///
    /// # Errors
    ///
    /// As [`Broker::start`].
    pub async fn start(settings: BrokerSettings) -> Result<Self, Error> {
        Ok(Self {
            broker: Broker::start(settings).await?,
            clients: Mutex::default(),
        })
    }

    /// The same, from settings in JSON.
    ///
    /// # Errors
    ///
    /// As [`Broker::start`], and where the text is no settings: what is wrong, and where.
    pub async fn start_json(settings: &str) -> Result<Self, Error> {
        Self::start(parse("settings of the broker", settings)?).await
    }

    /// The broker.
    pub fn broker(&self) -> &Broker {
        &self.broker
    }

    /// Performs a command in JSON, and returns what came of it in JSON.
    ///
    /// # Errors
    ///
    /// As [`Operator::perform`], and where the text is no command: what is wrong, and where.
    pub async fn perform_json(&self, command: &str) -> Result<String, Error> {
        let outcome = self.perform(parse("command", command)?).await?;
        Ok(outcome.to_string())
    }

    /// Performs a command, and returns what came of it: what its doc says, or `null`.
    ///
    /// # Errors
    ///
    /// [`ErrorCode::InvalidOption`] where it names a client, provider or hook that is not there.
    pub async fn perform(&self, command: Command) -> Result<Value, Error> {
        let broker = &self.broker;
        let outcome = match command {
            Command::Client { client, settings } => {
                lock(&self.clients).insert(client, broker.client(settings));
                Value::Null
            }
            Command::Connect { client } => json!(self.client(&client)?.connect().await),
            Command::Subscribe {
                client,
                subscriptions,
            } => json!(self.client(&client)?.subscribe(&subscriptions).await),
            Command::Unsubscribe { client, filters } => {
                json!(self.client(&client)?.unsubscribe(&filters).await)
            }
            Command::Publish {
                client: Some(client),
                message,
            } => json!(self.client(&client)?.publish(&message).await),
            Command::Publish {
                client: None,
                message,
            } => json!(broker.publish(&message).await),
            Command::Disconnect { client } => json!(self.client(&client)?.disconnect().await),
            Command::LoseConnection { client } => {
                json!(self.client(&client)?.lose_connection().await)
            }
            Command::Received { client } => {
                let client = self.client(&client)?;
                json!({ "connected": client.is_connected(), "messages": client.received() })
            }
            Command::Calls {
                hook,
                clientid,
                with_requests,
            } => self.calls(hook.as_deref(), clientid.as_deref(), with_requests)?,
            Command::ForgetCalls {} => {
                broker.forget_calls();
                Value::Null
            }
            Command::Status {} => json!(broker.status()),
            Command::WaitUntilLoaded { patience_ms } => {
                let patience = Duration::from_millis(patience_ms);
                json!(broker.wait_until_loaded(patience).await)
            }
            Command::Enable { provider } => json!(broker.enable(&provider).await?),
            Command::Disable { provider } => json!(broker.disable(&provider).await?),
            Command::Restart { orderly } => json!(broker.restart(orderly).await),
            Command::CutConnections {} => json!(broker.cut_connections().await),
            Command::DelayCalls { delay_ms } => {
                json!(broker.delay_calls(Duration::from_millis(delay_ms)))
            }
            Command::SetRequestTimeout { timeout_ms: None } => {
                json!(broker.reset_request_timeout())
            }
            Command::SetRequestTimeout {
                timeout_ms: Some(timeout_ms),
            } => {
                json!(broker.set_request_timeout(Duration::from_millis(timeout_ms)))
            }
            Command::Stop {} => json!(broker.stop().await),
        };
        Ok(outcome)
    }

    fn client(&self, name: &str) -> Result<Client, Error> {
        let clients = lock(&self.clients);
        clients.get(name).cloned().ok_or_else(|| {
            Error::new(
                ErrorCode::InvalidOption,
                format!(
                    "there is no client {name}{}",
                    crate::did_you_mean(name, clients.keys().map(String::as_str))
                ),
            )
        })
    }

    fn calls(
        &self,
        hook: Option<&str>,
        clientid: Option<&str>,
        with_requests: bool,
    ) -> Result<Value, Error> {
        let hook = hook.map(known_hook).transpose()?;
        let wanted = |call: &HookCall| {
            hook.is_none_or(|hook| call.hook == hook)
                && clientid.is_none_or(|clientid| call.clientid == clientid)
        };
        let calls = self.broker.calls().into_iter().filter(wanted);
        let values = calls.map(|call| {
            let mut value = json!(call);
            if with_requests {
                value["request_base64"] = super::experience::encoded(&call.request).into();
            }
            value
        });
        Ok(values.collect())
    }
}

fn known_hook(name: &str) -> Result<Hook, Error> {
    Hook::from_name(name).ok_or_else(|| {
        let known = Hook::ALL.iter().map(|hook| hook.name());
        Error::new(
            ErrorCode::InvalidOption,
            format!(
                "there is no hook {name}{}",
                crate::did_you_mean(name, known)
            ),
        )
    })
}

pub(super) fn parse<'text, T: Deserialize<'text>>(
    what: &str,
    text: &'text str,
) -> Result<T, Error> {
    serde_json::from_str(text).map_err(|error| {
        Error::new(
            ErrorCode::InvalidOption,
            format!("the {what} cannot be used: {error}"),
        )
    })
}

#[cfg(test)]
mod tests;
