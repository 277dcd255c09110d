/// @file
/// How callables of C++ become callbacks of the C interface.
#ifndef EXHOOK_HANDLER_HPP
#define EXHOOK_HANDLER_HPP

#include <exhook.h>

#include <exception>
#include <memory>
#include <type_traits>
#include <utility>

#include "answer.hpp"
#include "error.hpp"
#include "options.hpp"

namespace exhook {

namespace detail {

template <class RequestType, class Handler>
using Returned = std::invoke_result_t<const Handler &, const RequestType &>;

template <class RequestType, class Handler>
constexpr bool is_handler() noexcept {
  if constexpr (std::is_invocable_v<const Handler &, const RequestType &>) {
    using Answer = std::decay_t<Returned<RequestType, Handler>>;
    return std::is_void_v<Answer> || is_answer_v<RequestType, Answer>;
  } else {
    return false;
  }
}

} // namespace detail

/// Whether a value of type `Handler` can be registered for the hook of `RequestType`: whether it
/// can be called as const with a `const RequestType &`, and returns what the hook can be answered
/// with.
template <class RequestType, class Handler>
inline constexpr bool is_handler_v = detail::is_handler<RequestType, std::decay_t<Handler>>();

namespace detail {

template <class RequestType, class Handler>
constexpr void check_handler() noexcept {
  constexpr bool is_invocable = std::is_invocable_v<const Handler &, const RequestType &>;
  static_assert(is_invocable || !std::is_invocable_v<Handler &, const RequestType &>,
                "exhook: several threads call a handler at once, so that it must be callable as "
                "const; remove `mutable`, and guard what the handler changes with a mutex");
  static_assert(is_invocable || std::is_invocable_v<Handler &, const RequestType &>,
                "exhook: a handler is called with a const reference to the request of its hook, as "
                "in `[](const exhook::ClientAuthenticateRequest &request)`");
  if constexpr (is_invocable) {
    check_answer<RequestType, std::decay_t<Returned<RequestType, Handler>>>();
  }
}

template <class RequestType, class Handler>
void run(const Handler &handler, const RequestType &request) {
  if constexpr (!std::is_void_v<Returned<RequestType, Handler>>) {
    auto answer = handler(request);
    settle<RequestType>(request.call(), std::move(answer));
  } else {
    handler(request);
    if (!is_notification_v<RequestType> && request.call() != nullptr) {
      exhook_reply_ignore(request.call());
    }
  }
}

/// The callback of the C interface; `user` is the handler.
template <class RequestType, class Handler>
void call_back(exhook_call *call, void *user) noexcept {
  const RequestType request(call);
  try {
    run(*static_cast<const Handler *>(user), request);
  } catch (const std::exception &error) {
    fail<RequestType>(request.call(), " threw: ", error.what());
  } catch (...) {
    fail<RequestType>(request.call(), " threw what is no std::exception");
  }
}

template <class Type>
void destroy(void *user) noexcept {
  const std::unique_ptr<Type> owned(static_cast<Type *>(user));
}

template <class RequestType, class Handler>
void add_handler(exhook_server *server, const Options &options, Handler &&handler) {
  using Stored = std::decay_t<Handler>;
  check_handler<RequestType, Stored>();
  if constexpr (is_handler_v<RequestType, Stored>) {
    const auto c_options = options.to_c();
    auto stored = std::make_unique<Stored>(std::forward<Handler>(handler));
    check(exhook_server_on_with(server, RequestType::hook_id, c_options.get(),
                                &call_back<RequestType, Stored>, stored.release(),
                                &destroy<Stored>));
  }
}

} // namespace detail
} // namespace exhook

#endif
