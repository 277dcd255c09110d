/* Deferred calls that a test keeps, to answer them itself. */

#ifndef EXHOOK_TESTS_KEPT_H
#define EXHOOK_TESTS_KEPT_H

#include "sync.h"
#include "test.h"

#ifdef __cplusplus
extern "C" {
#endif

#define KEPT_MOST 4096

/* Deferred calls in the order of their arrival. */
typedef struct kept {
  counter arrived;
  pthread_mutex_t mutex;
  size_t count;
  exhook_call *calls[KEPT_MOST];
} kept;

#define KEPT                                                                                       \
  {                                                                                                \
    COUNTER, PTHREAD_MUTEX_INITIALIZER, 0, { NULL }                                                \
  }

/* A callback that defers the call; `user` is the `kept`. */
void keep_call(exhook_call *call, void *user);

/* Waits until so many calls have arrived; returns the last of them. */
exhook_call *kept_wait(kept *kept, size_t count);

#ifdef __cplusplus
}
#endif

#endif
