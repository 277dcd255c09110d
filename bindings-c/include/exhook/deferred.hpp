/// @file
/// exhook::Deferred: a call that is answered later.
#ifndef EXHOOK_DEFERRED_HPP
#define EXHOOK_DEFERRED_HPP

#include <exhook.h>

#include <type_traits>
#include <utility>

#include "answer.hpp"

namespace exhook {

/// A call that was taken out of its handler by `request.defer()`: move it to where the answer is
/// made, on any thread.
///
/// @code
/// app.on_client_authenticate([&](const exhook::ClientAuthenticateRequest &request) {
///   pool.run([deferred = request.defer()]() mutable {
///     deferred.reply(is_known(deferred->clientinfo().username()));
///   });
/// });
/// @endcode
///
/// The destructor answers with the hook's fallback where nothing was replied; a notification is
/// done then. One thread at a time may use it. It may outlive its App.
template <class RequestType>
class [[nodiscard]] Deferred {
public:
  /// Takes a call over that exhook_call_defer() returned.
  explicit Deferred(exhook_call *deferred) noexcept : request_(deferred) {}
  /// Takes the call out of `other`, which is empty afterwards.
  Deferred(Deferred &&other) noexcept : request_(std::exchange(other.request_.call_, nullptr)) {}
  /// Takes the call out of `other`, and lets go of the one that is here.
  Deferred &operator=(Deferred &&other) noexcept {
    if (this != &other) {
      release();
      request_.call_ = std::exchange(other.request_.call_, nullptr);
    }
    return *this;
  }
  /// Answers with the fallback where nothing was replied.
  ~Deferred() { release(); }

  /// Answers with whatever a handler of the hook may return: see its `on_…` method of App.
  ///
  /// An answer that the broker could do nothing with, as a topic with wildcards, is replaced by the
  /// fallback, and logged.
  ///
  /// @return whether the broker got the answer: false where it was late, where this is not the
  ///     first one, and where it was replaced
  template <class Answer>
  bool reply(Answer &&answer) noexcept {
    using Given = std::decay_t<Answer>;
    detail::check_answer<RequestType, Given>();
    static_assert(!std::is_void_v<Given>, "a Deferred is replied to with a value");
    if constexpr (detail::is_answer_v<RequestType, Given>) {
      return detail::settle<RequestType>(request_.call(), std::forward<Answer>(answer));
    }
    return false;
  }

  /// The request, valid as long as this object, also after the answer.
  [[nodiscard]] const RequestType &operator*() const noexcept { return request_; }
  /// The request, valid as long as this object, also after the answer.
  [[nodiscard]] const RequestType *operator->() const noexcept { return &request_; }
  /// Whether there is a call: false after it was moved to somewhere else.
  explicit operator bool() const noexcept { return request_.call() != nullptr; }

private:
  void release() noexcept { exhook_call_free(std::exchange(request_.call_, nullptr)); }

  RequestType request_;
};

} // namespace exhook

#endif
