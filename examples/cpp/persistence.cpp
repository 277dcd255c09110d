// Every message into SQLite, in batches and by one thread. The broker is slowed down only when
// that thread cannot keep up.

#include <cstdlib>
#include <exhook.hpp>
#include <iostream>
#include <thread>

#include "database.hpp"
#include "queue.hpp"

struct Row {
  std::uint64_t time;
  std::string publisher, topic, payload;
};

class Archive {
public:
  Archive() : database_("messages.db") {
    Statement(database_, "CREATE TABLE IF NOT EXISTS messages (time, publisher, topic, payload)")
        .run();
    writer_ = std::thread(&Archive::write, this);
  }

  ~Archive() {
    rows_.close();
    writer_.join();
  }

  // What is in a request is only there while its handler runs, so it is copied.
  void add(const exhook::Message &message) {
    rows_.push({message.timestamp(), std::string(message.from()), std::string(message.topic()),
                std::string(message.payload())});
  }

private:
  void write() {
    Statement begin(database_, "BEGIN"), commit(database_, "COMMIT"),
        rollback(database_, "ROLLBACK");
    Statement insert(database_, "INSERT INTO messages VALUES (?, ?, ?, ?)");
    for (auto rows = rows_.pop(500); !rows.empty(); rows = rows_.pop(500)) {
      try {
        begin.run();
        for (const Row &row : rows) {
          insert.run(row.time, row.publisher, row.topic, Statement::Bytes{row.payload});
        }
        commit.run();
      } catch (const std::exception &error) {
        std::cerr << rows.size() << " messages are lost: " << error.what() << std::endl;
        if (database_.is_in_transaction()) rollback.run();
      }
    }
  }

  Database database_;
  Queue<Row> rows_;
  std::thread writer_;
};

int main() try {
  Archive archive;
  exhook::App app;
  app.on_message_publish(
      [&](const exhook::MessagePublishRequest &request) { archive.add(request.message()); });

  const char *bind = std::getenv("EXHOOK_BIND");
  app.listen(bind != nullptr ? bind : "127.0.0.1:9000");
} catch (const std::exception &error) {
  std::cerr << error.what() << '\n';
  return EXIT_FAILURE;
}
