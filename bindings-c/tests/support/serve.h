/* A server and a broker that calls it. */

#ifndef EXHOOK_TESTS_SERVE_H
#define EXHOOK_TESTS_SERVE_H

#include <stdint.h>

#include "broker.h"
#include "test.h"

#ifdef __cplusplus
extern "C" {
#endif

/* A server that runs, and a broker that is connected to it. */
typedef struct served {
  exhook_server *server;
  broker *broker;
} served;

/* A server that does not run yet; its options leave slow machines all the time they need. */
exhook_server *serve_new(void);

/* Adds a handler; no other may fail. */
void serve_on(exhook_server *server, exhook_hook hook, exhook_callback callback, void *user);

/* The same with options, which are freed. */
void serve_on_with(exhook_server *server, exhook_hook hook, exhook_options *options,
                   exhook_callback callback, void *user);

/* Starts a server on a free port, and connects a broker that speaks `package`. */
served serve_start(exhook_server *server, uint32_t package);

/* Connects one more broker to a server that runs. */
broker *serve_connect(const exhook_server *server, uint32_t package);

/* Closes the broker, stops the server and frees it. */
void serve_end(served *served);

/* Calls a hook for a client, and waits. */
broker_answer serve_call(const broker *broker, const char *hook, const char *clientid);

/* Starts the same. */
broker_pending *serve_begin(const broker *broker, const char *hook, const char *clientid);

#define CHECK_ANSWER(answer, expected)                                                             \
  do {                                                                                             \
    broker_answer seen_ = (answer);                                                                \
    test_check_text(seen_.text, (expected), __FILE__, __LINE__, #answer);                          \
  } while (0)

#ifdef __cplusplus
}
#endif

#endif
