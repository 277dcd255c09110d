/* What the soak test asks, answered on lane threads, inline, and later by a thread of its own. The
 * first word of a user name, of a topic behind `soak/` or of a payload says what is to be answered.
 * At its end the program prints what it has seen, as JSON. */

#include <errno.h>
#include <exhook.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define SLOW_MS 50
#define MOST_CLIENTS 1024
#define MOST_DISORDERS 20
#define LONGEST_TEXT 128

static long late_ms;

/* The calls that were deferred, the one that is due next first. */
static struct later {
  struct later *next;
  struct timespec due;
  exhook_call *call;
} *later;
static pthread_mutex_t later_lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t later_changed;
static bool is_over;

/* What the notifications have told. */
static pthread_mutex_t seen_lock = PTHREAD_MUTEX_INITIALIZER;
static unsigned long seen;
static size_t client_count, disorder_count;
static struct {
  char clientid[LONGEST_TEXT];
  unsigned long newest;
} clients[MOST_CLIENTS];
static char disorders[MOST_DISORDERS][2 * LONGEST_TEXT];

static exhook_str word_of(const char *data, size_t len, char end) {
  const char *found = len > 0 ? memchr(data, end, len) : NULL;
  return (exhook_str){data, found ? (size_t)(found - data) : len};
}

static bool is(exhook_str word, const char *text) {
  return exhook_str_eq(word, exhook_str_of(text));
}

static long wait_ms(exhook_str word) {
  return is(word, "slow") ? SLOW_MS : is(word, "late") ? late_ms : 0;
}

static void permit(exhook_call *call, exhook_str word) {
  if (is(word, "raise"))
    exhook_reply_error(call);
  else if (is(word, "rubbish"))
    exhook_reply_block(call); /* no answer to this question: the fallback is sent */
  else if (is(word, "ignore"))
    exhook_reply_ignore(call);
  else
    exhook_reply_bool(call, !is(word, "deny"));
}

static void authenticate(exhook_call *call, void *user) {
  exhook_str word = exhook_call_clientinfo_username(call);
  long ms = wait_ms(word);
  (void)user;
  if (ms > 0) {
    struct timespec pause = {ms / 1000, ms % 1000 * 1000000};
    nanosleep(&pause, NULL);
  }
  permit(call, word);
}

static exhook_str topic_word(exhook_call *call) {
  static const char prefix[] = "soak/";
  exhook_str topic = exhook_call_topic(call);
  size_t skipped = topic.len < strlen(prefix) ? topic.len : strlen(prefix);
  return word_of(topic.data + skipped, topic.len - skipped, '/');
}

static bool is_before(const struct timespec *one, const struct timespec *other) {
  return one->tv_sec < other->tv_sec ||
         (one->tv_sec == other->tv_sec && one->tv_nsec < other->tv_nsec);
}

static void authorize(exhook_call *call, void *user) {
  struct later **place, *entry = malloc(sizeof *entry);
  long ms = wait_ms(topic_word(call));
  (void)user;
  if (entry == NULL) {
    exhook_reply_error(call);
    return;
  }
  clock_gettime(CLOCK_MONOTONIC, &entry->due);
  entry->due.tv_nsec += ms % 1000 * 1000000;
  entry->due.tv_sec += ms / 1000 + entry->due.tv_nsec / 1000000000;
  entry->due.tv_nsec %= 1000000000;
  pthread_mutex_lock(&later_lock);
  entry->call = exhook_call_defer(call);
  for (place = &later; *place && !is_before(&entry->due, &(*place)->due); place = &(*place)->next) {
  }
  entry->next = *place;
  *place = entry;
  pthread_cond_signal(&later_changed);
  pthread_mutex_unlock(&later_lock);
}

static void *answer_later(void *argument) {
  (void)argument;
  pthread_mutex_lock(&later_lock);
  while (!is_over || later) {
    struct later *entry = later;
    if (entry == NULL) {
      pthread_cond_wait(&later_changed, &later_lock);
      continue;
    }
    if (!is_over) {
      struct timespec now;
      clock_gettime(CLOCK_MONOTONIC, &now);
      if (is_before(&now, &entry->due)) {
        pthread_cond_timedwait(&later_changed, &later_lock, &entry->due);
        continue;
      }
    }
    later = entry->next;
    pthread_mutex_unlock(&later_lock);
    permit(entry->call, topic_word(entry->call));
    exhook_call_free(entry->call);
    free(entry);
    pthread_mutex_lock(&later_lock);
  }
  pthread_mutex_unlock(&later_lock);
  return NULL;
}

static void replace(exhook_call *call, exhook_bytes old, size_t skipped) {
  static const char word[] = "replaced";
  size_t kept = old.len - skipped, len = strlen(word) + kept;
  exhook_message *message = exhook_message_new();
  char *payload = malloc(len);
  if (message == NULL || payload == NULL) {
    free(payload);
    exhook_reply_error(call);
  } else {
    memcpy(payload, word, strlen(word));
    memcpy(payload + strlen(word), old.data + skipped, kept);
    /* The library calls free(payload) when the broker has it. */
    exhook_message_give_payload(message, exhook_bytes_of(payload, len), free, payload);
    exhook_reply_message(call, message);
  }
  exhook_message_free(message);
}

static void publish(exhook_call *call, void *user) {
  exhook_bytes payload = exhook_call_message_payload(call);
  exhook_str word = word_of((const char *)payload.data, payload.len, ' ');
  (void)user;
  if (is(word, "raise"))
    exhook_reply_error(call);
  else if (is(word, "rubbish"))
    exhook_reply_allow(call); /* no answer to this question: the fallback is sent */
  else if (is(word, "block"))
    exhook_reply_block(call);
  else if (is(word, "replace"))
    replace(call, payload, word.len);
  else
    exhook_reply_ignore(call);
}

static void count(exhook_call *call, void *user) {
  (void)call;
  (void)user;
  pthread_mutex_lock(&seen_lock);
  seen++;
  pthread_mutex_unlock(&seen_lock);
}

/* The number at the end of a payload such as `keep c1 17`. */
static unsigned long number_of(exhook_bytes payload) {
  char text[LONGEST_TEXT] = "";
  const char *space;
  memcpy(text, payload.data, payload.len < sizeof text ? payload.len : sizeof text - 1);
  space = strrchr(text, ' ');
  return space ? strtoul(space, NULL, 10) : 0;
}

static void count_in_order(exhook_call *call, void *user) {
  unsigned long number = number_of(exhook_call_message_payload(call));
  exhook_str hook = exhook_hook_name(exhook_call_hook(call));
  char clientid[LONGEST_TEXT];
  size_t i = 0;
  snprintf(clientid, sizeof clientid, EXHOOK_STR_FORMAT,
           EXHOOK_STR_ARG(exhook_call_clientid(call)));
  count(call, user);
  pthread_mutex_lock(&seen_lock);
  while (i < client_count && strcmp(clients[i].clientid, clientid) != 0) i++;
  if (i < MOST_CLIENTS) {
    if (i == client_count) strcpy(clients[client_count++].clientid, clientid);
    if (number < clients[i].newest) {
      if (disorder_count < MOST_DISORDERS)
        snprintf(disorders[disorder_count], sizeof disorders[0],
                 "%.100s: " EXHOOK_STR_FORMAT " %lu after %lu", clientid, EXHOOK_STR_ARG(hook),
                 number, clients[i].newest);
      disorder_count++;
    }
    clients[i].newest = number;
  }
  pthread_mutex_unlock(&seen_lock);
}

static exhook_error *serve(exhook_server *server, exhook_options *inlined) {
  static const struct {
    exhook_hook hook;
    exhook_callback callback;
  } handlers[] = {
      {EXHOOK_HOOK_CLIENT_AUTHENTICATE, authenticate},
      {EXHOOK_HOOK_CLIENT_AUTHORIZE, authorize},
      {EXHOOK_HOOK_CLIENT_CONNECTED, count},
      {EXHOOK_HOOK_CLIENT_DISCONNECTED, count},
      {EXHOOK_HOOK_SESSION_SUBSCRIBED, count},
      {EXHOOK_HOOK_SESSION_UNSUBSCRIBED, count},
      {EXHOOK_HOOK_MESSAGE_DELIVERED, count_in_order},
      {EXHOOK_HOOK_MESSAGE_DROPPED, count_in_order},
      {EXHOOK_HOOK_MESSAGE_ACKED, count_in_order},
  };
  exhook_error *error = NULL;
  for (size_t i = 0; !error && i < sizeof handlers / sizeof handlers[0]; i++)
    error = exhook_server_on(server, handlers[i].hook, handlers[i].callback, NULL, NULL);
  exhook_options_set_inline(inlined, true);
  if (!error)
    error =
        exhook_server_on_with(server, EXHOOK_HOOK_MESSAGE_PUBLISH, inlined, publish, NULL, NULL);
  if (!error) error = exhook_server_set_admin(server, exhook_str_of(getenv("EXHOOK_ADMIN")));
  if (!error)
    error = exhook_server_set_timeout_ms(server, strtoul(getenv("EXHOOK_TIMEOUT_MS"), NULL, 10));
  if (!error) error = exhook_server_listen(server, exhook_str_of(getenv("EXHOOK_BIND")));
  return error;
}

int main(void) {
  const char *late = getenv("SOAK_LATE_MS");
  exhook_server *server;
  exhook_options *inlined;
  exhook_error *error;
  pthread_condattr_t monotonic;
  pthread_t thread;
  int status = EXIT_SUCCESS;

  if (!late || !getenv("EXHOOK_BIND") || !getenv("EXHOOK_ADMIN") || !getenv("EXHOOK_TIMEOUT_MS")) {
    fputs("program: the soak test starts this, and says in variables where and how\n", stderr);
    return EXIT_FAILURE;
  }
  late_ms = strtol(late, NULL, 10);
  pthread_condattr_init(&monotonic);
  pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
  pthread_cond_init(&later_changed, &monotonic);
  pthread_condattr_destroy(&monotonic);
  if (pthread_create(&thread, NULL, answer_later, NULL)) {
    fputs("program: cannot start a thread\n", stderr);
    return EXIT_FAILURE;
  }
  server = exhook_server_new();
  inlined = exhook_options_new();
  error = serve(server, inlined); /* until SIGTERM */
  if (error) {
    fprintf(stderr, "program: %s\n", exhook_error_text(error));
    exhook_error_free(error);
    status = EXIT_FAILURE;
  }
  exhook_options_free(inlined);
  exhook_server_free(server);
  pthread_mutex_lock(&later_lock);
  is_over = true;
  pthread_cond_signal(&later_changed);
  pthread_mutex_unlock(&later_lock);
  pthread_join(thread, NULL);
  printf("{\"seen\": %lu, \"disorders\": [", seen);
  for (size_t i = 0; i < disorder_count; i++)
    printf("%s\"%s\"", i ? ", " : "", i < MOST_DISORDERS ? disorders[i] : "and one more");
  puts("]}");
  return status;
}
