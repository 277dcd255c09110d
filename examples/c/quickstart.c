/* Who may connect, who may use which topic, a time for each reading, and who is online. */

#include <exhook.h>
#include <pthread.h>
#include <search.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static const char *const passwords[][2] = {
    {"alice", "pw"}, {"bob", "b"}, {"carol", "c"}, {"dashboard", "s3cret"}, {"worker", "x"}};

/* Callbacks run on several threads; those of one client come one after another. */
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static void *online; /* a tree of client ids */
static size_t online_count;

static void say(exhook_call *call, exhook_str topic, const char *decision) {
  exhook_str clientid = exhook_call_clientid(call);
  printf(EXHOOK_STR_FORMAT ": " EXHOOK_STR_FORMAT "%s\n", EXHOOK_STR_ARG(clientid),
         EXHOOK_STR_ARG(topic), decision);
}

static void authenticate(exhook_call *call, void *user) {
  exhook_str name = exhook_call_clientinfo_username(call);
  exhook_str password = exhook_call_clientinfo_password(call);
  bool allowed = false;
  (void)user;
  for (size_t i = 0; i < sizeof passwords / sizeof passwords[0]; i++)
    allowed |= exhook_str_eq(name, exhook_str_of(passwords[i][0])) &&
               exhook_str_eq(password, exhook_str_of(passwords[i][1]));
  say(call, EXHOOK_STR("login"), allowed ? " accepted" : " refused");
  exhook_reply_bool(call, allowed);
}

static void authorize(exhook_call *call, void *user) {
  static const char readings[] = "sensors/";
  exhook_str topic = exhook_call_topic(call);
  bool is_reading =
      topic.len >= strlen(readings) && !memcmp(topic.data, readings, strlen(readings));
  bool allowed =
      is_reading || exhook_str_eq(exhook_call_clientinfo_username(call), EXHOOK_STR("dashboard"));
  (void)user;
  say(call, topic, allowed ? " allowed" : " denied");
  exhook_reply_bool(call, allowed);
}

static void add_time(exhook_call *call, void *user) {
  exhook_bytes old = exhook_call_message_payload(call);
  exhook_message *message = exhook_message_new();
  char *payload = malloc(old.len + 32);
  (void)user;
  if (message != NULL && payload != NULL) {
    size_t len = (size_t)sprintf(payload, "%lld ", (long long)time(NULL));
    memcpy(payload + len, old.data, old.len);
    say(call, exhook_call_topic(call), " gets a time");
    /* The library calls free(payload) when the broker has it. */
    exhook_message_give_payload(message, exhook_bytes_of(payload, len + old.len), free, payload);
    exhook_reply_message(call, message);
  } else { /* the broker is told the fallback: publish it as it is */
    free(payload);
    exhook_reply_error(call);
  }
  exhook_message_free(message);
}

static int compare(const void *left, const void *right) { return strcmp(left, right); }

static void presence(exhook_call *call, void *user) {
  exhook_str clientid = exhook_call_clientid(call), hook = exhook_hook_name(exhook_call_hook(call));
  char *key = strndup(clientid.data, clientid.len);
  char **entry;
  (void)user;
  if (key == NULL) return;
  pthread_mutex_lock(&lock);
  if (exhook_call_hook(call) == EXHOOK_HOOK_CLIENT_CONNECTED) {
    entry = tsearch(key, &online, compare);
    if (entry != NULL && *entry == key) { /* it is new, and the tree has the key now */
      online_count++;
      key = NULL;
    }
  } else if ((entry = tfind(key, &online, compare)) != NULL) {
    char *gone = *entry;
    tdelete(key, &online, compare);
    online_count--;
    free(gone);
  }
  printf(EXHOOK_STR_FORMAT ": " EXHOOK_STR_FORMAT ", %zu online\n", EXHOOK_STR_ARG(clientid),
         EXHOOK_STR_ARG(hook), online_count);
  pthread_mutex_unlock(&lock);
  free(key);
}

int main(void) {
  const char *bind = getenv("EXHOOK_BIND");
  exhook_server *server = exhook_server_new();
  exhook_options *readings = exhook_options_new();
  exhook_error *error;
  int status = EXIT_SUCCESS;

  setvbuf(stdout, NULL, _IOLBF, 0);
  exhook_options_add_topic(readings, EXHOOK_STR("sensors/#")); /* the broker calls only for these */
  error = exhook_server_on(server, EXHOOK_HOOK_CLIENT_AUTHENTICATE, authenticate, NULL, NULL);
  if (!error) error = exhook_server_on(server, EXHOOK_HOOK_CLIENT_AUTHORIZE, authorize, NULL, NULL);
  if (!error)
    error =
        exhook_server_on_with(server, EXHOOK_HOOK_MESSAGE_PUBLISH, readings, add_time, NULL, NULL);
  if (!error) error = exhook_server_on(server, EXHOOK_HOOK_CLIENT_CONNECTED, presence, NULL, NULL);
  if (!error)
    error = exhook_server_on(server, EXHOOK_HOOK_CLIENT_DISCONNECTED, presence, NULL, NULL);
  /* Returns after Ctrl-C, when everything that runs is finished. */
  if (!error) error = exhook_server_listen(server, exhook_str_of(bind ? bind : "127.0.0.1:9000"));
  if (error) {
    fprintf(stderr, "quickstart: %s\n", exhook_error_text(error));
    exhook_error_free(error);
    status = EXIT_FAILURE;
  }
  exhook_options_free(readings);
  exhook_server_free(server);
  while (online != NULL) {
    char *clientid = *(char **)online;
    tdelete(clientid, &online, compare);
    free(clientid);
  }
  return status;
}
