// Logins from an SQLite database. Looking up and hashing take time, so the handler only hands its
// call over to threads of the program, which answer it.

#include <crypt.h>

#include <cstdlib>
#include <exhook.hpp>
#include <iostream>
#include <thread>

#include "database.hpp"
#include "queue.hpp"

using Login = exhook::Deferred<exhook::ClientAuthenticateRequest>;

// What crypt makes of a password: salted, and slow to make. Where a system's crypt knows no strong
// method, take argon2 from a library.
std::string hashed(const std::string &password, const char *salt) {
  const auto memory = std::make_unique<crypt_data>();
  const char *hash = crypt_r(password.c_str(), salt, memory.get());
  return hash == nullptr ? "" : hash;
}

bool knows(Database &users, const exhook::ClientInfo &client) {
  Statement select(users, "SELECT hash FROM users WHERE name = ?");
  const auto hash = select.run(client.username());
  const std::string password(client.password());
  // For crypt a password ends at a NUL, and what follows would not count.
  return hash && password.find('\0') == password.npos && hashed(password, hash->c_str()) == *hash;
}

class Workers {
public:
  explicit Workers(unsigned count) {
    while (threads_.size() < count) threads_.emplace_back(&Workers::work, this);
  }

  ~Workers() {
    logins_.close();
    for (std::thread &thread : threads_) thread.join();
  }

  void take(Login login) { logins_.push(std::move(login)); }

private:
  void work() {
    Database users("users.db");
    for (auto taken = logins_.pop(1); !taken.empty(); taken = logins_.pop(1)) {
      try {
        Login &login = taken.front();
        if (login->is_wanted()) login.reply(knows(users, login->clientinfo()));
      } catch (const std::exception &error) {
        std::cerr << "a login is refused: " << error.what() << std::endl;
      }
    }
  }

  Queue<Login> logins_;
  std::vector<std::thread> threads_;
};

int main() try {
  Database users("users.db");
  Statement(users, "CREATE TABLE IF NOT EXISTS users (name TEXT PRIMARY KEY, hash TEXT)").run();
  Statement insert(users, "INSERT OR IGNORE INTO users VALUES (?, ?)");
  insert.run("alice", hashed("pw", crypt_gensalt(nullptr, 0, nullptr, 0)));
  insert.run("bob", hashed("b", crypt_gensalt(nullptr, 0, nullptr, 0)));

  Workers workers(8);
  exhook::App app;
  app.on_client_authenticate(
      exhook::Options().timeout_ms(2000).fallback(exhook::Fallback::deny),
      [&](const exhook::ClientAuthenticateRequest &request) { workers.take(request.defer()); });

  const char *bind = std::getenv("EXHOOK_BIND");
  app.listen(bind != nullptr ? bind : "127.0.0.1:9000");
} catch (const std::exception &error) {
  std::cerr << error.what() << '\n';
  return EXIT_FAILURE;
}
