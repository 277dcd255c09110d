/// @file
/// exhook::App: the server, and the handlers that it calls.
#ifndef EXHOOK_APP_HPP
#define EXHOOK_APP_HPP

#include <exhook.h>

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "error.hpp"
#include "hooks.hpp"
#include "metrics.hpp"
#include "settings.hpp"
#include "text.hpp"

namespace exhook {

/// A server for the exhook hooks of EMQX, and the handlers that it calls.
///
/// @code
/// exhook::App app;
/// app.timeout_ms(2000)
///     .on_client_authenticate([](const exhook::ClientAuthenticateRequest &request) {
///       return request.clientinfo().username() == "alice";
///     })
///     .on_message_publish("sensors/#", [](const exhook::MessagePublishRequest &request) {
///       return exhook::replace().payload("seen: " + std::string(request.message().payload()));
///     });
/// app.listen("127.0.0.1:9000");
/// @endcode
///
/// A handler is any callable, also one that can only be moved: see the `on_…` method of its hook
/// for what it may return. Handlers run on threads of the library's, several at once; those of one
/// client's notifications run one after another, in order. What a handler throws becomes the
/// fallback of its hook, and is logged with its `what()`. Handlers are destroyed once, at the
/// latest with the App.
///
/// Handlers and settings are for one thread at a time, before the start; everything else may be
/// called by any thread. An App may be moved while it runs, but not while another thread uses it.
class App : public Hooks<App>, public Settings<App> {
public:
  /// A server with no handlers, and every setting as it is by default.
  App() : server_(exhook_server_new()) {}
  /// Takes the server out of `other`, which can only be destroyed or assigned to afterwards.
  App(App &&other) noexcept = default;
  /// Stops what runs here, and takes the server out of `other`.
  App &operator=(App &&other) noexcept = default;
  /// Stops the server, which waits for running handlers as stop() does, and destroys the handlers.
  /// Not in a handler: there it does nothing but log an error, and the server goes on for ever.
  ~App() = default;

  /// How many threads at most run handlers at once.
  ///
  /// @throws Error where the number means nothing, or the server runs
  App &threads(std::uint64_t threads) {
    detail::check(exhook_server_set_threads(server(), threads));
    return *this;
  }

  /// Names a file of options in TOML, which is read at the start. Its options win over those that
  /// are set here, and variables of the environment over it.
  ///
  /// @throws Error where the server runs
  App &config_file(std::string_view path) {
    detail::check(exhook_server_set_config_file(server(), detail::c_text(path)));
    return *this;
  }

  /// Whether variables of the environment, such as `EXHOOK_TIMEOUT_MS`, win over what is set here
  /// and in the file of options. They do unless told otherwise.
  ///
  /// @throws Error where the server runs
  App &environment(bool value) {
    detail::check(exhook_server_set_environment(server(), value));
    return *this;
  }

  /// Writes to standard output with which options the server would serve at `address`, and where
  /// each value is from.
  ///
  /// @throws Error where an option or the file of options means nothing, or the server runs
  void print_config(std::string_view address) {
    detail::check(exhook_server_print_config(server(), detail::c_text(address)));
  }

  /// Starts to serve at `address`, and returns.
  ///
  /// @param address `host:port`, where port 0 stands for a free one, or `unix:/path`
  /// @throws Error where the address is none, is in use, or the server runs already
  void start(std::string_view address) {
    detail::check(exhook_server_start(server(), detail::c_text(address)));
  }

  /// Starts to serve at `address`, waits for SIGINT, SIGTERM or stop(), and stops. A second signal
  /// ends the process. Only signals are taken that the program does not handle, and they are given
  /// back.
  ///
  /// @param address `host:port`, where port 0 stands for a free one, or `unix:/path`
  /// @throws Error where the address is none, is in use, or the server runs already
  void listen(std::string_view address) {
    detail::check(exhook_server_listen(server(), detail::c_text(address)));
  }

  /// Waits until another thread has stopped the server.
  ///
  /// @throws Error in a handler, which would wait for itself
  void wait() { detail::check(exhook_server_wait(server())); }

  /// Stops the server: takes no more calls, and waits for those that are running and for queued
  /// notifications, for as long as drain_timeout_ms() says. Again, it does nothing.
  ///
  /// @throws Error in a handler, which would wait for itself
  void stop() { detail::check(exhook_server_stop(server())); }

  /// Where the server listens, for example `127.0.0.1:43210`; empty while it does not.
  [[nodiscard]] std::string address() const {
    return std::string(detail::text(exhook_server_address(server())));
  }

  /// What the server has counted until now.
  [[nodiscard]] Metrics metrics() const { return Metrics(exhook_server_metrics(server())); }

  /// The server, for functions of the C interface; NULL where it was moved to somewhere else. It
  /// stays the App's.
  [[nodiscard]] exhook_server *server() const noexcept { return server_.get(); }

private:
  struct Free {
    void operator()(exhook_server *server) const noexcept {
      if (exhook_server_free(server) == EXHOOK_ERR_WRONG_STATE) {
        exhook_log(EXHOOK_LOG_ERROR,
                   EXHOOK_STR("an exhook::App was destroyed in a handler of its own, where it "
                              "cannot be stopped; destroy it on another thread"));
      }
    }
  };

  std::unique_ptr<exhook_server, Free> server_;
};

} // namespace exhook

#endif
