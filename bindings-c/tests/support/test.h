/* A harness for tests: named tests, checks that say what they saw, and a filter by argument. */

#ifndef EXHOOK_TESTS_TEST_H
#define EXHOOK_TESTS_TEST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <exhook.h>

#ifdef __cplusplus
extern "C" {
#endif

/* A test; its name states the behaviour. */
typedef struct test {
  const char *name;
  void (*run)(void);
} test;

#define TEST(function) {#function, function}

/* Defines `main`, which runs these tests, or those whose names contain an argument. */
#define TEST_MAIN(...)                                                                             \
  int main(int argc, char **argv) {                                                                \
    static const test tests[] = {__VA_ARGS__};                                                     \
    return test_main(argc, argv, tests, sizeof(tests) / sizeof(*tests));                           \
  }

/* Runs the tests, or prints their names for the argument `--list`; returns what `main` returns. */
int test_main(int argc, char **argv, const test *tests, size_t count);

/* The path of this program, to run it again. */
const char *test_program(void);

/* How many milliseconds something may take: `ms`, times the environment variable
 * EXHOOK_TEST_SLOWNESS where programs run slowly. */
uint64_t test_ms(uint64_t ms);

/* How many checks have failed until now. Checks may be made on any thread. */
size_t test_failures(void);

/* Each check returns whether it holds, and prints where it stands and what it saw if not. A text
 * that is compared belongs to the caller; an error is freed. */
bool test_check(bool holds, const char *file, int line, const char *what);
bool test_check_number(int64_t actual, int64_t expected, const char *file, int line,
                       const char *what);
bool test_check_text(const char *actual, const char *expected, const char *file, int line,
                     const char *what);
bool test_check_contains(const char *actual, const char *part, const char *file, int line,
                         const char *what);
bool test_check_str(exhook_str actual, const char *expected, const char *file, int line,
                    const char *what);
bool test_check_code(exhook_code actual, exhook_code expected, const char *file, int line,
                     const char *what);
bool test_check_error(exhook_error *error, exhook_code expected, const char *part, const char *file,
                      int line, const char *what);
/* Ends the program where a test cannot go on. */
void test_require(bool holds, const char *file, int line, const char *what);

#define CHECK(holds) test_check((holds), __FILE__, __LINE__, #holds)
#define CHECK_NUMBER(actual, expected)                                                             \
  test_check_number((int64_t)(actual), (int64_t)(expected), __FILE__, __LINE__, #actual)
#define CHECK_TEXT(actual, expected)                                                               \
  test_check_text((actual), (expected), __FILE__, __LINE__, #actual)
#define CHECK_CONTAINS(actual, part)                                                               \
  test_check_contains((actual), (part), __FILE__, __LINE__, #actual)
#define CHECK_STR(actual, expected)                                                                \
  test_check_str((actual), (expected), __FILE__, __LINE__, #actual)
#define CHECK_CODE(actual, expected)                                                               \
  test_check_code((actual), (expected), __FILE__, __LINE__, #actual)
#define CHECK_OK(actual) CHECK_CODE(actual, EXHOOK_OK)
/* An error that is NULL, which is success. */
#define CHECK_NO_ERROR(error) test_check_error((error), EXHOOK_OK, "", __FILE__, __LINE__, #error)
/* An error of this number whose text contains this part; it is freed. */
#define CHECK_ERROR(error, code, part)                                                             \
  test_check_error((error), (code), (part), __FILE__, __LINE__, #error)
#define REQUIRE(holds) test_require((holds), __FILE__, __LINE__, #holds)

#ifdef __cplusplus
}
#endif

#endif
