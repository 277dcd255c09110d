#include "sample.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "serve.h"
#include "sync.h"
#include "test.h"

uint32_t sample_u32(const char *path) {
  uint32_t hash = UINT32_C(0x811c9dc5);
  for (; *path; path++) hash = (hash ^ (uint8_t)*path) * UINT32_C(0x01000193);
  return hash | 1;
}

uint64_t sample_u64(const char *path) {
  uint64_t hash = UINT64_C(0xcbf29ce484222325);
  for (; *path; path++) hash = (hash ^ (uint8_t)*path) * UINT64_C(0x00000100000001b3);
  return (hash & (uint64_t)INT64_MAX) | 1;
}

void check_text(exhook_str actual, const char *path) {
  test_check_str(actual, path, "sample", 0, path);
}

void check_bytes(exhook_bytes actual, const char *path) {
  size_t len = strlen(path);
  bool holds = actual.data && actual.len == 2 * len + 1 && memcmp(actual.data, path, len) == 0 &&
               actual.data[len] == 0 && memcmp(actual.data + len + 1, path, len) == 0;
  if (!holds) printf("%s is %zu other bytes\n", path, actual.len);
  test_check(holds, "sample", 0, path);
}

static void check_number(uint64_t actual, uint64_t expected, const char *path) {
  if (actual != expected) {
    printf("%s is %" PRIu64 ", expected %" PRIu64 "\n", path, actual, expected);
  }
  test_check(actual == expected, "sample", 0, path);
}

void check_u32(uint32_t actual, const char *path) { check_number(actual, sample_u32(path), path); }

void check_u64(uint64_t actual, const char *path) { check_number(actual, sample_u64(path), path); }

void check_i64(int64_t actual, const char *path) { check_u64((uint64_t)actual, path); }

void check_bool(bool actual, const char *path) { check_number(actual, true, path); }

void check_enum(uint32_t actual, uint32_t last, const char *path) {
  check_number(actual, last, path);
}

void check_count(size_t actual, size_t expected, const char *path) {
  check_number(actual, expected, path);
}

typedef struct looked {
  exhook_hook hook;
  void (*check)(const exhook_call *call);
  counter calls;
} looked;

static void look(exhook_call *call, void *user) {
  looked *looked = (struct looked *)user;
  CHECK_NUMBER(exhook_call_hook(call), looked->hook);
  CHECK_NUMBER(exhook_call_package(call), 3);
  looked->check(call);
  counter_add(&looked->calls);
}

void sample_test(exhook_hook hook, const char *name, void (*check)(const exhook_call *call)) {
  looked looked = {hook, check, COUNTER};
  exhook_server *server = serve_new();
  serve_on(server, hook, look, &looked);
  served served = serve_start(server, 3);
  broker_answer answer = broker_finish(broker_start_sample(served.broker, name));
  CHECK_NUMBER(answer.grpc_status, 0);
  counter_wait(&looked.calls, 1);
  serve_end(&served);
  CHECK_NUMBER(counter_get(&looked.calls), 1);
}
