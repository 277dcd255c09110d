/* What threads of a test wait for. */

#ifndef EXHOOK_TESTS_SYNC_H
#define EXHOOK_TESTS_SYNC_H

#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Something that happens, how often it has, and who waits for it. */
typedef struct counter {
  pthread_mutex_t mutex;
  pthread_cond_t changed;
  size_t count;
} counter;

#define COUNTER {PTHREAD_MUTEX_INITIALIZER, PTHREAD_COND_INITIALIZER, 0}

/* Counts once more; returns how often that was before. */
size_t counter_add(counter *counter);
size_t counter_get(counter *counter);
void counter_reset(counter *counter);

/* Waits until it has happened so often; a failed check where that takes a minute. */
bool counter_wait(counter *counter, size_t count);

/* `counter_add` as a function that frees: for `free_user`. */
void counter_add_user(void *user);

/* Waits until `condition` holds; a failed check where that takes a minute. */
bool wait_until(bool (*condition)(void *user), void *user);

/* Runs `run` in as many threads, with the place of each in `users`, and waits for all. */
void run_threads(size_t count, void *(*run)(void *user), void *users, size_t user_size);

#ifdef __cplusplus
}
#endif

#endif
