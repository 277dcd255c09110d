// Who is online, on which node, and for how long.

#include <chrono>
#include <cstdlib>
#include <exhook.hpp>
#include <iostream>
#include <map>
#include <mutex>
#include <string>

using Clock = std::chrono::steady_clock;

struct Session {
  std::string node;
  Clock::time_point since;
};

// Several threads call the handlers at once.
class Presence {
public:
  void came(const exhook::ClientConnectedRequest &request) {
    const std::lock_guard lock(mutex_);
    const auto client = request.clientinfo();
    online_[std::string(client.clientid())] = {std::string(request.node()), Clock::now()};
    std::cout << client.clientid() << " is here, as " << client.username() << " from "
              << client.peerhost() << ": " << online_.size() << " online" << std::endl;
  }

  void went(const exhook::ClientDisconnectedRequest &request) {
    const std::lock_guard lock(mutex_);
    const auto session = online_.find(request.clientid());
    // A client that is here again, by way of another node, stays.
    if (session == online_.end() || session->second.node != request.node()) return;
    const std::chrono::duration<double> stay = Clock::now() - session->second.since;
    online_.erase(session);
    std::cout << request.clientid() << " is gone after " << stay.count() << " s, because of "
              << request.reason() << ": " << online_.size() << " online" << std::endl;
  }

private:
  std::mutex mutex_;
  std::map<std::string, Session, std::less<>> online_;
};

int main() try {
  Presence presence;
  exhook::App app;
  app.on_client_connected([&](const auto &request) { presence.came(request); })
      .on_client_disconnected([&](const auto &request) { presence.went(request); });

  const char *bind = std::getenv("EXHOOK_BIND");
  app.listen(bind != nullptr ? bind : "127.0.0.1:9000");
} catch (const exhook::Error &error) {
  std::cerr << error.what() << '\n';
  return EXIT_FAILURE;
}
