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

  /// How much memory may be taken by requests that are arriving, and by answers that are not taken.
  /// Requests that come while it is used up are answered with the fallback, unread. Default:
  /// 268435456.
  ///
  /// @throws Error where the number means nothing, or the server runs
  Self &max_buffered_bytes(std::uint64_t value) {
    auto &self = static_cast<Self &>(*this);
    detail::check(exhook_server_set_max_buffered_bytes(self.server(), value));
    return self;
  }

  /// How many bytes of headers a request may have; those of a broker have some 400. Default: 16384.
  ///
  /// @throws Error where the number means nothing, or the server runs
  Self &max_header_bytes(std::uint64_t value) {
    auto &self = static_cast<Self &>(*this);
    detail::check(exhook_server_set_max_header_bytes(self.server(), value));
    return self;
  }

  /// How many calls of one connection may be running at once; more are answered with the fallback
  /// at once. Default: 5000.
  ///
  /// @throws Error where the number means nothing, or the server runs
  Self &max_inflight_per_connection(std::uint64_t value) {
    auto &self = static_cast<Self &>(*this);
    detail::check(exhook_server_set_max_inflight_per_connection(self.server(), value));
    return self;
  }

  /// How many connections are served at once; more wait to be accepted until one ends. A quarter of
  /// the files that the process may open is left to the program. Default: 4096.
  ///
  /// @throws Error where the number means nothing, or the server runs
  Self &max_connections(std::uint64_t value) {
    auto &self = static_cast<Self &>(*this);
    detail::check(exhook_server_set_max_connections(self.server(), value));
    return self;
  }

  /// How many connections one address may have; more are closed as soon as they are accepted. A
  /// broker opens `pool_size` of them, 8 unless told otherwise, but a proxy stands for many
  /// brokers. Default: 1024.
  ///
  /// @throws Error where the number means nothing, or the server runs
  Self &max_connections_per_peer(std::uint64_t value) {
    auto &self = static_cast<Self &>(*this);
    detail::check(exhook_server_set_max_connections_per_peer(self.server(), value));
    return self;
  }

  /// How many connections may be at their beginning, TLS and the HTTP/2 preface, at once; more are
  /// closed, oldest first, once they have had a second. Default: 256.
  ///
  /// @throws Error where the number means nothing, or the server runs
  Self &max_handshakes(std::uint64_t value) {
    auto &self = static_cast<Self &>(*this);
    detail::check(exhook_server_set_max_handshakes(self.server(), value));
    return self;
  }

  /// How long a connection may take for its beginning: TLS and the HTTP/2 preface. Default: 10000.
  ///
  /// @throws Error where the number means nothing, or the server runs
  Self &handshake_timeout_ms(std::uint64_t value) {
    auto &self = static_cast<Self &>(*this);
    detail::check(exhook_server_set_handshake_timeout_ms(self.server(), value));
    return self;
  }

  /// How long a request may take to arrive whole; less where its broker waits less. Default: 10000.
  ///
  /// @throws Error where the number means nothing, or the server runs
  Self &receive_timeout_ms(std::uint64_t value) {
    auto &self = static_cast<Self &>(*this);
    detail::check(exhook_server_set_receive_timeout_ms(self.server(), value));
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

  /// How long a server that is told to stop goes on as before, except that it says it is not ready,
  /// so that load balancers can turn away from it first. Default: 0.
  ///
  /// @throws Error where the number means nothing, or the server runs
  Self &drain_delay_ms(std::uint64_t value) {
    auto &self = static_cast<Self &>(*this);
    detail::check(exhook_server_set_drain_delay_ms(self.server(), value));
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

  /// The server's certificate and those that lead to its authority, in PEM: the path of a file, or
  /// the text itself. With `tls_key` it turns TLS on. Default: "".
  ///
  /// @throws Error where the text means nothing, or the server runs
  Self &tls_cert(std::string_view value) {
    auto &self = static_cast<Self &>(*this);
    detail::check(exhook_server_set_tls_cert(self.server(), detail::c_text(value)));
    return self;
  }

  /// The private key of `tls_cert`, in PEM: the path of a file, or the text itself. Default: "".
  ///
  /// @throws Error where the text means nothing, or the server runs
  Self &tls_key(std::string_view value) {
    auto &self = static_cast<Self &>(*this);
    detail::check(exhook_server_set_tls_key(self.server(), detail::c_text(value)));
    return self;
  }

  /// The authorities whose certificates brokers have to show, in PEM: the path of a file, or the
  /// text itself. Without it brokers need no certificate. Default: "".
  ///
  /// @throws Error where the text means nothing, or the server runs
  Self &tls_client_ca(std::string_view value) {
    auto &self = static_cast<Self &>(*this);
    detail::check(exhook_server_set_tls_client_ca(self.server(), detail::c_text(value)));
    return self;
  }

  /// Which brokers are served: names (DNS, IP address or URI) of which their certificate has to
  /// have one, parted by commas. Empty serves all that `tls_client_ca` vouches for. Default: "".
  ///
  /// @throws Error where the text means nothing, or the server runs
  Self &tls_client_names(std::string_view value) {
    auto &self = static_cast<Self &>(*this);
    detail::check(exhook_server_set_tls_client_names(self.server(), detail::c_text(value)));
    return self;
  }

  /// Which brokers are served: SHA-256 fingerprints of which their certificate has to have one, in
  /// hexadecimal, parted by commas. Empty serves all that `tls_client_ca` vouches for; where names
  /// are given too, both have to hold. Default: "".
  ///
  /// @throws Error where the text means nothing, or the server runs
  Self &tls_client_fingerprints(std::string_view value) {
    auto &self = static_cast<Self &>(*this);
    detail::check(exhook_server_set_tls_client_fingerprints(self.server(), detail::c_text(value)));
    return self;
  }

  /// The oldest version of TLS that is spoken: 1.2 or 1.3. Default: "1.2".
  ///
  /// @throws Error where the text means nothing, or the server runs
  Self &tls_min_version(std::string_view value) {
    auto &self = static_cast<Self &>(*this);
    detail::check(exhook_server_set_tls_min_version(self.server(), detail::c_text(value)));
    return self;
  }

  /// How often the files of `tls_cert`, `tls_key` and `tls_client_ca` are looked at for changes,
  /// which new connections get. 0 turns it off. Default: 10000.
  ///
  /// @throws Error where the number means nothing, or the server runs
  Self &tls_reload_interval_ms(std::uint64_t value) {
    auto &self = static_cast<Self &>(*this);
    detail::check(exhook_server_set_tls_reload_interval_ms(self.server(), value));
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

  /// Where operators find this server over HTTP/1.1, with metrics, health and a live page:
  /// `host:port`, or a port alone for this machine only. Empty turns it off. There is neither TLS
  /// nor a password: whoever reaches the address can read it. Default: "".
  ///
  /// @throws Error where the text means nothing, or the server runs
  Self &admin(std::string_view value) {
    auto &self = static_cast<Self &>(*this);
    detail::check(exhook_server_set_admin(self.server(), detail::c_text(value)));
    return self;
  }

  /// Whether the live page of `admin` shows the payloads of messages. Default: false.
  ///
  /// @throws Error where the server runs
  Self &admin_payloads(bool value) {
    auto &self = static_cast<Self &>(*this);
    detail::check(exhook_server_set_admin_payloads(self.server(), value));
    return self;
  }

  /// Whether gRPC clients may ask which services and methods there are (reflection). Default: true.
  ///
  /// @throws Error where the server runs
  Self &reflection(bool value) {
    auto &self = static_cast<Self &>(*this);
    detail::check(exhook_server_set_reflection(self.server(), value));
    return self;
  }

  /// Where log lines go as text or JSON: `text` or `json` for standard error, or one of them with
  /// the path of a file, as in `json:/var/log/exhook.log`. Empty leaves them to the language's
  /// logger. Default: "".
  ///
  /// @throws Error where the text means nothing, or the server runs
  Self &log(std::string_view value) {
    auto &self = static_cast<Self &>(*this);
    detail::check(exhook_server_set_log(self.server(), detail::c_text(value)));
    return self;
  }

  /// Where each valued decision is logged: the path of a file of JSON lines, or `log` for where
  /// other log lines go. Empty turns it off. Default: "".
  ///
  /// @throws Error where the text means nothing, or the server runs
  Self &decision_log(std::string_view value) {
    auto &self = static_cast<Self &>(*this);
    detail::check(exhook_server_set_decision_log(self.server(), detail::c_text(value)));
    return self;
  }

  /// The size from which on the file of `decision_log` is put aside and a new one begun. Default:
  /// 104857600.
  ///
  /// @throws Error where the number means nothing, or the server runs
  Self &decision_log_max_bytes(std::uint64_t value) {
    auto &self = static_cast<Self &>(*this);
    detail::check(exhook_server_set_decision_log_max_bytes(self.server(), value));
    return self;
  }

  /// How many files of `decision_log` are kept beside the newest. Default: 5.
  ///
  /// @throws Error where the number means nothing, or the server runs
  Self &decision_log_files(std::uint64_t value) {
    auto &self = static_cast<Self &>(*this);
    detail::check(exhook_server_set_decision_log_files(self.server(), value));
    return self;
  }

  /// Where traces go by OTLP over HTTP, as in `http://127.0.0.1:4318`. Empty turns them off.
  /// Default: "".
  ///
  /// @throws Error where the text means nothing, or the server runs
  Self &otlp_endpoint(std::string_view value) {
    auto &self = static_cast<Self &>(*this);
    detail::check(exhook_server_set_otlp_endpoint(self.server(), detail::c_text(value)));
    return self;
  }

  /// How many of a hundred calls are traced. Default: 100.
  ///
  /// @throws Error where the number means nothing, or the server runs
  Self &otlp_sample_percent(std::uint64_t value) {
    auto &self = static_cast<Self &>(*this);
    detail::check(exhook_server_set_otlp_sample_percent(self.server(), value));
    return self;
  }

 protected:
  Settings() = default;
  ~Settings() = default;
};

}  // namespace exhook

#endif
