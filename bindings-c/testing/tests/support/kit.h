/* A server with handlers, and a simulated broker that has loaded it. */

#ifndef EXHOOK_TESTS_KIT_H
#define EXHOOK_TESTS_KIT_H

#include <exhook_test.h>

#include "test.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct kit {
  exhook_server *server;
  exhook_test_broker *broker;
} kit;

/* A broker like this version of EMQX, or the newest for NULL, which waits for slow machines. */
exhook_test_broker *kit_broker(const char *version);

/* A server with one handler. */
exhook_server *kit_server(exhook_hook hook, exhook_callback callback, void *user);

/* Starts a server on a free port, and lets a broker load it. */
kit kit_start(exhook_server *server, const char *version);

/* Frees broker and server. */
void kit_end(kit *kit);

/* A client that is not connected. */
exhook_test_client *kit_client(const kit *kit, const char *clientid);

/* A client that is connected. */
exhook_test_client *kit_connected(const kit *kit, const char *clientid);

/* Each check frees the error. */
bool kit_check_error(exhook_test_error *error, exhook_code expected, const char *part,
                     const char *file, int line, const char *what);

#define CHECK_DONE(error) kit_check_error((error), EXHOOK_OK, "", __FILE__, __LINE__, #error)
#define CHECK_REFUSED(error, code, part)                                                           \
  kit_check_error((error), (code), (part), __FILE__, __LINE__, #error)
#define CHECK_PAYLOAD(message, expected)                                                           \
  CHECK(exhook_test_bytes_eq(exhook_test_message_payload(message), EXHOOK_BYTES(expected)))

#ifdef __cplusplus
}
#endif

#endif
