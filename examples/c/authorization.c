/* Who may publish and subscribe to what: the first rule that covers the topic decides. */

#include <exhook.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef exhook_code verdict(exhook_call *call);

static verdict yes_unless_others_object, no_unless_others_agree;

enum asked { TO_PUBLISH = 1, TO_SUBSCRIBE = 2, ANYTHING = TO_PUBLISH | TO_SUBSCRIBE };

static const struct rule {
  const char *username; /* NULL: everybody */
  enum asked asked;
  const char *beginning; /* of the topic */
  verdict *answer;
} rules[] = {
    {"dashboard", ANYTHING, "", exhook_reply_allow},
    {"worker", TO_SUBSCRIBE, "jobs/", exhook_reply_allow},
    /* Filters that cover everything, and the topics of the broker. */
    {NULL, ANYTHING, "+", exhook_reply_deny},
    {NULL, ANYTHING, "#", exhook_reply_deny},
    {NULL, ANYTHING, "$", exhook_reply_deny},
    {NULL, TO_PUBLISH, "sensors/", exhook_reply_allow},
    {NULL, TO_SUBSCRIBE, "sensors/", yes_unless_others_object},
    {NULL, ANYTHING, "jobs/", no_unless_others_agree},
    /* Without a rule those of the broker decide. */
    {NULL, ANYTHING, "", exhook_reply_ignore},
};

static exhook_code yes_unless_others_object(exhook_call *call) {
  return exhook_reply_keep_going(call, true);
}

static exhook_code no_unless_others_agree(exhook_call *call) {
  return exhook_reply_keep_going(call, false);
}

static bool covers(const struct rule *rule, exhook_str username, enum asked asked,
                   exhook_str topic) {
  size_t len = strlen(rule->beginning);
  return (rule->asked & asked) != 0 && topic.len >= len &&
         memcmp(topic.data, rule->beginning, len) == 0 &&
         (rule->username == NULL || exhook_str_eq(username, exhook_str_of(rule->username)));
}

static void authorize(exhook_call *call, void *user) {
  exhook_str username = exhook_call_clientinfo_username(call), topic = exhook_call_topic(call);
  enum asked asked = exhook_call_type(call) == EXHOOK_AUTHORIZE_PUBLISH ? TO_PUBLISH : TO_SUBSCRIBE;
  const struct rule *rule = rules;
  (void)user;
  while (!covers(rule, username, asked, topic)) rule++; /* the last one covers everything */
  rule->answer(call);
}

int main(void) {
  const char *bind = getenv("EXHOOK_BIND");
  exhook_server *server = exhook_server_new();
  exhook_options *options = exhook_options_new();
  exhook_error *error;
  int status = EXIT_SUCCESS;

  /* It only looks at memory: no other thread is needed, and calls are answered at once. */
  exhook_options_set_inline(options, true);
  error =
      exhook_server_on_with(server, EXHOOK_HOOK_CLIENT_AUTHORIZE, options, authorize, NULL, NULL);
  if (!error) error = exhook_server_listen(server, exhook_str_of(bind ? bind : "127.0.0.1:9000"));
  if (error) {
    fprintf(stderr, "authorization: %s\n", exhook_error_text(error));
    exhook_error_free(error);
    status = EXIT_FAILURE;
  }
  exhook_options_free(options);
  exhook_server_free(server);
  return status;
}
