#include "hooks.h"

#include <stdlib.h>
#include <string.h>

static void authenticate(exhook_call *call, void *user) {
  (void)user;
  exhook_reply_bool(call,
                    exhook_str_eq(exhook_call_clientinfo_username(call), EXHOOK_STR("alice")));
}

static void say_seen(exhook_call *call, void *user) {
  static const char seen[] = "seen: ";
  exhook_bytes old = exhook_call_message_payload(call);
  exhook_message *message = exhook_message_new();
  char *payload = malloc(sizeof seen + old.len);
  (void)user;
  memcpy(payload, seen, strlen(seen));
  memcpy(payload + strlen(seen), old.data, old.len);
  exhook_message_give_payload(message, exhook_bytes_of(payload, strlen(seen) + old.len), free,
                              payload);
  exhook_reply_message(call, message);
  exhook_message_free(message);
}

static void seen(exhook_call *call, void *user) {
  (void)call;
  (void)user;
}

void add_hooks(exhook_server *server) {
  exhook_error_free(
      exhook_server_on(server, EXHOOK_HOOK_CLIENT_AUTHENTICATE, authenticate, NULL, NULL));
  exhook_error_free(exhook_server_on(server, EXHOOK_HOOK_MESSAGE_PUBLISH, say_seen, NULL, NULL));
  exhook_error_free(exhook_server_on(server, EXHOOK_HOOK_CLIENT_CONNECTED, seen, NULL, NULL));
}
