/* Options from the environment, from a file and from code. */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "serve.h"
#include "test.h"

#define ADDRESS EXHOOK_STR("127.0.0.1:0")

/* A file that is not there any more when it is closed. */
typedef struct config_file {
  char path[64];
} config_file;

static config_file write_file(const char *text) {
  config_file file = {"/tmp/exhook-config-XXXXXX"};
  int descriptor = mkstemp(file.path);
  REQUIRE(descriptor >= 0);
  REQUIRE(write(descriptor, text, strlen(text)) == (ssize_t)strlen(text));
  close(descriptor);
  return file;
}

static void check_serves_on(exhook_server *server, const char *host) {
  REQUIRE(CHECK_NO_ERROR(exhook_server_start(server, ADDRESS)));
  exhook_str address = exhook_server_address(server);
  CHECK(address.len > strlen(host) && memcmp(address.data, host, strlen(host)) == 0);
  CHECK_NO_ERROR(exhook_server_stop(server));
}

static void the_environment_wins_over_the_file_and_that_over_the_code(void) {
  config_file file = write_file("bind = \"127.0.0.2:0\"\nthreads = 2\n");
  config_file other = write_file("bind = \"127.0.0.3:0\"\n");
  exhook_server *server = exhook_server_new();
  check_serves_on(server, "127.0.0.1:");
  CHECK_NO_ERROR(exhook_server_set_config_file(server, exhook_str_of(file.path)));
  check_serves_on(server, "127.0.0.2:");
  setenv("EXHOOK_CONFIG", other.path, 1);
  check_serves_on(server, "127.0.0.3:");
  setenv("EXHOOK_BIND", "127.0.0.4:0", 1);
  check_serves_on(server, "127.0.0.4:");
  CHECK_NO_ERROR(exhook_server_set_environment(server, false));
  check_serves_on(server, "127.0.0.2:");
  CHECK_NO_ERROR(exhook_server_set_config_file(server, EXHOOK_STR("")));
  check_serves_on(server, "127.0.0.1:");
  unsetenv("EXHOOK_CONFIG");
  unsetenv("EXHOOK_BIND");
  CHECK_OK(exhook_server_free(server));
  unlink(file.path);
  unlink(other.path);
}

static void what_means_nothing_is_told_with_its_place(void) {
  config_file file = write_file("\nthread = 2\n");
  exhook_server *server = exhook_server_new();
  CHECK_NO_ERROR(exhook_server_set_config_file(server, exhook_str_of(file.path)));
  CHECK_ERROR(exhook_server_start(server, ADDRESS), EXHOOK_ERR_INVALID_OPTION,
              ":2:1: there is no option thread; did you mean threads?");
  unlink(file.path);
  CHECK_ERROR(exhook_server_start(server, ADDRESS), EXHOOK_ERR_IO, file.path);
  CHECK_NO_ERROR(exhook_server_set_config_file(server, EXHOOK_STR("")));
  setenv("EXHOOK_THREADS", "0", 1);
  CHECK_ERROR(exhook_server_start(server, ADDRESS), EXHOOK_ERR_INVALID_OPTION, "threads is 0");
  setenv("EXHOOK_THREADS", "many", 1);
  CHECK_ERROR(exhook_server_start(server, ADDRESS), EXHOOK_ERR_INVALID_OPTION,
              "EXHOOK_THREADS is \"many\"");
  unsetenv("EXHOOK_THREADS");
  check_serves_on(server, "127.0.0.1:");
  CHECK_OK(exhook_server_free(server));
}

/* What is written to standard output for a server, to be freed. */
static char *printed(exhook_server *server) {
  config_file file = write_file("");
  char *text = calloc(1, 16384);
  fflush(stdout);
  int kept = dup(STDOUT_FILENO);
  REQUIRE(text != NULL && kept >= 0 && freopen(file.path, "w", stdout) != NULL);
  exhook_error *error = exhook_server_print_config(server, ADDRESS);
  fflush(stdout);
  REQUIRE(dup2(kept, STDOUT_FILENO) >= 0);
  close(kept);
  CHECK_NO_ERROR(error);
  FILE *written = fopen(file.path, "r");
  REQUIRE(written != NULL);
  CHECK(fread(text, 1, 16383, written) > 0);
  fclose(written);
  unlink(file.path);
  return text;
}

static void the_options_are_printed_with_their_sources_and_without_secrets(void) {
  exhook_server *server = exhook_server_new();
  CHECK_NO_ERROR(exhook_server_set_max_inflight(server, 5));
  setenv("EXHOOK_OTLP_ENDPOINT", "http://name:word@collector:4318", 1);
  char *text = printed(server);
  unsetenv("EXHOOK_OTLP_ENDPOINT");
  CHECK_CONTAINS(text, "bind = \"127.0.0.1:0\" ");
  CHECK_CONTAINS(text, "max_inflight = 5 ");
  CHECK_CONTAINS(text, "# code\n");
  CHECK_CONTAINS(text, "\"http://(hidden)@collector:4318\" ");
  CHECK_CONTAINS(text, "# environment EXHOOK_OTLP_ENDPOINT\n");
  free(text);
  CHECK_OK(exhook_server_free(server));
}

static void certificate_and_key_are_given_one_after_the_other_and_checked_at_the_start(void) {
  exhook_server *server = exhook_server_new();
  CHECK_NO_ERROR(exhook_server_set_tls_cert(server, EXHOOK_STR("/no/such/cert.pem")));
  CHECK_ERROR(exhook_server_start(server, ADDRESS), EXHOOK_ERR_INVALID_OPTION, "tls_key");
  CHECK_NO_ERROR(exhook_server_set_tls_key(server, EXHOOK_STR("/no/such/key.pem")));
  exhook_error *error = exhook_server_start(server, ADDRESS);
  CHECK(error != NULL);
  CHECK_CONTAINS(exhook_error_text(error), "/no/such/");
  exhook_error_free(error);
  CHECK_NO_ERROR(exhook_server_set_tls_cert(server, EXHOOK_STR("")));
  CHECK_NO_ERROR(exhook_server_set_tls_key(server, EXHOOK_STR("")));
  check_serves_on(server, "127.0.0.1:");
  CHECK_OK(exhook_server_free(server));
}

TEST_MAIN(TEST(the_environment_wins_over_the_file_and_that_over_the_code),
          TEST(what_means_nothing_is_told_with_its_place),
          TEST(the_options_are_printed_with_their_sources_and_without_secrets),
          TEST(certificate_and_key_are_given_one_after_the_other_and_checked_at_the_start))
