// Who may publish and subscribe to what: the first rule that covers the topic decides.

#include <cstdlib>
#include <exhook.hpp>
#include <iostream>
#include <optional>
#include <string_view>

using exhook::AuthorizeType;

struct Rule {
  std::string_view username;         // empty: everybody
  std::optional<AuthorizeType> type; // none: both
  std::string_view topic;            // how it begins
  exhook::Verdict verdict;

  bool covers(const exhook::ClientAuthorizeRequest &request) const {
    return (username.empty() || username == request.clientinfo().username()) &&
           (!type || *type == request.type()) && request.topic().substr(0, topic.size()) == topic;
  }
};

const Rule rules[] = {
    {"dashboard", {}, "", exhook::allow()},
    {"worker", AuthorizeType::subscribe, "jobs/", exhook::allow()},
    // Filters that cover everything, and the broker's own topics.
    {"", {}, "+", exhook::deny()},
    {"", {}, "#", exhook::deny()},
    {"", {}, "$", exhook::deny()},
    {"", AuthorizeType::publish, "sensors/", exhook::allow()},
    {"", AuthorizeType::subscribe, "sensors/", exhook::keep_going(true)}, // others may object
    {"", {}, "jobs/", exhook::keep_going(false)},                         // others may agree
};

exhook::Verdict authorize(const exhook::ClientAuthorizeRequest &request) {
  for (const Rule &rule : rules) {
    if (rule.covers(request)) return rule.verdict;
  }
  return exhook::ignore(); // without a rule those of the broker decide
}

int main() try {
  exhook::App app;
  app.on_client_authorize(authorize);

  const char *bind = std::getenv("EXHOOK_BIND");
  app.listen(bind != nullptr ? bind : "127.0.0.1:9000");
} catch (const exhook::Error &error) {
  std::cerr << error.what() << '\n';
  return EXIT_FAILURE;
}
