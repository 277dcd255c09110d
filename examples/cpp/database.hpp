// As much of SQLite as the examples need.
#pragma once

#include <sqlite3.h>

#include <cstdint>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>

// A connection, for one thread at a time.
class Database {
public:
  explicit Database(const char *path) {
    sqlite3 *opened = nullptr;
    const int code = sqlite3_open(path, &opened);
    handle_.reset(opened);
    if (code != SQLITE_OK) throw std::runtime_error(sqlite3_errmsg(opened));
    sqlite3_busy_timeout(opened, 1000);
  }

  bool is_in_transaction() const { return sqlite3_get_autocommit(handle()) == 0; }
  sqlite3 *handle() const { return handle_.get(); }

private:
  std::unique_ptr<sqlite3, decltype(&sqlite3_close)> handle_{nullptr, sqlite3_close};
};

// SQL that is run once or often, with texts, numbers and bytes for its question marks.
class Statement {
public:
  struct Bytes {
    std::string_view content;
  };

  Statement(const Database &database, const char *sql) : database_(database.handle()) {
    sqlite3_stmt *prepared = nullptr;
    check(sqlite3_prepare_v2(database_, sql, -1, &prepared, nullptr) == SQLITE_OK);
    handle_.reset(prepared);
  }

  // The first column of the first row, if there is a row.
  template <class... Values>
  std::optional<std::string> run(const Values &...values) {
    int place = 0;
    (bind(++place, values), ...);
    const int code = sqlite3_step(handle_.get());
    std::optional<std::string> found;
    if (code == SQLITE_ROW) {
      const void *data = sqlite3_column_blob(handle_.get(), 0);
      const int size = sqlite3_column_bytes(handle_.get(), 0);
      found.emplace(static_cast<const char *>(data), static_cast<std::size_t>(size));
    }
    sqlite3_reset(handle_.get());
    check(code == SQLITE_ROW || code == SQLITE_DONE);
    return found;
  }

private:
  void bind(int place, std::string_view text) {
    sqlite3_bind_text64(handle_.get(), place, text.data(), text.size(), SQLITE_TRANSIENT,
                        SQLITE_UTF8);
  }

  void bind(int place, Bytes bytes) {
    sqlite3_bind_blob64(handle_.get(), place, bytes.content.data(), bytes.content.size(),
                        SQLITE_TRANSIENT);
  }

  void bind(int place, std::uint64_t number) {
    sqlite3_bind_int64(handle_.get(), place, static_cast<sqlite3_int64>(number));
  }

  void check(bool is_fine) const {
    if (!is_fine) throw std::runtime_error(sqlite3_errmsg(database_));
  }

  sqlite3 *database_;
  std::unique_ptr<sqlite3_stmt, decltype(&sqlite3_finalize)> handle_{nullptr, sqlite3_finalize};
};
