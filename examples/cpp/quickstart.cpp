// Who may connect, who may use which topic, a time for each reading, and who is online.

#include <cstdlib>
#include <ctime>
#include <exhook.hpp>
#include <iostream>
#include <map>
#include <mutex>
#include <set>
#include <string>

int main() try {
  const std::map<std::string, std::string, std::less<>> passwords = {
      {"alice", "pw"}, {"bob", "b"}, {"carol", "c"}, {"dashboard", "s3cret"}, {"worker", "x"}};
  std::set<std::string> online;
  std::mutex printing, counting; // several threads call handlers at once

  const auto say = [&printing](const exhook::Request &request, const std::string &decision) {
    const std::lock_guard lock(printing);
    std::cout << request.clientid() << ": " << decision << std::endl;
  };

  exhook::App app;

  app.on_client_authenticate([&](const exhook::ClientAuthenticateRequest &request) {
    const auto user = passwords.find(request.clientinfo().username());
    const bool allowed = user != passwords.end() && user->second == request.clientinfo().password();
    say(request, allowed ? "login accepted" : "login refused");
    return allowed;
  });

  app.on_client_authorize([&](const exhook::ClientAuthorizeRequest &request) {
    const std::string topic(request.topic());
    const bool is_sensor = topic.rfind("sensors/", 0) == 0;
    const bool allowed = is_sensor || request.clientinfo().username() == "dashboard";
    say(request, topic + (allowed ? " allowed" : " denied"));
    return allowed;
  });

  app.on_message_publish("sensors/#", [&](const exhook::MessagePublishRequest &request) {
    say(request, std::string(request.topic()) + " gets a time");
    const std::string time = std::to_string(std::time(nullptr));
    return exhook::replace().payload((time + " ").append(request.message().payload()));
  });

  const auto presence = [&](const exhook::Request &request) {
    const std::lock_guard lock(counting);
    const std::string clientid(request.clientid()), hook(request.hook());
    if (hook == "client.connected") {
      online.insert(clientid);
    } else {
      online.erase(clientid);
    }
    say(request, hook + ", " + std::to_string(online.size()) + " online");
  };

  app.on_client_connected(presence).on_client_disconnected(presence);

  exhook::log_to_stderr(exhook::Level::info);
  const char *bind = std::getenv("EXHOOK_BIND");
  app.listen(bind != nullptr ? bind : "127.0.0.1:9000");
} catch (const exhook::Error &error) {
  std::cerr << error.what() << '\n';
  return EXIT_FAILURE;
}
