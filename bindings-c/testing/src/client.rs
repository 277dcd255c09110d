//! [`exhook_test_client`]: an MQTT client of a broker, and who it is.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use exhook_core::testing::{Client, ClientSettings, Publication, UserProperties};
use serde_json::{Map, Value, json};

use crate::{
    argument::{object, said, text},
    broker::{broker_of, exhook_test_broker},
    code::exhook_code,
    error::{Outcome, exhook_test_error},
    guard::{guard, neutral},
    kept::Kept,
    message::exhook_test_message,
    outcome::exhook_test_outcome,
    packet::publication,
    settings::{Kind, Settings, Table, kind_of, parsed},
    simulation::{Running, Simulation},
    view::{exhook_bytes, exhook_str},
};

/// The options of a client.
pub(crate) const CLIENT: Table = &[
    ("username", Kind::Text),
    ("password", Kind::Text),
    ("protocol_version", Kind::Number),
    ("clean_start", Kind::Switch),
    ("session_expiry_interval", Kind::Number),
    ("keepalive", Kind::Number),
    ("peerhost", Kind::Text),
    ("node", Kind::Number),
];

/// An MQTT client of a broker: its options first, then it connects.
///
/// What it does, it does one after the other, on whichever threads its functions are called.
pub struct exhook_test_client {
    simulation: Arc<Simulation>,
    state: Mutex<State>,
    pub(crate) outcomes: Kept<exhook_test_outcome>,
    pub(crate) received: Kept<exhook_test_message>,
}

neutral! {
    *mut exhook_test_client = std::ptr::null_mut();
}

enum State {
    Draft(Draft),
    Made(Client),
}

struct Draft {
    settings: Settings,
    // Beside the others, because a payload need not be a text.
    will: Option<Publication>,
    user_properties: UserProperties,
}

impl Draft {
    fn client(&self, running: &Running) -> Outcome<Client> {
        self.settings.check()?;
        let settings = self.settings.made::<ClientSettings>();
        let settings = settings.map_err(|error| exhook_test_error::of_value(&error.to_string()))?;
        Ok(running.broker.client(ClientSettings {
            will: self.will.clone(),
            user_properties: self.user_properties.clone(),
            ..settings
        }))
    }
}

impl exhook_test_client {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The client of the simulation, which is made when it is first used, and its broker.
    pub(crate) fn made(&self) -> Outcome<(Client, Running)> {
        let running = self.simulation.running()?;
        let mut state = self.state();
        let client = match &*state {
            State::Made(client) => client.clone(),
            State::Draft(draft) => {
                let client = draft.client(&running)?;
                *state = State::Made(client.clone());
                client
            }
        };
        Ok((client, running))
    }

    fn change(&self, act: impl FnOnce(&mut Draft) -> Outcome) -> Outcome {
        match &mut *self.state() {
            State::Draft(draft) => {
                let outcome = act(draft);
                draft.settings.noted(outcome)
            }
            State::Made(_) => Err(exhook_test_error::of_state(
                "the client has connected; make another with the same client id",
            )),
        }
    }
}

/// A client of the caller's; NULL is an error.
///
/// # Safety
///
/// `client` is NULL, or a client of the caller's that is not freed while it is used.
pub(crate) unsafe fn client_of<'a>(
    client: *const exhook_test_client,
) -> Outcome<&'a exhook_test_client> {
    // SAFETY: the caller keeps this function's promise.
    unsafe { object(client, "the client") }
}

/// Sets options of a client, and remembers what is wrong for its first packet.
///
/// # Safety
///
/// As [`client_of`].
unsafe fn change(
    client: *mut exhook_test_client,
    act: impl FnOnce(&mut Draft) -> Outcome,
) -> exhook_code {
    // SAFETY: the caller keeps this function's promise.
    let outcome = unsafe { client_of(client) }.and_then(|client| client.change(act));
    outcome.map_or_else(|error| error.code(), |()| exhook_code::EXHOOK_OK)
}

/// Sets an option that is a text.
///
/// # Safety
///
/// As [`client_of`]; the text is kept during the call.
unsafe fn change_text(
    client: *mut exhook_test_client,
    name: &str,
    value: exhook_str,
) -> exhook_code {
    let set = |draft: &mut Draft| {
        // SAFETY: the caller keeps this function's promise.
        let value = unsafe { text(value, name) }?;
        draft.settings.set::<ClientSettings>(name, &json!(value))
    };
    // SAFETY: as above.
    unsafe { change(client, set) }
}

/// A client of MQTT 5 without user name, which is not connected so far. Several may have the same
/// client id, of which the last to connect has it. The broker may be started later. NULL where the
/// broker is NULL, or the client id is not UTF-8.
///
/// Ownership: the client is the caller's, to be freed with `exhook_test_client_free`; the text is
/// copied.
/// Threads: any.
/// Valid until: `exhook_test_client_free`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn exhook_test_client_new(
    broker: *mut exhook_test_broker,
    clientid: exhook_str,
) -> *mut exhook_test_client {
    let make = || {
        // SAFETY: NULL, or a broker of the caller's.
        let simulation = Arc::clone(&unsafe { broker_of(broker) }?.simulation);
        // SAFETY: the text is kept during the call.
        let clientid = unsafe { text(clientid, "the client id") }?;
        let values = Map::from_iter([("clientid".to_owned(), Value::from(clientid))]);
        let draft = Draft {
            settings: Settings::new(CLIENT, values),
            will: None,
            user_properties: UserProperties::new(),
        };
        Ok(Box::into_raw(Box::new(exhook_test_client {
            simulation,
            state: Mutex::new(State::Draft(draft)),
            outcomes: Kept::default(),
            received: Kept::default(),
        })))
    };
    guard(|| said("exhook_test_client_new", make(), std::ptr::null_mut()))
}

/// Frees a client. NULL is fine. It stays connected until the broker stops, unless
/// `exhook_test_client_disconnect` was called.
///
/// Ownership: the client is the library's again, with its outcomes and messages.
/// Threads: any; no other thread uses the client any more.
/// Valid until: nothing that is returned refers to anything.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn exhook_test_client_free(client: *mut exhook_test_client) {
    guard(|| {
        if !client.is_null() {
            // SAFETY: a client of `exhook_test_client_new`, which the caller frees once.
            drop(unsafe { Box::from_raw(client) });
        }
    });
}

/// Sets an option by its name, before the client does anything.
///
/// | option | what it is | default |
/// |---|---|---|
/// | `username`, `password` | what it logs in with | none |
/// | `protocol_version` | 3 for MQTT 3.1, 4 for 3.1.1, 5 | 5 |
/// | `clean_start` | whether it begins without its old session: `true`, `false` | `true` |
/// | `session_expiry_interval` | for how many seconds its session outlives its connection; 0 for not at all, others until the broker stops | 0 |
/// | `keepalive` | its keep alive, in seconds | 60 |
/// | `peerhost` | the address that it comes from | `127.0.0.1` |
/// | `node` | the node that it connects to, from 0 | they take turns |
///
/// What is wrong with an option is told by its number, and once more, in words on standard error,
/// by the function that uses the client first.
///
/// Ownership: the texts are copied.
/// Threads: any.
/// Valid until: nothing that is returned refers to anything.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn exhook_test_client_set(
    client: *mut exhook_test_client,
    name: exhook_str,
    value: exhook_str,
) -> exhook_code {
    let set = |draft: &mut Draft| {
        // SAFETY: the texts are kept during the call.
        let (name, value) = unsafe { (text(name, "the name")?, text(value, "the value")?) };
        let value = parsed(name, kind_of(name, "a client", &[CLIENT])?, value)?;
        if name == "protocol_version" && !matches!(value.as_u64(), Some(3..=5)) {
            let problem = format!("protocol_version is {value}; it is 3, 4 or 5");
            return Err(exhook_test_error::of_value(&problem));
        }
        draft.settings.set::<ClientSettings>(name, &value)
    };
    // SAFETY: NULL, or a client of the caller's.
    guard(|| unsafe { change(client, set) })
}

/// Sets the user name. Otherwise like `exhook_test_client_set`.
///
/// Ownership: the text is copied.
/// Threads: any.
/// Valid until: nothing that is returned refers to anything.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn exhook_test_client_set_username(
    client: *mut exhook_test_client,
    username: exhook_str,
) -> exhook_code {
    // SAFETY: NULL, or a client of the caller's; the text is kept during the call.
    guard(|| unsafe { change_text(client, "username", username) })
}

/// Sets the password. Otherwise like `exhook_test_client_set`.
///
/// Ownership: the text is copied.
/// Threads: any.
/// Valid until: nothing that is returned refers to anything.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn exhook_test_client_set_password(
    client: *mut exhook_test_client,
    password: exhook_str,
) -> exhook_code {
    // SAFETY: NULL, or a client of the caller's; the text is kept during the call.
    guard(|| unsafe { change_text(client, "password", password) })
}

/// Sets what is published when the client loses its connection. Otherwise like
/// `exhook_test_client_set`.
///
/// Ownership: topic and payload are copied.
/// Threads: any.
/// Valid until: nothing that is returned refers to anything.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn exhook_test_client_set_will(
    client: *mut exhook_test_client,
    topic: exhook_str,
    payload: exhook_bytes,
    qos: u32,
) -> exhook_code {
    let set = |draft: &mut Draft| {
        // SAFETY: topic and payload are kept during the call.
        let will = unsafe { publication(topic, payload, qos) }?;
        draft.will = Some(will);
        Ok(())
    };
    // SAFETY: NULL, or a client of the caller's.
    guard(|| unsafe { change(client, set) })
}

/// Adds a user property to the CONNECT of a client of MQTT 5. Otherwise like
/// `exhook_test_client_set`.
///
/// Ownership: the texts are copied.
/// Threads: any.
/// Valid until: nothing that is returned refers to anything.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn exhook_test_client_add_user_property(
    client: *mut exhook_test_client,
    name: exhook_str,
    value: exhook_str,
) -> exhook_code {
    let add = |draft: &mut Draft| {
        // SAFETY: the texts are kept during the call.
        let (name, value) = unsafe { (text(name, "the name")?, text(value, "the value")?) };
        draft
            .user_properties
            .push((name.to_owned(), value.to_owned()));
        Ok(())
    };
    // SAFETY: NULL, or a client of the caller's.
    guard(|| unsafe { change(client, add) })
}
