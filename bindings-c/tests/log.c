/* Where log records go. */

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "serve.h"
#include "sync.h"
#include "test.h"

#define AUTHENTICATE EXHOOK_HOOK_CLIENT_AUTHENTICATE
#define PUBLISH EXHOOK_HOOK_MESSAGE_PUBLISH

static void allow(exhook_call *call, void *user) {
  (void)user;
  exhook_reply_allow(call);
}

/* Has a server answer wrongly, which it warns of. */
static void cause_warning(void) {
  exhook_server *server = serve_new();
  serve_on(server, PUBLISH, allow, NULL);
  served served = serve_start(server, 3);
  CHECK_ANSWER(serve_call(served.broker, "message.publish", "one"), "ignore");
  serve_end(&served);
}

/* Runs something, and reads what it writes to standard error meanwhile. */
static void read_stderr(void (*run)(void), char *text, size_t size) {
  FILE *file = tmpfile();
  REQUIRE(file != NULL);
  fflush(stderr);
  int before = dup(STDERR_FILENO);
  REQUIRE(before >= 0 && dup2(fileno(file), STDERR_FILENO) >= 0);
  run();
  fflush(stderr);
  dup2(before, STDERR_FILENO);
  close(before);
  rewind(file);
  text[fread(text, 1, size - 1, file)] = 0;
  fclose(file);
}

static void warnings_go_to_standard_error_by_default(void) {
  char text[4096];
  read_stderr(cause_warning, text, sizeof(text));
  CHECK_CONTAINS(text, "exhook: warn: ");
  CHECK_CONTAINS(text, "message.publish cannot be answered with allow");
}

/* What a log callback is given. */
typedef struct records {
  counter taken;
  counter freed;
  pthread_mutex_t mutex;
  char text[8192];
} records;

#define RECORDS {COUNTER, COUNTER, PTHREAD_MUTEX_INITIALIZER, {0}}

static void take_record(const exhook_log_record *record, void *user) {
  records *records = user;
  exhook_str target = exhook_log_record_target(record);
  exhook_str message = exhook_log_record_message(record);
  pthread_mutex_lock(&records->mutex);
  size_t len = strlen(records->text);
  snprintf(records->text + len, sizeof(records->text) - len,
           "%s " EXHOOK_STR_FORMAT " " EXHOOK_STR_FORMAT "\n",
           exhook_log_level_name(exhook_log_record_level(record)), EXHOOK_STR_ARG(target),
           EXHOOK_STR_ARG(message));
  pthread_mutex_unlock(&records->mutex);
  counter_add(&records->taken);
}

static void free_records(void *user) {
  records *records = user;
  counter_add(&records->freed);
}

/* Gives records back to standard error, so that none goes to this test any more. */
static void end_records(records *records) {
  CHECK_NO_ERROR(exhook_log_to_stderr(EXHOOK_LOG_WARN));
  CHECK_NUMBER(counter_get(&records->freed), 1);
}

static exhook_error *log_to(records *records, exhook_log_level level) {
  return exhook_log_to(level, take_record, records, free_records);
}

static void a_callback_gets_warnings_instead_of_standard_error(void) {
  records records = RECORDS;
  char text[4096];
  CHECK_NO_ERROR(log_to(&records, EXHOOK_LOG_WARN));
  read_stderr(cause_warning, text, sizeof(text));
  CHECK_TEXT(text, "");
  end_records(&records);
  CHECK_NUMBER(counter_get(&records.taken), 1);
  CHECK_CONTAINS(records.text, "warn exhook");
  CHECK_CONTAINS(records.text, "message.publish cannot be answered with allow");
}

static void lower_levels_let_more_through(void) {
  records records = RECORDS;
  CHECK_NO_ERROR(log_to(&records, EXHOOK_LOG_INFO));
  cause_warning();
  end_records(&records);
  CHECK_CONTAINS(records.text, "info exhook");
  CHECK_CONTAINS(records.text, "127.0.0.1:");
  CHECK_CONTAINS(records.text, "warn exhook");
}

static void level_off_lets_nothing_through(void) {
  records records = RECORDS;
  CHECK_NO_ERROR(log_to(&records, EXHOOK_LOG_OFF));
  cause_warning();
  exhook_server *server = serve_new();
  CHECK_OK(exhook_log(EXHOOK_LOG_ERROR, EXHOOK_STR("nothing")));
  CHECK_OK(exhook_server_free(server));
  end_records(&records);
  CHECK_TEXT(records.text, "");
}

static void a_program_logs_beside_the_library_in_order(void) {
  records records = RECORDS;
  exhook_server *server = serve_new();
  CHECK_NO_ERROR(log_to(&records, EXHOOK_LOG_TRACE));
  CHECK_OK(exhook_log(EXHOOK_LOG_ERROR, EXHOOK_STR("one")));
  CHECK_OK(exhook_log(EXHOOK_LOG_WARN, EXHOOK_STR("two")));
  CHECK_OK(exhook_log(EXHOOK_LOG_INFO, EXHOOK_STR("three")));
  CHECK_OK(exhook_log(EXHOOK_LOG_DEBUG, EXHOOK_STR("four")));
  CHECK_OK(exhook_log((exhook_log_level)99, EXHOOK_STR("five")));
  CHECK_OK(exhook_log(EXHOOK_LOG_OFF, EXHOOK_STR("six")));
  CHECK_CODE(exhook_log(EXHOOK_LOG_ERROR, EXHOOK_STR("\xff")), EXHOOK_ERR_NOT_UTF8);
  CHECK_OK(exhook_server_free(server));
  end_records(&records);
  CHECK_TEXT(records.text, "error exhook::program one\n"
                           "warn exhook::program two\n"
                           "info exhook::program three\n"
                           "debug exhook::program four\n"
                           "trace exhook::program five\n");
}

static void a_replaced_callback_gives_its_user_data_back(void) {
  records first = RECORDS, second = RECORDS;
  exhook_server *server = serve_new();
  CHECK_NO_ERROR(log_to(&first, EXHOOK_LOG_WARN));
  CHECK_NO_ERROR(log_to(&second, EXHOOK_LOG_WARN));
  CHECK_NUMBER(counter_get(&first.freed), 1);
  CHECK_OK(exhook_log(EXHOOK_LOG_WARN, EXHOOK_STR("here")));
  CHECK_OK(exhook_server_free(server));
  end_records(&second);
  CHECK_TEXT(first.text, "");
  CHECK_TEXT(second.text, "warn exhook::program here\n");
}

static void user_data_is_given_back_where_logging_is_refused(void) {
  records records = RECORDS;
  CHECK_ERROR(exhook_log_to(EXHOOK_LOG_WARN, NULL, &records, free_records), EXHOOK_ERR_NULL,
              "callback");
  CHECK_NUMBER(counter_get(&records.freed), 1);
  CHECK_ERROR(log_to(&records, (exhook_log_level)6), EXHOOK_ERR_INVALID_OPTION, "6");
  CHECK_NUMBER(counter_get(&records.freed), 2);
  CHECK_ERROR(exhook_log_to_stderr((exhook_log_level)6), EXHOOK_ERR_INVALID_OPTION, "6");
}

static void log_and_replace(const exhook_log_record *record, void *user) {
  records *records = user;
  (void)record;
  if (counter_add(&records->taken) == 0) {
    CHECK_OK(exhook_log(EXHOOK_LOG_WARN, EXHOOK_STR("from the callback")));
    CHECK_NO_ERROR(log_to(records, EXHOOK_LOG_WARN));
  }
}

static void a_log_callback_may_log_and_replace_itself(void) {
  records records = RECORDS;
  exhook_server *server = serve_new();
  CHECK_NO_ERROR(exhook_log_to(EXHOOK_LOG_WARN, log_and_replace, &records, NULL));
  CHECK_OK(exhook_log(EXHOOK_LOG_WARN, EXHOOK_STR("begin")));
  counter_wait(&records.taken, 2);
  CHECK_OK(exhook_server_free(server));
  end_records(&records);
  CHECK_TEXT(records.text, "warn exhook::program from the callback\n");
}

static void levels_have_names(void) {
  static const char *const names[] = {"off", "error", "warn", "info", "debug", "trace", ""};
  for (unsigned level = 0; level < 7; level++) {
    CHECK_TEXT(exhook_log_level_name((exhook_log_level)level), names[level]);
  }
}

static void passwords_and_payloads_are_not_logged(void) {
  records records = RECORDS;
  CHECK_NO_ERROR(log_to(&records, EXHOOK_LOG_TRACE));
  exhook_server *server = serve_new();
  serve_on(server, AUTHENTICATE, allow, NULL);
  serve_on(server, PUBLISH, allow, NULL);
  served served = serve_start(server, 3);
  broker_request request = {0};
  request.hook = "client.authenticate";
  request.password = "hidden-password";
  CHECK_ANSWER(broker_call(served.broker, &request), "allow");
  request.hook = "message.publish";
  request.payload = "hidden-payload";
  request.payload_len = strlen("hidden-payload");
  CHECK_ANSWER(broker_call(served.broker, &request), "ignore");
  serve_end(&served);
  end_records(&records);
  CHECK(counter_get(&records.taken) > 0);
  CHECK(strstr(records.text, "hidden") == NULL);
}

TEST_MAIN(TEST(warnings_go_to_standard_error_by_default),
          TEST(a_callback_gets_warnings_instead_of_standard_error),
          TEST(lower_levels_let_more_through), TEST(level_off_lets_nothing_through),
          TEST(a_program_logs_beside_the_library_in_order),
          TEST(a_replaced_callback_gives_its_user_data_back),
          TEST(user_data_is_given_back_where_logging_is_refused),
          TEST(a_log_callback_may_log_and_replace_itself), TEST(levels_have_names),
          TEST(passwords_and_payloads_are_not_logged))
