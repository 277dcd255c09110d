/* generated, do not edit, run `make gen` */

/** @file
 * Test the hooks of a program: a simulated EMQX and its MQTT clients, in the process of the test.
 *
 * @code
 * exhook_test_broker *broker = exhook_test_broker_new();
 * exhook_test_broker_set_version(broker, EXHOOK_STR("5.8"));
 * exhook_test_error *error = exhook_test_broker_connect(broker, exhook_server_address(server));
 * if (error) fail(exhook_test_error_text(error));
 *
 * exhook_test_client *client = exhook_test_client_new(broker, EXHOOK_STR("c1"));
 * exhook_test_client_set_username(client, EXHOOK_STR("alice"));
 * assert(exhook_test_outcome_accepted(exhook_test_client_connect(client)));
 *
 * exhook_test_client_free(client);
 * exhook_test_broker_free(broker);
 * @endcode
 *
 * The functions are those of a library of their own, `libexhook_test`: link with it too. It needs
 * nothing of `libexhook`, shares its types, and tests any program that a broker can call.
 *
 * Functions wait until what they do is done: until the hooks were called, answered, and the client
 * knows what came of it. What clients experienced belongs to them, so that a test need not free it.
 * What is NULL that should not be, and what is done too early, gives an error, or an empty value and
 * a line on standard error. */

#ifndef EXHOOK_TEST_H
#define EXHOOK_TEST_H

#include <exhook.h>

/**
 * A simulated EMQX: options and servers first, then it is started, and its clients make it call
 * the hooks of the servers as the real one does.
 */
typedef struct exhook_test_broker exhook_test_broker;

/**
 * A call of a hook that a broker made, and what came of it.
 */
typedef struct exhook_test_call exhook_test_call;

/**
 * An MQTT client of a broker: its options first, then it connects.
 *
 * What it does, it does one after the other, on whichever threads its functions are called.
 */
typedef struct exhook_test_client exhook_test_client;

/**
 * What went wrong, where, and what to do about it. It is of a type of its own because it belongs
 * to this library: `exhook_error_free` of `libexhook` must not free it.
 */
typedef struct exhook_test_error exhook_test_error;

/**
 * A message as MQTT clients see it.
 */
typedef struct exhook_test_message exhook_test_message;

/**
 * What a client experienced that connected, subscribed, published or left, and the calls that the
 * broker made for it. What does not suit what it did is empty.
 */
typedef struct exhook_test_outcome exhook_test_outcome;

#ifdef __cplusplus
extern "C" {
#endif // __cplusplus

/**
 * The number of an error; `EXHOOK_OK` for NULL, which is success.
 *
 * Ownership: the error stays the caller's.
 * Threads: any.
 * Valid until: nothing that is returned refers to anything.
 */
exhook_code exhook_test_error_code(const exhook_test_error *error);

/**
 * The text of an error, ended by a NUL: what happened, where, and what to do.
 *
 * Ownership: the text belongs to the error.
 * Threads: any.
 * Valid until: the error is freed.
 */
const char *exhook_test_error_text(const exhook_test_error *error);

/**
 * Frees an error. NULL is fine.
 *
 * Ownership: the error is the library's again.
 * Threads: any.
 * Valid until: nothing that is returned refers to anything.
 */
void exhook_test_error_free(exhook_test_error *error);

/**
 * A broker with the options of EMQX, which behaves like the newest known, and calls nobody yet.
 *
 * Ownership: the broker is the caller's, to be freed with `exhook_test_broker_free`.
 * Threads: any.
 * Valid until: `exhook_test_broker_free`.
 */
exhook_test_broker *exhook_test_broker_new(void);

/**
 * Frees a broker, and closes its connections as if it were killed: `provider.unloaded` is only
 * called by `exhook_test_broker_stop`. NULL is fine. Its clients can still be freed, but do nothing
 * any more.
 *
 * Ownership: the broker is the library's again, with all texts, calls and outcomes of it.
 * Threads: any; no other thread uses the broker any more.
 * Valid until: nothing that is returned refers to anything.
 */
void exhook_test_broker_free(exhook_test_broker *broker);

/**
 * Sets an option by its name, before the broker is started.
 *
 * | option | what it is | default |
 * |---|---|---|
 * | `version` | which EMQX it behaves like, 4.3 or newer: `5.8`, `5.8.9` | the newest known |
 * | `nodes` | how many nodes it has; each loads every server | 1 |
 * | `authentication` | what its own authenticators say: `allow`, `deny`; the hook is asked when there are none | none |
 * | `authorization` | what its own authorization sources say, where one matches: `allow`, `deny` | none |
 * | `no_match` | what holds where nobody has an opinion: `allow`, `deny` | `allow` |
 * | `authorization_cache` | whether answers to authorizations are kept: `true`, `false` | `true` |
 * | `pace` | how many times faster its own waits pass, those between attempts to load | 1 |
 * | `request_timeout_ms` | how long it waits for an answer of a server | 5000 |
 * | `failed_action` | what it does where none comes: `deny`, `ignore` | `deny` |
 * | `auto_reconnect_ms` | how long it waits before it tries again to load a server; 0 for never | 60000 |
 * | `pool_size` | how many connections each node opens to a server | 8 |
 *
 * The last four hold for the servers that are added afterwards. What is wrong with an option is
 * told by its number, and once more, in words, by the function that starts the broker.
 *
 * Ownership: the texts are copied.
 * Threads: any.
 * Valid until: nothing that is returned refers to anything.
 */
exhook_code exhook_test_broker_set(exhook_test_broker *broker,
                                   exhook_str name,
                                   exhook_str value);

/**
 * Sets which EMQX the broker behaves like: a version such as `5.8` or `5.8.9`, 4.3 or newer.
 * Otherwise like `exhook_test_broker_set`.
 *
 * Ownership: the text is copied.
 * Threads: any.
 * Valid until: nothing that is returned refers to anything.
 */
exhook_code exhook_test_broker_set_version(exhook_test_broker *broker, exhook_str version);

/**
 * Sets how many nodes the broker has. Otherwise like `exhook_test_broker_set`.
 *
 * Ownership: nothing is handed over.
 * Threads: any.
 * Valid until: nothing that is returned refers to anything.
 */
exhook_code exhook_test_broker_set_nodes(exhook_test_broker *broker, uint64_t nodes);

/**
 * Sets how long the broker waits for an answer: for the servers that are added afterwards, or for
 * all of them while it runs, where 0 gives each the time back that it was added with. It announces
 * this time with each call, so that a program answers its fallback before it is over: 50 let the
 * test of a slow callback end soon.
 *
 * Ownership: nothing is handed over.
 * Threads: any.
 * Valid until: nothing that is returned refers to anything.
 */
exhook_code exhook_test_broker_set_request_timeout_ms(exhook_test_broker *broker,
                                                      uint64_t timeout_ms);

/**
 * Adds a server to those that the broker asks, in this order, before it is started: `url` is what
 * EMQX takes, or what `exhook_server_address` returns: `http://host:port`, `host:port` or
 * `unix:/path`. Mistakes are told as by `exhook_test_broker_set`.
 *
 * Ownership: the texts are copied.
 * Threads: any.
 * Valid until: nothing that is returned refers to anything.
 */
exhook_code exhook_test_broker_add_server(exhook_test_broker *broker,
                                          exhook_str name,
                                          exhook_str url);

/**
 * Starts the broker, which loads its servers; or starts it again after it was stopped. That a
 * server cannot be loaded is no error, as with EMQX, which lets clients in without asking it, and
 * tries again: `exhook_test_broker_status` tells.
 *
 * Fails where an option has no meaning.
 *
 * Ownership: a returned error is the caller's, to be freed.
 * Threads: any.
 * Valid until: nothing that is returned refers to anything.
 */
exhook_test_error *exhook_test_broker_start(exhook_test_broker *broker);

/**
 * Adds the server at `url` by the name `default`, starts the broker, and fails unless all servers
 * are loaded then: all that most tests need.
 *
 * Ownership: the text is copied. A returned error is the caller's, to be freed.
 * Threads: any.
 * Valid until: nothing that is returned refers to anything.
 */
exhook_test_error *exhook_test_broker_connect(exhook_test_broker *broker, exhook_str url);

/**
 * Stops the broker: it unloads its servers, which calls `provider.unloaded`, and asks nobody any
 * more. `exhook_test_broker_start` starts it again.
 *
 * Ownership: a returned error is the caller's, to be freed.
 * Threads: any.
 * Valid until: nothing that is returned refers to anything.
 */
exhook_test_error *exhook_test_broker_stop(exhook_test_broker *broker);

/**
 * Waits until every node has loaded every server, for so many milliseconds at most; whether they
 * have.
 *
 * Ownership: nothing is handed over.
 * Threads: any.
 * Valid until: nothing that is returned refers to anything.
 */
bool exhook_test_broker_wait_until_loaded(const exhook_test_broker *broker, uint64_t patience_ms);

/**
 * How the broker stands with its servers, a line for each of them on each node: its state in
 * EMQX's words, why it is not connected, and the hooks that it registered with their topic
 * filters. Empty before the start.
 *
 * Ownership: the text belongs to the broker.
 * Threads: any.
 * Valid until: the broker is freed.
 */
exhook_str exhook_test_broker_status(const exhook_test_broker *broker);

/**
 * Restarts every node: where `orderly`, each unloads its servers before, else as if it were
 * killed. Sessions and retained messages stay.
 *
 * Ownership: a returned error is the caller's, to be freed.
 * Threads: any.
 * Valid until: nothing that is returned refers to anything.
 */
exhook_test_error *exhook_test_broker_restart(exhook_test_broker *broker, bool orderly);

/**
 * Cuts every connection to the servers, as a network does that fails. What the broker does then
 * depends on its version: it connects again at once, at the next call or after a while.
 *
 * Ownership: a returned error is the caller's, to be freed.
 * Threads: any.
 * Valid until: nothing that is returned refers to anything.
 */
exhook_test_error *exhook_test_broker_cut_connections(exhook_test_broker *broker);

/**
 * Makes every call take so many milliseconds longer, as a slow network does; they count against
 * the time that the broker waits.
 *
 * Ownership: a returned error is the caller's, to be freed.
 * Threads: any.
 * Valid until: nothing that is returned refers to anything.
 */
exhook_test_error *exhook_test_broker_delay_calls(exhook_test_broker *broker, uint64_t delay_ms);

/**
 * Loads a server on every node, as enabling it in EMQX does. That it cannot be loaded is no error:
 * `exhook_test_broker_status` tells.
 *
 * Fails where no server has this name.
 *
 * Ownership: the name is copied. A returned error is the caller's, to be freed.
 * Threads: any.
 * Valid until: nothing that is returned refers to anything.
 */
exhook_test_error *exhook_test_broker_enable(exhook_test_broker *broker, exhook_str name);

/**
 * Unloads a server on every node, as disabling it in EMQX does.
 *
 * Fails where no server has this name.
 *
 * Ownership: the name is copied. A returned error is the caller's, to be freed.
 * Threads: any.
 * Valid until: nothing that is returned refers to anything.
 */
exhook_test_error *exhook_test_broker_disable(exhook_test_broker *broker, exhook_str name);

/**
 * A client of MQTT 5 without user name, which is not connected so far. Several may have the same
 * client id, of which the last to connect has it. The broker may be started later. NULL where the
 * broker is NULL, or the client id is not UTF-8.
 *
 * Ownership: the client is the caller's, to be freed with `exhook_test_client_free`; the text is
 * copied.
 * Threads: any.
 * Valid until: `exhook_test_client_free`.
 */
exhook_test_client *exhook_test_client_new(exhook_test_broker *broker, exhook_str clientid);

/**
 * Frees a client. NULL is fine. It stays connected until the broker stops, unless
 * `exhook_test_client_disconnect` was called.
 *
 * Ownership: the client is the library's again, with its outcomes and messages.
 * Threads: any; no other thread uses the client any more.
 * Valid until: nothing that is returned refers to anything.
 */
void exhook_test_client_free(exhook_test_client *client);

/**
 * Sets an option by its name, before the client does anything.
 *
 * | option | what it is | default |
 * |---|---|---|
 * | `username`, `password` | what it logs in with | none |
 * | `protocol_version` | 3 for MQTT 3.1, 4 for 3.1.1, 5 | 5 |
 * | `clean_start` | whether it begins without its old session: `true`, `false` | `true` |
 * | `session_expiry_interval` | for how many seconds its session outlives its connection; 0 for not at all, others until the broker stops | 0 |
 * | `keepalive` | its keep alive, in seconds | 60 |
 * | `peerhost` | the address that it comes from | `127.0.0.1` |
 * | `node` | the node that it connects to, from 0 | they take turns |
 *
 * What is wrong with an option is told by its number, and once more, in words on standard error,
 * by the function that uses the client first.
 *
 * Ownership: the texts are copied.
 * Threads: any.
 * Valid until: nothing that is returned refers to anything.
 */
exhook_code exhook_test_client_set(exhook_test_client *client,
                                   exhook_str name,
                                   exhook_str value);

/**
 * Sets the user name. Otherwise like `exhook_test_client_set`.
 *
 * Ownership: the text is copied.
 * Threads: any.
 * Valid until: nothing that is returned refers to anything.
 */
exhook_code exhook_test_client_set_username(exhook_test_client *client, exhook_str username);

/**
 * Sets the password. Otherwise like `exhook_test_client_set`.
 *
 * Ownership: the text is copied.
 * Threads: any.
 * Valid until: nothing that is returned refers to anything.
 */
exhook_code exhook_test_client_set_password(exhook_test_client *client, exhook_str password);

/**
 * Sets what is published when the client loses its connection. Otherwise like
 * `exhook_test_client_set`.
 *
 * Ownership: topic and payload are copied.
 * Threads: any.
 * Valid until: nothing that is returned refers to anything.
 */
exhook_code exhook_test_client_set_will(exhook_test_client *client,
                                        exhook_str topic,
                                        exhook_bytes payload,
                                        uint32_t qos);

/**
 * Adds a user property to the CONNECT of a client of MQTT 5. Otherwise like
 * `exhook_test_client_set`.
 *
 * Ownership: the texts are copied.
 * Threads: any.
 * Valid until: nothing that is returned refers to anything.
 */
exhook_code exhook_test_client_add_user_property(exhook_test_client *client,
                                                 exhook_str name,
                                                 exhook_str value);

/**
 * Connects. A client that is connected already takes its own session over.
 *
 * Returns when the hooks were called and the client has its CONNACK. NULL, and a line on standard
 * error, where the broker does not run or an option of the client has no meaning.
 *
 * Ownership: the outcome belongs to the client.
 * Threads: any.
 * Valid until: the client is freed.
 */
const exhook_test_outcome *exhook_test_client_connect(exhook_test_client *client);

/**
 * Subscribes to a topic filter, `$share/group/filter` for a shared subscription, and returns when
 * the client has its SUBACK. A client that is not connected is granted nothing. Otherwise like
 * `exhook_test_client_connect`.
 *
 * Ownership: the filter is copied; the outcome belongs to the client.
 * Threads: any.
 * Valid until: the client is freed.
 */
const exhook_test_outcome *exhook_test_client_subscribe(exhook_test_client *client,
                                                        exhook_str filter,
                                                        uint32_t qos);

/**
 * Gives up a subscription. Otherwise like `exhook_test_client_connect`.
 *
 * Ownership: the filter is copied; the outcome belongs to the client.
 * Threads: any.
 * Valid until: the client is freed.
 */
const exhook_test_outcome *exhook_test_client_unsubscribe(exhook_test_client *client,
                                                          exhook_str filter);

/**
 * Publishes a message, and returns when its subscribers have it. A client that is not connected is
 * not authorized. Otherwise like `exhook_test_client_connect`.
 *
 * Ownership: topic and payload are copied; the outcome belongs to the client.
 * Threads: any.
 * Valid until: the client is freed.
 */
const exhook_test_outcome *exhook_test_client_publish(exhook_test_client *client,
                                                      exhook_str topic,
                                                      exhook_bytes payload,
                                                      uint32_t qos);

/**
 * Publishes a message that is retained. Otherwise like `exhook_test_client_publish`.
 *
 * Ownership: topic and payload are copied; the outcome belongs to the client.
 * Threads: any.
 * Valid until: the client is freed.
 */
const exhook_test_outcome *exhook_test_client_publish_retained(exhook_test_client *client,
                                                               exhook_str topic,
                                                               exhook_bytes payload,
                                                               uint32_t qos);

/**
 * Leaves with a DISCONNECT: the will is not published. Otherwise like
 * `exhook_test_client_connect`.
 *
 * Ownership: the outcome belongs to the client.
 * Threads: any.
 * Valid until: the client is freed.
 */
const exhook_test_outcome *exhook_test_client_disconnect(exhook_test_client *client);

/**
 * Loses the connection: the will is published. Otherwise like `exhook_test_client_connect`.
 *
 * Ownership: the outcome belongs to the client.
 * Threads: any.
 * Valid until: the client is freed.
 */
const exhook_test_outcome *exhook_test_client_lose_connection(exhook_test_client *client);

/**
 * Publishes as the broker's REST API does: no client, no authorization. Otherwise like
 * `exhook_test_client_publish`.
 *
 * Ownership: topic and payload are copied; the outcome belongs to the broker.
 * Threads: any.
 * Valid until: the broker is freed.
 */
const exhook_test_outcome *exhook_test_broker_publish(exhook_test_broker *broker,
                                                      exhook_str topic,
                                                      exhook_bytes payload,
                                                      uint32_t qos);

/**
 * Whether a client is connected, and no other has taken its client id.
 *
 * Ownership: nothing is handed over.
 * Threads: any.
 * Valid until: nothing that is returned refers to anything.
 */
bool exhook_test_client_is_connected(const exhook_test_client *client);

/**
 * How many messages a client has received so far.
 *
 * Ownership: nothing is handed over.
 * Threads: any.
 * Valid until: nothing that is returned refers to anything.
 */
size_t exhook_test_client_received_count(const exhook_test_client *client);

/**
 * A message that a client has received, the first for 0; NULL where there are not so many.
 *
 * Ownership: the message belongs to the client.
 * Threads: any.
 * Valid until: the client is freed.
 */
const exhook_test_message *exhook_test_client_received_at(const exhook_test_client *client,
                                                          size_t index);

/**
 * Whether the broker let the client in, or granted its subscription.
 *
 * Ownership: nothing is handed over.
 * Threads: any.
 * Valid until: nothing that is returned refers to anything.
 */
bool exhook_test_outcome_accepted(const exhook_test_outcome *outcome);

/**
 * Whether the client was allowed to publish to the topic.
 *
 * Ownership: nothing is handed over.
 * Threads: any.
 * Valid until: nothing that is returned refers to anything.
 */
bool exhook_test_outcome_authorized(const exhook_test_outcome *outcome);

/**
 * The reason in the CONNACK that a client got which connected: `success`, `not_authorized`.
 *
 * Ownership: the text belongs to the outcome.
 * Threads: any.
 * Valid until: the broker or client that the outcome is of is freed.
 */
exhook_str exhook_test_outcome_reason(const exhook_test_outcome *outcome);

/**
 * The reason code in the packet that answered a client of MQTT 5. CONNACK: 0 or 135, not
 * authorized. SUBACK: the quality of service, or 135. PUBACK: 0, 16 for no matching subscribers,
 * which is what a client gets for a blocked message too, or 135.
 *
 * Ownership: nothing is handed over.
 * Threads: any.
 * Valid until: nothing that is returned refers to anything.
 */
uint32_t exhook_test_outcome_reason_code(const exhook_test_outcome *outcome);

/**
 * Whether the broker had a session of the client that connected.
 *
 * Ownership: nothing is handed over.
 * Threads: any.
 * Valid until: nothing that is returned refers to anything.
 */
bool exhook_test_outcome_session_present(const exhook_test_outcome *outcome);

/**
 * Whether a hook blocked the message that was published.
 *
 * Ownership: nothing is handed over.
 * Threads: any.
 * Valid until: nothing that is returned refers to anything.
 */
bool exhook_test_outcome_blocked(const exhook_test_outcome *outcome);

/**
 * What subscribers get of what was published, with what hooks changed; NULL where it was not
 * authorized, or blocked, or lost.
 *
 * Ownership: the message belongs to the outcome.
 * Threads: any.
 * Valid until: the broker or client that the outcome is of is freed.
 */
const exhook_test_message *exhook_test_outcome_delivered_as(const exhook_test_outcome *outcome);

/**
 * How many clients got what was published.
 *
 * Ownership: nothing is handed over.
 * Threads: any.
 * Valid until: nothing that is returned refers to anything.
 */
size_t exhook_test_outcome_delivered_to_count(const exhook_test_outcome *outcome);

/**
 * The id of a client that got what was published; empty where there are not so many.
 *
 * Ownership: the text belongs to the outcome.
 * Threads: any.
 * Valid until: the broker or client that the outcome is of is freed.
 */
exhook_str exhook_test_outcome_delivered_to_at(const exhook_test_outcome *outcome, size_t index);

/**
 * How many calls the broker made for what the client did, those for other clients included that
 * followed from it.
 *
 * Ownership: nothing is handed over.
 * Threads: any.
 * Valid until: nothing that is returned refers to anything.
 */
size_t exhook_test_outcome_calls_count(const exhook_test_outcome *outcome);

/**
 * The call at a place, from 0, in the order in which they ended; NULL where there is none.
 *
 * Ownership: the call belongs to the outcome.
 * Threads: any.
 * Valid until: the broker or client that the outcome is of is freed.
 */
const exhook_test_call *exhook_test_outcome_calls_at(const exhook_test_outcome *outcome,
                                                     size_t index);

/**
 * The topic of a message.
 *
 * Ownership: the text belongs to the message.
 * Threads: any.
 * Valid until: the broker or client that the message is of is freed.
 */
exhook_str exhook_test_message_topic(const exhook_test_message *message);

/**
 * The payload of a message.
 *
 * Ownership: the bytes belong to the message.
 * Threads: any.
 * Valid until: the broker or client that the message is of is freed.
 */
exhook_bytes exhook_test_message_payload(const exhook_test_message *message);

/**
 * The quality of service of a message, 0 to 2.
 *
 * Ownership: nothing is handed over.
 * Threads: any.
 * Valid until: nothing that is returned refers to anything.
 */
uint32_t exhook_test_message_qos(const exhook_test_message *message);

/**
 * Whether a message is a retained one.
 *
 * Ownership: nothing is handed over.
 * Threads: any.
 * Valid until: nothing that is returned refers to anything.
 */
bool exhook_test_message_retain(const exhook_test_message *message);

/**
 * The client that published a message; empty where none did.
 *
 * Ownership: the text belongs to the message.
 * Threads: any.
 * Valid until: the broker or client that the message is of is freed.
 */
exhook_str exhook_test_message_from(const exhook_test_message *message);

/**
 * Whether two payloads are the same.
 *
 * Ownership: both stay the caller's.
 * Threads: any.
 * Valid until: nothing that is returned refers to anything.
 */
bool exhook_test_bytes_eq(exhook_bytes one, exhook_bytes other);

/**
 * How many calls the broker has made so far, `provider.loaded` included.
 *
 * Ownership: nothing is handed over.
 * Threads: any.
 * Valid until: nothing that is returned refers to anything.
 */
size_t exhook_test_broker_calls_count(const exhook_test_broker *broker);

/**
 * The call at a place, from 0, in the order in which they ended; NULL where there is none.
 *
 * Ownership: the call belongs to the broker.
 * Threads: any.
 * Valid until: the broker is freed.
 */
const exhook_test_call *exhook_test_broker_calls_at(const exhook_test_broker *broker, size_t index);

/**
 * How often the broker has called a hook for a client; for anybody where the client id is empty.
 *
 * Ownership: the text is used during the call only.
 * Threads: any.
 * Valid until: nothing that is returned refers to anything.
 */
size_t exhook_test_broker_called(const exhook_test_broker *broker,
                                 exhook_hook hook,
                                 exhook_str clientid);

/**
 * The call of a hook for a client, the first for 0; for anybody where the client id is empty. NULL
 * where there is none.
 *
 * Ownership: the call belongs to the broker; the text is used during the call only.
 * Threads: any.
 * Valid until: the broker is freed.
 */
const exhook_test_call *exhook_test_broker_call(const exhook_test_broker *broker,
                                                exhook_hook hook,
                                                exhook_str clientid,
                                                size_t index);

/**
 * Waits until the broker has called a hook so often for a client, or for anybody where the client
 * id is empty, for so many milliseconds at most; whether it has. What another thread's client does
 * is waited for in this way; a client's own functions return when their calls are made.
 *
 * Ownership: the text is used during the call only.
 * Threads: any.
 * Valid until: nothing that is returned refers to anything.
 */
bool exhook_test_broker_wait_until_called(const exhook_test_broker *broker,
                                          exhook_hook hook,
                                          exhook_str clientid,
                                          size_t count,
                                          uint64_t patience_ms);

/**
 * Forgets the calls so far: counts and places begin anew. Those that the program has stay.
 *
 * Ownership: nothing is handed over.
 * Threads: any.
 * Valid until: nothing that is returned refers to anything.
 */
void exhook_test_broker_forget_calls(exhook_test_broker *broker);

/**
 * The hook that was called; `EXHOOK_HOOK_PROVIDER_LOADED`, which is 0, for NULL.
 *
 * Ownership: nothing is handed over.
 * Threads: any.
 * Valid until: nothing that is returned refers to anything.
 */
exhook_hook exhook_test_call_hook(const exhook_test_call *call);

/**
 * The MQTT client that the call was about; empty where there was none.
 *
 * Ownership: the text belongs to the call.
 * Threads: any.
 * Valid until: the broker or client that the call is of is freed.
 */
exhook_str exhook_test_call_clientid(const exhook_test_call *call);

/**
 * The topic that the call was about; empty where there was none.
 *
 * Ownership: the text belongs to the call.
 * Threads: any.
 * Valid until: the broker or client that the call is of is freed.
 */
exhook_str exhook_test_call_topic(const exhook_test_call *call);

/**
 * The node that called.
 *
 * Ownership: the text belongs to the call.
 * Threads: any.
 * Valid until: the broker or client that the call is of is freed.
 */
exhook_str exhook_test_call_node(const exhook_test_call *call);

/**
 * The server that was called, by its name.
 *
 * Ownership: the text belongs to the call.
 * Threads: any.
 * Valid until: the broker or client that the call is of is freed.
 */
exhook_str exhook_test_call_server(const exhook_test_call *call);

/**
 * What was answered, as the broker understood it: `allow`, `deny`, `continue true`, `continue
 * false`, `ignore`, `replace`, `block`, `done` or `loaded`. Empty where the call failed, or the
 * broker took the answer for none.
 *
 * Ownership: the text belongs to the call.
 * Threads: any.
 * Valid until: the broker or client that the call is of is freed.
 */
exhook_str exhook_test_call_verdict(const exhook_test_call *call);

/**
 * Why the call failed, or why the broker took the answer for none. Empty where it has a verdict.
 *
 * Ownership: the text belongs to the call.
 * Threads: any.
 * Valid until: the broker or client that the call is of is freed.
 */
exhook_str exhook_test_call_reason(const exhook_test_call *call);

/**
 * How long the client waited for the call, in milliseconds.
 *
 * Ownership: nothing is handed over.
 * Threads: any.
 * Valid until: nothing that is returned refers to anything.
 */
double exhook_test_call_elapsed_ms(const exhook_test_call *call);

#ifdef __cplusplus
}  // extern "C"
#endif  // __cplusplus

#endif  /* EXHOOK_TEST_H */
