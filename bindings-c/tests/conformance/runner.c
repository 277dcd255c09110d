/* The conformance runner of C: makes a hook program of the lines on standard input. */

#include <exhook.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define MOST 64
#define LONGEST 1024

typedef struct {
  char client[MOST], words[LONGEST];
} answer;

typedef struct {
  exhook_hook hook;
  exhook_options *options;
  bool is_deferred;
  answer answers[MOST];
  size_t count;
} handler;

/* A call that a thread of its own answers. */
typedef struct {
  const handler *handler;
  exhook_call *call;
  unsigned gate;
} deferral;

static struct {
  pthread_mutex_t lock;
  pthread_cond_t changed;
  unsigned gate;  /* changes when answers that are held back are to be given */
  bool is_ending; /* from when on none is held back */
  unsigned deferred;
} state = {.lock = PTHREAD_MUTEX_INITIALIZER, .changed = PTHREAD_COND_INITIALIZER};

static void say(const char *format, ...) {
  va_list arguments;
  va_start(arguments, format);
  vprintf(format, arguments);
  va_end(arguments);
  putchar('\n');
  fflush(stdout);
}

static void require(bool holds, const char *what) {
  if (holds) return;
  fprintf(stderr, "%s\n", what);
  exit(2);
}

static void no_error(exhook_error *error) { require(error == NULL, exhook_error_text(error)); }

static unsigned gate(void) {
  pthread_mutex_lock(&state.lock);
  unsigned number = state.gate;
  pthread_mutex_unlock(&state.lock);
  return number;
}

static void open_gate(bool is_ending) {
  pthread_mutex_lock(&state.lock);
  state.gate++;
  state.is_ending = is_ending;
  pthread_cond_broadcast(&state.changed);
  pthread_mutex_unlock(&state.lock);
}

static void wait_at_gate(unsigned number) {
  pthread_mutex_lock(&state.lock);
  while (state.gate == number && !state.is_ending) pthread_cond_wait(&state.changed, &state.lock);
  pthread_mutex_unlock(&state.lock);
}

static char *end_of(char *line) { return line + strlen(line); }

static size_t room(const char *line, const char *end) { return 4 * LONGEST - (size_t)(end - line); }

static void add(char *line, const char *name, exhook_str text) {
  char *end = end_of(line);
  if (text.len > 0) {
    snprintf(end, room(line, end), " %s=" EXHOOK_STR_FORMAT, name, EXHOOK_STR_ARG(text));
  }
}

/* What a handler was called with. */
static void report(const char *kind, const exhook_call *call) {
  exhook_hook hook = exhook_call_hook(call);
  exhook_str name = exhook_hook_name(hook);
  char line[4 * LONGEST], *end;
  snprintf(line, sizeof(line), "%s " EXHOOK_STR_FORMAT, kind, EXHOOK_STR_ARG(name));
  add(line, "client", exhook_call_clientid(call));
  add(line, "node", exhook_call_node(call));
  add(line, "topic", exhook_call_topic(call));
  add(line, "version", exhook_call_broker_version(call));
  end = end_of(line);
  if (strncmp(name.data, "message.", 8) == 0) {
    snprintf(end, room(line, end), " size=%zu", exhook_call_message_payload(call).len);
  }
  if (hook == EXHOOK_HOOK_CLIENT_AUTHENTICATE || hook == EXHOOK_HOOK_CLIENT_AUTHORIZE) {
    snprintf(end, room(line, end), " result=%s", exhook_call_result(call) ? "true" : "false");
  }
  for (size_t index = 0; hook == EXHOOK_HOOK_CLIENT_SUBSCRIBE; index++) {
    if (index >= exhook_call_topic_filters_count(call)) break;
    add(line, "filter", exhook_call_topic_filters_name_at(call, index));
    end = end_of(line);
    snprintf(end, room(line, end), ":%u", exhook_call_topic_filters_subopts_qos_at(call, index));
  }
  for (size_t index = 0; hook == EXHOOK_HOOK_CLIENT_SUBSCRIBE; index++) {
    if (index >= exhook_call_user_props_count(call)) break;
    exhook_str value = exhook_call_user_props_value_at(call, index);
    add(line, "user", exhook_call_user_props_name_at(call, index));
    end = end_of(line);
    snprintf(end, room(line, end), ":" EXHOOK_STR_FORMAT, EXHOOK_STR_ARG(value));
  }
  say("%s", line);
}

/* What is answered to the client of a call. */
static const char *words_for(const handler *handler, const exhook_call *call) {
  exhook_str id = exhook_call_clientid(call);
  const char *words = "none";
  size_t length = 0;
  while (length < id.len && id.data[length] != '/') length++;
  for (size_t index = 0; index < handler->count; index++) {
    const answer *each = &handler->answers[index];
    if (strcmp(each->client, "*") == 0) words = each->words;
  }
  for (size_t index = 0; index < handler->count; index++) {
    const answer *each = &handler->answers[index];
    if (strlen(each->client) == length && memcmp(each->client, id.data, length) == 0)
      words = each->words;
  }
  return words;
}

static void reply_message(exhook_call *call, const char *changes) {
  exhook_message *message = exhook_message_new();
  char words[LONGEST], *rest = NULL;
  snprintf(words, sizeof(words), "%s", changes);
  if (strcmp(words, "echo") == 0)
    exhook_message_set_payload(message, exhook_call_message_payload(call));
  for (char *word = strtok_r(words, " ", &rest); word; word = strtok_r(NULL, " ", &rest)) {
    char *value = strchr(word, '=');
    if (value == NULL) continue;
    value++;
    if (*word == 't') exhook_message_set_topic(message, exhook_str_of(value));
    if (*word == 'q') exhook_message_set_qos(message, (uint32_t)atoi(value));
    if (*word == 'p') exhook_message_set_payload(message, exhook_bytes_of(value, strlen(value)));
  }
  exhook_reply_message(call, message);
  exhook_message_free(message);
}

static void answer_call(const handler *handler, exhook_call *call, unsigned number) {
  const char *words = words_for(handler, call);
  bool is_publish = exhook_call_hook(call) == EXHOOK_HOOK_MESSAGE_PUBLISH;
  for (;; words = strchr(words, ' ') + 1) {
    if (strncmp(words, "hold ", 5) == 0) {
      wait_at_gate(number);
    } else if (strncmp(words, "sleep ", 6) == 0) {
      words += 6;
      struct timespec pause = {0, atol(words) * 1000000};
      nanosleep(&pause, NULL);
    } else {
      break;
    }
  }
  report("ended", call);
  if (strcmp(words, "allow") == 0) exhook_reply_allow(call);
  if (strcmp(words, "deny") == 0) exhook_reply_deny(call);
  if (strcmp(words, "true") == 0) exhook_reply_bool(call, true);
  if (strcmp(words, "false") == 0) exhook_reply_bool(call, false);
  if (strcmp(words, "ignore") == 0 || strcmp(words, "none") == 0) exhook_reply_ignore(call);
  if (strcmp(words, "keep_going true") == 0) exhook_reply_keep_going(call, true);
  if (strcmp(words, "keep_going false") == 0) exhook_reply_keep_going(call, false);
  if (strcmp(words, "block") == 0) exhook_reply_block(call);
  if (strcmp(words, "raise") == 0) exhook_reply_error(call);
  if (strcmp(words, "wrong") == 0 && is_publish) exhook_reply_allow(call);
  if (strcmp(words, "wrong") == 0 && !is_publish) exhook_reply_block(call);
  if (strcmp(words, "echo") == 0 || strncmp(words, "replace ", 8) == 0) reply_message(call, words);
}

static void *answer_later(void *argument) {
  deferral *deferred = argument;
  answer_call(deferred->handler, deferred->call, deferred->gate);
  exhook_call_free(deferred->call);
  free(deferred);
  pthread_mutex_lock(&state.lock);
  state.deferred--;
  pthread_cond_broadcast(&state.changed);
  pthread_mutex_unlock(&state.lock);
  return NULL;
}

static void on_call(exhook_call *call, void *user) {
  const handler *handler = user;
  unsigned number = gate();
  report("called", call);
  if (!handler->is_deferred) {
    answer_call(handler, call, number);
    return;
  }
  deferral *deferred = malloc(sizeof(*deferred));
  pthread_t thread;
  require(deferred != NULL, "no memory");
  *deferred = (deferral){handler, exhook_call_defer(call), number};
  pthread_mutex_lock(&state.lock);
  state.deferred++;
  pthread_mutex_unlock(&state.lock);
  require(pthread_create(&thread, NULL, answer_later, deferred) == 0, "no thread");
  pthread_detach(thread);
}

static void set_option(exhook_server *server, const char *name, const char *text) {
  uint64_t value = strtoull(text, NULL, 10);
  if (strcmp(name, "timeout_ms") == 0)
    no_error(exhook_server_set_timeout_ms(server, value));
  else if (strcmp(name, "max_inflight") == 0)
    no_error(exhook_server_set_max_inflight(server, value));
  else if (strcmp(name, "inbox_capacity") == 0)
    no_error(exhook_server_set_inbox_capacity(server, value));
  else if (strcmp(name, "max_message_bytes") == 0)
    no_error(exhook_server_set_max_message_bytes(server, value));
  else if (strcmp(name, "companion") == 0)
    no_error(exhook_server_set_companion(server, strcmp(text, "true") == 0));
  else
    require(false, name);
}

static void set_of_handler(handler *handler, char *name, char *value) {
  static const char *const fallbacks[] = {"", "allow", "deny", "ignore", "block"};
  char *rest = NULL;
  if (strcmp(name, "kind") == 0) {
    handler->is_deferred = strcmp(value, "deferred") == 0;
    exhook_options_set_inline(handler->options, strcmp(value, "inline") == 0);
  } else if (strcmp(name, "timeout_ms") == 0) {
    exhook_options_set_timeout_ms(handler->options, strtoull(value, NULL, 10));
  } else if (strcmp(name, "ack") == 0) {
    exhook_options_set_ack(handler->options, EXHOOK_ACK_LATE);
  } else if (strcmp(name, "shadow") == 0) {
    exhook_options_set_shadow(handler->options, strcmp(value, "true") == 0);
  } else if (strcmp(name, "topics") == 0) {
    for (char *one = strtok_r(value, ",", &rest); one; one = strtok_r(NULL, ",", &rest))
      exhook_options_add_topic(handler->options, exhook_str_of(one));
  } else if (strcmp(name, "fallback") == 0) {
    exhook_fallback fallback = EXHOOK_FALLBACK_IGNORE; /* also: unchanged */
    for (unsigned number = 1; number <= EXHOOK_FALLBACK_BLOCK; number++)
      if (strcmp(value, fallbacks[number]) == 0) fallback = (exhook_fallback)number;
    exhook_options_set_fallback(handler->options, fallback);
  } else {
    require(false, name);
  }
}

static void read_handler(handler *handler, char *text) {
  char *rest = NULL, *word = strtok_r(text, " ", &rest);
  unsigned number = EXHOOK_HOOK_PROVIDER_LOADED;
  require(word != NULL, "a handler without hook");
  while (!exhook_str_eq(exhook_hook_name((exhook_hook)number), exhook_str_of(word))) {
    number++;
    require(number < 256, word);
  }
  handler->hook = (exhook_hook)number;
  handler->options = exhook_options_new();
  while ((word = strtok_r(NULL, " ", &rest)) != NULL) {
    char *value = strchr(word, '=');
    require(value != NULL, word);
    *value = '\0';
    set_of_handler(handler, word, value + 1);
  }
}

static void read_answer(handler *handler, char *text) {
  char *words = strchr(text, ' ');
  require(words != NULL && handler->count < MOST, "an answer that cannot be kept");
  answer *answer = &handler->answers[handler->count++];
  *words++ = '\0';
  snprintf(answer->client, sizeof(answer->client), "%s", text);
  snprintf(answer->words, sizeof(answer->words), "%s", words);
}

static void read_program(exhook_server *server, handler *handlers) {
  char line[LONGEST], bind[LONGEST] = "";
  size_t count = 0;
  while (fgets(line, sizeof(line), stdin)) {
    line[strcspn(line, "\n")] = '\0';
    char *rest = strchr(line, ' ');
    if (rest != NULL) *rest++ = '\0';
    if (strcmp(line, "start") == 0) break;
    require(rest != NULL && count < MOST, line);
    if (strcmp(line, "option") == 0) {
      char *value = strchr(rest, ' ');
      require(value != NULL, rest);
      *value++ = '\0';
      set_option(server, rest, value);
    } else if (strcmp(line, "handler") == 0) {
      read_handler(&handlers[count++], rest);
    } else if (strcmp(line, "answer") == 0) {
      require(count > 0, rest);
      read_answer(&handlers[count - 1], rest);
    } else if (strcmp(line, "bind") == 0) {
      snprintf(bind, sizeof(bind), "%s", rest);
    }
  }
  if (*bind == '\0') exit(0);
  for (size_t index = 0; index < count; index++) {
    handler *each = &handlers[index];
    no_error(exhook_server_on_with(server, each->hook, each->options, on_call, each, NULL));
    exhook_options_free(each->options);
  }
  no_error(exhook_server_start(server, exhook_str_of(bind)));
}

int main(void) {
  static handler handlers[MOST];
  char line[LONGEST];
  exhook_server *server = exhook_server_new();
  exhook_str address;
  say("runner c kinds=sync,inline,deferred waits=sync,deferred lacks=text");
  read_program(server, handlers);
  address = exhook_server_address(server);
  say("listening " EXHOOK_STR_FORMAT, EXHOOK_STR_ARG(address));
  while (fgets(line, sizeof(line), stdin)) {
    if (strcmp(line, "release\n") != 0) continue;
    open_gate(false);
    say("released");
  }
  open_gate(true);
  no_error(exhook_server_stop(server));
  pthread_mutex_lock(&state.lock);
  while (state.deferred > 0) pthread_cond_wait(&state.changed, &state.lock);
  pthread_mutex_unlock(&state.lock);
  exhook_server_free(server);
  return 0;
}
