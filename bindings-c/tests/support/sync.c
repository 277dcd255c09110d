#include "sync.h"

#include <stdlib.h>
#include <time.h>

#include "test.h"

#define PATIENCE_MS 60000

static struct timespec in_ms(clockid_t clock, uint64_t ms) {
  struct timespec end;
  clock_gettime(clock, &end);
  end.tv_sec += (time_t)(ms / 1000);
  end.tv_nsec += (long)(ms % 1000) * 1000000;
  if (end.tv_nsec >= 1000000000) {
    end.tv_sec++;
    end.tv_nsec -= 1000000000;
  }
  return end;
}

size_t counter_add(counter *counter) {
  pthread_mutex_lock(&counter->mutex);
  size_t before = counter->count++;
  pthread_cond_broadcast(&counter->changed);
  pthread_mutex_unlock(&counter->mutex);
  return before;
}

size_t counter_get(counter *counter) {
  pthread_mutex_lock(&counter->mutex);
  size_t count = counter->count;
  pthread_mutex_unlock(&counter->mutex);
  return count;
}

void counter_reset(counter *counter) {
  pthread_mutex_lock(&counter->mutex);
  counter->count = 0;
  pthread_mutex_unlock(&counter->mutex);
}

bool counter_wait(counter *counter, size_t count) {
  struct timespec end = in_ms(CLOCK_REALTIME, test_ms(PATIENCE_MS));
  int timed_out = 0;
  pthread_mutex_lock(&counter->mutex);
  while (counter->count < count && timed_out == 0) {
    timed_out = pthread_cond_timedwait(&counter->changed, &counter->mutex, &end);
  }
  size_t reached = counter->count;
  pthread_mutex_unlock(&counter->mutex);
  return reached >= count || CHECK_NUMBER(reached, count);
}

void counter_add_user(void *user) { counter_add((counter *)user); }

bool wait_until(bool (*condition)(void *user), void *user) {
  struct timespec pause = {0, 1000000};
  struct timespec end = in_ms(CLOCK_MONOTONIC, test_ms(PATIENCE_MS));
  struct timespec now;
  do {
    if (condition(user)) return true;
    nanosleep(&pause, NULL);
    clock_gettime(CLOCK_MONOTONIC, &now);
  } while (now.tv_sec < end.tv_sec);
  return CHECK(!"it became true in time");
}

void run_threads(size_t count, void *(*run)(void *user), void *users, size_t user_size) {
  pthread_t *threads = (pthread_t *)calloc(count, sizeof(*threads));
  REQUIRE(threads != NULL);
  for (size_t index = 0; index < count; index++) {
    REQUIRE(pthread_create(&threads[index], NULL, run, (char *)users + index * user_size) == 0);
  }
  for (size_t index = 0; index < count; index++) pthread_join(threads[index], NULL);
  free(threads);
}
