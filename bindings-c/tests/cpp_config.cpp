// Options of an app from the environment, from a file and from code.

#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <string>
#include <unistd.h>

#include "served.hpp"

namespace {

// A file that is not there any more at the end of the scope.
class File {
public:
  explicit File(std::string_view text) {
    const int descriptor = mkstemp(path_);
    REQUIRE(descriptor >= 0);
    close(descriptor);
    std::ofstream(path_) << text;
  }
  File(const File &) = delete;
  File &operator=(const File &) = delete;
  ~File() { std::remove(path_); }

  const char *path() const { return path_; }

  std::string text() const {
    std::ifstream file(path_);
    return {std::istreambuf_iterator<char>(file), {}};
  }

private:
  char path_[32] = "/tmp/exhook-config-XXXXXX";
};

void the_environment_wins_over_the_file_and_that_over_the_code() {
  const File file("bind = \"127.0.0.2:0\"\n");
  exhook::App app;
  app.config_file(file.path()).timeout_ms(50000);
  const auto served_at = [&app] {
    app.start("127.0.0.1:0");
    const std::string address(app.address());
    app.stop();
    return address.substr(0, address.find(':'));
  };
  CHECK_EQUAL(served_at(), "127.0.0.2");
  setenv("EXHOOK_BIND", "127.0.0.3:0", 1);
  CHECK_EQUAL(served_at(), "127.0.0.3");
  app.environment(false);
  CHECK_EQUAL(served_at(), "127.0.0.2");
  app.config_file("");
  CHECK_EQUAL(served_at(), "127.0.0.1");
  unsetenv("EXHOOK_BIND");
}

void a_file_that_means_nothing_is_thrown_with_its_place() {
  const File file("timeout_m = 5\n");
  exhook::App app;
  app.config_file(file.path());
  exhook_code code = EXHOOK_OK;
  try {
    app.start("127.0.0.1:0");
  } catch (const exhook::Error &error) {
    code = error.code();
    CHECK_CONTAINS(error.what(), ":1:1: there is no option timeout_m; did you mean timeout_ms?");
  }
  CHECK_CODE(code, EXHOOK_ERR_INVALID_OPTION);
}

void the_options_are_printed_with_their_sources() {
  const File file("max_inflight = 7\n");
  const File output("");
  exhook::App app;
  app.config_file(file.path()).timeout_ms(500);
  std::fflush(stdout);
  const int kept = dup(STDOUT_FILENO);
  REQUIRE(kept >= 0 && std::freopen(output.path(), "w", stdout) != nullptr);
  app.print_config("127.0.0.1:0");
  std::fflush(stdout);
  REQUIRE(dup2(kept, STDOUT_FILENO) >= 0);
  close(kept);
  const std::string text = output.text();
  CHECK_CONTAINS(text.c_str(), "bind = \"127.0.0.1:0\" ");
  CHECK_CONTAINS(text.c_str(), "timeout_ms = 500 ");
  CHECK_CONTAINS(text.c_str(), "# code\n");
  CHECK_CONTAINS(text.c_str(), "max_inflight = 7 ");
  CHECK_CONTAINS(text.c_str(), file.path());
}

} // namespace

TEST_MAIN(TEST(the_environment_wins_over_the_file_and_that_over_the_code),
          TEST(a_file_that_means_nothing_is_thrown_with_its_place),
          TEST(the_options_are_printed_with_their_sources))
