/* Our C library, with the same handlers as the peers. */

#define _POSIX_C_SOURCE 200809L

#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <exhook.h>

/* A payload that begins with KEPT is left as it is. */
enum { PREPARED_BYTES = 64 * 1024, KEPT = 'k' };

static uint8_t prepared[PREPARED_BYTES];
static pthread_key_t message_key;

/* Ends the program with a message; an error of the library's says itself what to do. */
static void fail(const char *text) {
  fprintf(stderr, "error: %s\n", text);
  exit(1);
}

static void require(exhook_error *error) {
  if (error != NULL) fail(exhook_error_text(error));
}

static void free_message(void *message) { exhook_message_free(message); }

/* The message of this thread, empty: one serves for every call. */
static exhook_message *own_message(void) {
  exhook_message *message = pthread_getspecific(message_key);
  if (message == NULL) {
    message = exhook_message_new();
    if (message == NULL || pthread_setspecific(message_key, message) != 0) fail("out of memory");
  }
  return message;
}

/* Publishes a payload as long as the call's, and made of `r` only. No copy up to 64 KiB. */
static void answer_publish(exhook_call *call) {
  exhook_bytes published = exhook_call_message_payload(call);
  size_t length = published.len;
  if (length > 0 && published.data[0] == KEPT) {
    exhook_reply_ignore(call);
    return;
  }
  exhook_message *message = own_message();
  if (length <= PREPARED_BYTES) {
    exhook_message_give_payload(message, exhook_bytes_of(prepared, length), NULL, NULL);
  } else {
    uint8_t *payload = malloc(length);
    if (payload == NULL) fail("out of memory");
    memset(payload, 'r', length);
    exhook_message_give_payload(message, exhook_bytes_of(payload, length), free, payload);
  }
  exhook_reply_message(call, message);
}

static void answer(exhook_call *call) {
  if (exhook_call_hook(call) == EXHOOK_HOOK_MESSAGE_PUBLISH)
    answer_publish(call);
  else
    exhook_reply_allow(call);
}

/* Deferred calls on their way to the worker, which takes all that there are at once. */
typedef struct queue {
  pthread_mutex_t lock;
  pthread_cond_t changed;
  exhook_call **calls;
  size_t count;
  size_t room;
  bool is_closed;
} queue;

static queue deferred = {.lock = PTHREAD_MUTEX_INITIALIZER, .changed = PTHREAD_COND_INITIALIZER};

static void queue_push(queue *to, exhook_call *call) {
  pthread_mutex_lock(&to->lock);
  if (to->count == to->room) {
    to->room = to->room == 0 ? 64 : to->room * 2;
    to->calls = realloc(to->calls, to->room * sizeof *to->calls);
    if (to->calls == NULL) fail("out of memory");
  }
  to->calls[to->count++] = call;
  /* The worker waits only where there is none. */
  if (to->count == 1) pthread_cond_signal(&to->changed);
  pthread_mutex_unlock(&to->lock);
}

/* Exchanges `taken`, which is emptied, for the calls that wait; false once the queue is closed. */
static bool queue_take(queue *from, queue *taken) {
  pthread_mutex_lock(&from->lock);
  while (from->count == 0 && !from->is_closed) pthread_cond_wait(&from->changed, &from->lock);
  exhook_call **emptied = taken->calls;
  size_t room = taken->room;
  taken->calls = from->calls;
  taken->count = from->count;
  taken->room = from->room;
  from->calls = emptied;
  from->count = 0;
  from->room = room;
  pthread_mutex_unlock(&from->lock);
  return taken->count > 0;
}

static void queue_close(queue *closed) {
  pthread_mutex_lock(&closed->lock);
  closed->is_closed = true;
  pthread_cond_signal(&closed->changed);
  pthread_mutex_unlock(&closed->lock);
}

static void *work(void *from) {
  queue taken = {.calls = NULL};
  while (queue_take(from, &taken)) {
    for (size_t i = 0; i < taken.count; i++) {
      answer(taken.calls[i]);
      exhook_call_free(taken.calls[i]);
    }
  }
  free(taken.calls);
  return NULL;
}

static void at_once(exhook_call *call, void *user) {
  (void)user;
  answer(call);
}

static void connected(exhook_call *call, void *user) {
  (void)call;
  (void)user;
}

static void later(exhook_call *call, void *to) {
  exhook_call *owned = exhook_call_defer(call);
  if (owned != NULL) queue_push(to, owned);
}

static const char *value_of(int count, char **arguments, const char *option) {
  for (int i = 1; i + 1 < count; i++)
    if (strcmp(arguments[i], option) == 0) return arguments[i + 1];
  fail("give --mode inline, lane or deferred, and --bind HOST:PORT");
  return NULL;
}

int main(int count, char **arguments) {
  const char *mode = value_of(count, arguments, "--mode");
  const char *bind = value_of(count, arguments, "--bind");
  bool is_inline = strcmp(mode, "inline") == 0;
  bool is_deferred = strcmp(mode, "deferred") == 0;
  if (!is_inline && !is_deferred && strcmp(mode, "lane") != 0)
    fail("--mode takes inline, lane or deferred");
  memset(prepared, 'r', sizeof prepared);
  if (pthread_key_create(&message_key, free_message) != 0) fail("no key for a thread's message");

  /* Blocked before any thread starts, so that only this one takes it. */
  sigset_t ending;
  sigemptyset(&ending);
  sigaddset(&ending, SIGINT);
  sigaddset(&ending, SIGTERM);
  pthread_sigmask(SIG_BLOCK, &ending, NULL);

  exhook_server *server = exhook_server_new();
  exhook_options *options = exhook_options_new();
  if (server == NULL || options == NULL) fail("out of memory");
  exhook_options_set_inline(options, is_inline);
  exhook_callback callback = is_deferred ? later : at_once;
  require(exhook_server_on_with(server, EXHOOK_HOOK_CLIENT_AUTHENTICATE, options, callback,
                                &deferred, NULL));
  require(exhook_server_on_with(server, EXHOOK_HOOK_MESSAGE_PUBLISH, options, callback, &deferred,
                                NULL));
  require(
      exhook_server_on_with(server, EXHOOK_HOOK_CLIENT_CONNECTED, options, connected, NULL, NULL));
  exhook_options_free(options);

  pthread_t worker;
  if (is_deferred && pthread_create(&worker, NULL, work, &deferred) != 0)
    fail("no thread for the deferred calls");
  require(exhook_server_start(server, exhook_str_of(bind)));
  exhook_str address = exhook_server_address(server);
  printf("listening on " EXHOOK_STR_FORMAT "\n", EXHOOK_STR_ARG(address));
  fflush(stdout);

  int signal_number = 0;
  sigwait(&ending, &signal_number);
  require(exhook_server_stop(server));
  if (is_deferred) {
    queue_close(&deferred);
    pthread_join(worker, NULL);
    free(deferred.calls);
  }
  exhook_server_free(server);
  return 0;
}
