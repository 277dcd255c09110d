/// @file
/// Tests of hooks in C++17: a simulated EMQX and its MQTT clients, in the process of the test.
///
/// Header only, over the C interface of `exhook_test.h`; link with `libexhook` and
/// `libexhook_test`.
///
/// @code
/// #include <exhook_test.hpp>
///
/// exhook::test::Broker broker;
/// broker.version("5.8").connect(app.address());
/// exhook::test::Client alice = broker.client("c1").username("alice");
/// assert(alice.connect().accepted());
/// assert(alice.publish("sensors/1", "21").delivered_as()->payload() == "seen: 21");
/// assert(broker.called(EXHOOK_HOOK_CLIENT_CONNECTED, "c1") == 1);
/// @endcode
#ifndef EXHOOK_TEST_HPP
#define EXHOOK_TEST_HPP

#include "exhook/test/broker.hpp"
#include "exhook/test/call.hpp"
#include "exhook/test/client.hpp"
#include "exhook/test/message.hpp"
#include "exhook/test/outcome.hpp"

#endif
