// generated, do not edit, run `make gen`
/// @file
/// The methods that set the options of a server.
#ifndef EXHOOK_SETTINGS_HPP
#define EXHOOK_SETTINGS_HPP

#include <exhook.h>

#include <cstdint>
#include <string_view>

#include "error.hpp"
#include "text.hpp"

namespace exhook {

/// The methods of App that set the options of its server, before it starts.
template <class Self>
class Settings {
 public:
  /// How long user code may take for an answer unless its handler says otherwise. The broker's own
  /// `request_timeout`, less a tenth of it, counts where that is shorter. Default: 4000.
  ///
  /// @throws Error where the number means nothing, or the server runs
  Self &timeout_ms(std::uint64_t value) {
    auto &self = static_cast<Self &>(*this);
    detail::check(exhook_server_set_timeout_ms(self.server(), value));
    return self;
  }

  /// How many calls may be running at once, brokers waiting for them. More are answered with the
  /// fallback at once. Default: 10000.
  ///
  /// @throws Error where the number means nothing, or the server runs
  Self &max_inflight(std::uint64_t value) {
    auto &self = static_cast<Self &>(*this);
    detail::check(exhook_server_set_max_inflight(self.server(), value));
    return self;
  }

  /// How many notifications may be answered but not yet handled. More are held back, which slows
  /// the broker down, and are dropped at the deadline. Default: 10000.
  ///
  /// @throws Error where the number means nothing, or the server runs
  Self &inbox_capacity(std::uint64_t value) {
    auto &self = static_cast<Self &>(*this);
    detail::check(exhook_server_set_inbox_capacity(self.server(), value));
    return self;
  }

  /// How many threads read, decode and answer; one serves some 100,000 calls a second. Default: 1.
  ///
  /// @throws Error where the number means nothing, or the server runs
  Self &io_threads(std::uint64_t value) {
    auto &self = static_cast<Self &>(*this);
    detail::check(exhook_server_set_io_threads(self.server(), value));
    return self;
  }

  /// The largest request that is decoded; larger ones are answered with the fallback. Default:
  /// 16777216.
  ///
  /// @throws Error where the number means nothing, or the server runs
  Self &max_message_bytes(std::uint64_t value) {
    auto &self = static_cast<Self &>(*this);
    detail::check(exhook_server_set_max_message_bytes(self.server(), value));
    return self;
  }

  /// How long stopping waits for running calls and queued notifications. Default: 5000.
  ///
  /// @throws Error where the number means nothing, or the server runs
  Self &drain_timeout_ms(std::uint64_t value) {
    auto &self = static_cast<Self &>(*this);
    detail::check(exhook_server_set_drain_timeout_ms(self.server(), value));
    return self;
  }

  /// How often a connection is probed with a PING, so that brokers that vanished are noticed: one
  /// that has not answered when the next is due is let go. 0 turns probing off. Default: 30000.
  ///
  /// @throws Error where the number means nothing, or the server runs
  Self &keepalive_interval_ms(std::uint64_t value) {
    auto &self = static_cast<Self &>(*this);
    detail::check(exhook_server_set_keepalive_interval_ms(self.server(), value));
    return self;
  }

  /// Also announce the valued hooks that have no handler, and answer them with ignore. For brokers
  /// of 5.9 and later with several exhook servers, whose chain otherwise ends at a server that did
  /// not announce the hook. Default: false.
  ///
  /// @throws Error where the server runs
  Self &companion(bool value) {
    auto &self = static_cast<Self &>(*this);
    detail::check(exhook_server_set_companion(self.server(), value));
    return self;
  }

  /// Where `GET /metrics` is answered over HTTP/1.1 in Prometheus' text format: `host:port`, or a
  /// port alone for this machine only. Empty turns it off. There is neither TLS nor a password:
  /// whoever reaches the address can read it. Default: "".
  ///
  /// @throws Error where the text means nothing, or the server runs
  Self &admin(std::string_view value) {
    auto &self = static_cast<Self &>(*this);
    detail::check(exhook_server_set_admin(self.server(), detail::c_text(value)));
    return self;
  }

 protected:
  Settings() = default;
  ~Settings() = default;
};

}  // namespace exhook

#endif
