// What the compiler accepts as handler, as answer and as value, and what it refuses.

#include <functional>
#include <memory>
#include <type_traits>
#include <utility>

#include "served.hpp"

namespace {

using exhook::ClientAuthenticateRequest;
using exhook::ClientConnectedRequest;
using exhook::Deferred;
using exhook::MessageIngressRequest;
using exhook::MessagePublishRequest;
using exhook::Replace;
using exhook::Request;
using exhook::Verdict;

template <class RequestType, class Returned>
constexpr bool may_return = exhook::is_handler_v<RequestType, Returned (*)(const RequestType &)>;

// Decisions.
static_assert(may_return<ClientAuthenticateRequest, bool>);
static_assert(may_return<ClientAuthenticateRequest, const bool>);
static_assert(may_return<ClientAuthenticateRequest, Verdict>);
static_assert(may_return<ClientAuthenticateRequest, std::optional<bool>>);
static_assert(may_return<ClientAuthenticateRequest, void>);
static_assert(!may_return<ClientAuthenticateRequest, Replace>);
static_assert(!may_return<ClientAuthenticateRequest, exhook::PublishAnswer>);
static_assert(!may_return<ClientAuthenticateRequest, int>);
static_assert(!may_return<ClientAuthenticateRequest, const char *>);
static_assert(!may_return<ClientAuthenticateRequest, std::string>);
static_assert(may_return<MessageIngressRequest, bool>);
static_assert(!may_return<MessageIngressRequest, Replace>);

// Messages.
static_assert(may_return<MessagePublishRequest, Replace>);
static_assert(may_return<MessagePublishRequest, Verdict>);
static_assert(may_return<MessagePublishRequest, exhook::PublishAnswer>);
static_assert(may_return<MessagePublishRequest, std::optional<Replace>>);
static_assert(may_return<MessagePublishRequest, void>);
static_assert(!may_return<MessagePublishRequest, bool>);
static_assert(!may_return<MessagePublishRequest, std::string>);

// Notifications.
static_assert(may_return<ClientConnectedRequest, void>);
static_assert(!may_return<ClientConnectedRequest, bool>);
static_assert(!may_return<ClientConnectedRequest, Verdict>);

template <class Parameter>
using Taking = std::function<void(Parameter)>;

// What a handler takes: its request by reference, or what all requests have, but no copy.
static_assert(exhook::is_handler_v<ClientConnectedRequest, Taking<const Request &>>);
static_assert(!exhook::is_handler_v<ClientConnectedRequest, Taking<const MessagePublishRequest &>>);
static_assert(!exhook::is_handler_v<ClientConnectedRequest, Taking<int>>);
static_assert(!exhook::is_handler_v<ClientConnectedRequest, void (*)(ClientConnectedRequest &)>);
static_assert(!exhook::is_handler_v<ClientConnectedRequest, void (*)()>);

struct Mutable {
  void operator()(const ClientConnectedRequest &) {}
};
static_assert(!exhook::is_handler_v<ClientConnectedRequest, Mutable>,
              "several threads call it at once");

// Values.
static_assert(std::is_nothrow_move_constructible_v<exhook::App>);
static_assert(std::is_nothrow_move_assignable_v<exhook::App>);
static_assert(!std::is_copy_constructible_v<exhook::App>);
static_assert(!std::is_copy_constructible_v<ClientConnectedRequest>);
static_assert(!std::is_move_constructible_v<ClientConnectedRequest>);
static_assert(std::is_nothrow_move_constructible_v<Deferred<ClientAuthenticateRequest>>);
static_assert(std::is_nothrow_move_assignable_v<Deferred<ClientAuthenticateRequest>>);
static_assert(!std::is_copy_constructible_v<Deferred<ClientAuthenticateRequest>>);
static_assert(std::is_trivially_copyable_v<exhook::ClientInfo>);
static_assert(sizeof(exhook::Message) == sizeof(void *));
static_assert(std::is_trivially_copyable_v<Verdict>);
static_assert(std::is_convertible_v<bool, Verdict>);
static_assert(!std::is_convertible_v<int, Verdict>);
static_assert(!std::is_convertible_v<const char *, Verdict>);
static_assert(!std::is_convertible_v<std::optional<bool>, Verdict>);

// The hooks of metrics that nobody holds would be gone at once.
template <class Metrics, class = void>
constexpr bool has_hooks = false;
template <class Metrics>
constexpr bool has_hooks<Metrics, std::void_t<decltype(std::declval<Metrics>().hooks())>> = true;
static_assert(has_hooks<exhook::Metrics &>);
static_assert(has_hooks<const exhook::Metrics &>);
static_assert(!has_hooks<exhook::Metrics>);

// Only messages have topics to be limited to.
template <class App, class = void>
constexpr bool authenticates_topics = false;
template <class App>
constexpr bool authenticates_topics<
    App, std::void_t<decltype(std::declval<App &>().on_client_authenticate(
             "a/#", std::declval<bool (*)(const ClientAuthenticateRequest &)>()))>> = true;
static_assert(!authenticates_topics<exhook::App>);

void what_compiles_is_decided_when_this_is_compiled() {
  CHECK((may_return<MessagePublishRequest, Replace>));
}

} // namespace

TEST_MAIN(TEST(what_compiles_is_decided_when_this_is_compiled))
