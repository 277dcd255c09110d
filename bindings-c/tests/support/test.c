#include "test.h"

#include <inttypes.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static pthread_mutex_t failures_mutex = PTHREAD_MUTEX_INITIALIZER;
static size_t failures;
static const char *program;

static bool is_chosen(const char *name, int argc, char **argv) {
  for (int index = 1; index < argc; index++) {
    if (strstr(name, argv[index])) return true;
  }
  return argc < 2;
}

int test_main(int argc, char **argv, const test *tests, size_t count) {
  size_t run = 0;
  program = argv[0];
  if (argc == 2 && strcmp(argv[1], "--list") == 0) {
    for (size_t index = 0; index < count; index++) printf("%s\n", tests[index].name);
    return EXIT_SUCCESS;
  }
  setvbuf(stdout, NULL, _IOLBF, 0);
  for (size_t index = 0; index < count; index++) {
    if (!is_chosen(tests[index].name, argc, argv)) continue;
    size_t before = test_failures();
    printf("%s ...\n", tests[index].name);
    tests[index].run();
    run++;
    printf("%s: %s\n", tests[index].name, test_failures() == before ? "ok" : "FAILED");
  }
  if (run == 0) {
    fprintf(stderr, "no test of %s has such a name\n", program);
    return EXIT_FAILURE;
  }
  return test_failures() == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}

const char *test_program(void) { return program; }

uint64_t test_ms(uint64_t ms) {
  const char *slowness = getenv("EXHOOK_TEST_SLOWNESS");
  uint64_t times = slowness ? strtoull(slowness, NULL, 10) : 1;
  return ms * (times > 0 ? times : 1);
}

size_t test_failures(void) {
  pthread_mutex_lock(&failures_mutex);
  size_t count = failures;
  pthread_mutex_unlock(&failures_mutex);
  return count;
}

static bool noted(bool holds) {
  if (!holds) {
    pthread_mutex_lock(&failures_mutex);
    failures++;
    pthread_mutex_unlock(&failures_mutex);
  }
  return holds;
}

bool test_check(bool holds, const char *file, int line, const char *what) {
  if (!holds) printf("%s:%d: not so: %s\n", file, line, what);
  return noted(holds);
}

bool test_check_number(int64_t actual, int64_t expected, const char *file, int line,
                       const char *what) {
  if (actual != expected) {
    printf("%s:%d: %s is %" PRId64 ", expected %" PRId64 "\n", file, line, what, actual, expected);
  }
  return noted(actual == expected);
}

bool test_check_text(const char *actual, const char *expected, const char *file, int line,
                     const char *what) {
  bool holds = actual && strcmp(actual, expected) == 0;
  if (!holds) {
    printf("%s:%d: %s is \"%s\", expected \"%s\"\n", file, line, what, actual ? actual : "(NULL)",
           expected);
  }
  return noted(holds);
}

bool test_check_contains(const char *actual, const char *part, const char *file, int line,
                         const char *what) {
  bool holds = actual && strstr(actual, part);
  if (!holds) {
    printf("%s:%d: %s is \"%s\", which does not contain \"%s\"\n", file, line, what,
           actual ? actual : "(NULL)", part);
  }
  return noted(holds);
}

bool test_check_str(exhook_str actual, const char *expected, const char *file, int line,
                    const char *what) {
  size_t len = strlen(expected);
  bool holds = actual.data && actual.len == len && memcmp(actual.data, expected, len) == 0;
  if (!holds) {
    printf("%s:%d: %s is \"" EXHOOK_STR_FORMAT "\" (%zu bytes at %p), expected \"%s\"\n", file,
           line, what, EXHOOK_STR_ARG(actual), actual.len, (const void *)actual.data, expected);
  }
  return noted(holds);
}

bool test_check_code(exhook_code actual, exhook_code expected, const char *file, int line,
                     const char *what) {
  if (actual != expected) {
    printf("%s:%d: %s is %u (%s), expected %u (%s)\n", file, line, what, (unsigned)actual,
           exhook_code_text(actual), (unsigned)expected, exhook_code_text(expected));
  }
  return noted(actual == expected);
}

bool test_check_error(exhook_error *error, exhook_code expected, const char *part, const char *file,
                      int line, const char *what) {
  exhook_code actual = exhook_error_code(error);
  const char *text = exhook_error_text(error);
  bool holds = actual == expected && (error == NULL) == (expected == EXHOOK_OK) &&
               strstr(text, part) != NULL;
  if (!holds) {
    printf("%s:%d: %s gives error %u (%s), expected %u with \"%s\"\n", file, line, what,
           (unsigned)actual, text, (unsigned)expected, part);
  }
  exhook_error_free(error);
  return noted(holds);
}

void test_require(bool holds, const char *file, int line, const char *what) {
  if (test_check(holds, file, line, what)) return;
  printf("the test cannot go on\n");
  fflush(NULL);
  _Exit(EXIT_FAILURE);
}
