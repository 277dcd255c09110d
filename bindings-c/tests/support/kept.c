#include "kept.h"

void keep_call(exhook_call *call, void *user) {
  kept *kept = (struct kept *)user;
  CHECK(exhook_call_defer(call) == call);
  pthread_mutex_lock(&kept->mutex);
  REQUIRE(kept->count < KEPT_MOST);
  kept->calls[kept->count++] = call;
  pthread_mutex_unlock(&kept->mutex);
  counter_add(&kept->arrived);
}

exhook_call *kept_wait(kept *kept, size_t count) {
  REQUIRE(counter_wait(&kept->arrived, count));
  pthread_mutex_lock(&kept->mutex);
  exhook_call *call = kept->calls[count - 1];
  pthread_mutex_unlock(&kept->mutex);
  return call;
}
