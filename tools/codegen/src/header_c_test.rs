//! `bindings-c/include/exhook_test.h`: what is said of the library for tests.

use crate::header_c::Library;

/// `libexhook_test`.
pub(crate) const EXHOOK_TEST: Library = Library {
    folder: "bindings-c/testing/src",
    sources: &[
        "error", "hook", "broker", "action", "client", "packet", "outcome", "message", "calls",
        "call",
    ],
    numbers: &[("HookNumber", "exhook_hook")],
    include_guard: "EXHOOK_TEST_H",
    overview: r#"/** @file
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
 * a line on standard error. */"#,
    includes: &["exhook.h"],
    macros: None,
};
