/* generated, do not edit, run `make gen` */

/** @file
 * Extend the EMQX MQTT broker in C: callbacks for its exhook hooks, without gRPC code.
 *
 * @code
 * static void authenticate(exhook_call *call, void *user) {
 *   exhook_str name = exhook_call_clientinfo_username(call);
 *   exhook_reply_bool(call, exhook_str_eq(name, EXHOOK_STR("alice")));
 * }
 *
 * int main(void) {
 *   exhook_server *server = exhook_server_new();
 *   exhook_error *error =
 *       exhook_server_on(server, EXHOOK_HOOK_CLIENT_AUTHENTICATE, authenticate, NULL, NULL);
 *   if (!error) error = exhook_server_listen(server, EXHOOK_STR("0.0.0.0:9000"));
 *   if (error) fprintf(stderr, "%s\n", exhook_error_text(error));
 *   exhook_error_free(error);
 *   exhook_server_free(server);
 * }
 * @endcode
 *
 * What can fail at the start returns an error to be freed, or NULL; what is done with a call or a
 * message returns a number, which is `EXHOOK_OK` where all is well. NULL is tolerated everywhere:
 * it gives `EXHOOK_ERR_NULL`, or an empty value and a line in the log. Each function says who owns
 * what, on which threads it may be called, and until when a view that it returns is valid. */

#ifndef EXHOOK_H
#define EXHOOK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/** The version of the library that this header belongs to. */
#define EXHOOK_VERSION "0.1.0"

#ifdef __cplusplus
/** The view of a string literal. */
#define EXHOOK_STR(literal) (exhook_str{literal "", sizeof(literal) - 1})
/** The bytes of a string literal. */
#define EXHOOK_BYTES(literal) (exhook_bytes_of(literal "", sizeof(literal) - 1))
#else
/** The view of a string literal. */
#define EXHOOK_STR(literal) ((exhook_str){literal "", sizeof(literal) - 1})
/** The bytes of a string literal. */
#define EXHOOK_BYTES(literal) ((exhook_bytes){(const uint8_t *)(literal ""), sizeof(literal) - 1})
#endif

/** What prints a view: printf("name " EXHOOK_STR_FORMAT "\n", EXHOOK_STR_ARG(name)). */
#define EXHOOK_STR_FORMAT "%.*s"
/** The arguments that EXHOOK_STR_FORMAT takes for a view. */
#define EXHOOK_STR_ARG(str) (int)(str).len, (str).data


/**
 * The version of the interface that the header describes. A library of another version is none
 * that a program built with this header can use.
 */
#define EXHOOK_ABI_VERSION 1

/**
 * What became of a call of a function. The numbers never change their meaning.
 */
enum exhook_code
#if defined(__cplusplus) || __STDC_VERSION__ >= 202311L
  : uint32_t
#endif // defined(__cplusplus) || __STDC_VERSION__ >= 202311L
 {
  /**
   * It did what it should.
   */
  EXHOOK_OK = 0,
  /**
   * An option or topic filter has no meaning.
   */
  EXHOOK_ERR_INVALID_OPTION = 1,
  /**
   * The address to listen on cannot be read.
   */
  EXHOOK_ERR_INVALID_ADDRESS = 2,
  /**
   * The address is used by another process.
   */
  EXHOOK_ERR_ADDRESS_IN_USE = 3,
  /**
   * The system refused a socket, a thread or a signal handler.
   */
  EXHOOK_ERR_IO = 4,
  /**
   * The server is running where it must not be, or the other way round; or the function must not
   * be called inside a callback.
   */
  EXHOOK_ERR_WRONG_STATE = 5,
  /**
   * This process was forked from the one whose server it is.
   */
  EXHOOK_ERR_FORKED = 6,
  /**
   * An argument is NULL that must not be.
   */
  EXHOOK_ERR_NULL = 100,
  /**
   * A text is not UTF-8.
   */
  EXHOOK_ERR_NOT_UTF8 = 101,
  /**
   * The broker has been answered by policy, because the deadline had passed, or it went away.
   */
  EXHOOK_ERR_TOO_LATE = 102,
  /**
   * The verdict does not suit the hook; the fallback was answered.
   */
  EXHOOK_ERR_WRONG_VERDICT = 103,
  /**
   * The broker could not publish the message; the fallback was answered.
   */
  EXHOOK_ERR_BAD_MESSAGE = 104,
  /**
   * The program has answered this call before.
   */
  EXHOOK_ERR_ANSWERED = 105,
  /**
   * The call was not deferred, so it is not the program's to free.
   */
  EXHOOK_ERR_NOT_DEFERRED = 106,
  /**
   * A defect of the library, which was caught; the log says more.
   */
  EXHOOK_ERR_PANIC = 107,
};
#ifndef __cplusplus
#if __STDC_VERSION__ >= 202311L
typedef enum exhook_code exhook_code;
#else
typedef uint32_t exhook_code;
#endif // __STDC_VERSION__ >= 202311L
#endif // __cplusplus

/**
 * A hook of the broker, or one of the two calls about the provider itself. The numbers never
 * change.
 */
enum exhook_hook
#if defined(__cplusplus) || __STDC_VERSION__ >= 202311L
  : uint32_t
#endif // defined(__cplusplus) || __STDC_VERSION__ >= 202311L
 {
  /**
   * `provider.loaded`. Every broker node calls it when it loads this server: at broker start, when
   * the server is added, changed or enabled, and when a lost connection does not recover in time.
   */
  EXHOOK_HOOK_PROVIDER_LOADED = 0,
  /**
   * `provider.unloaded`. The broker calls it when the server is disabled, deleted or changed and
   * when the broker stops, never when a connection is lost.
   */
  EXHOOK_HOOK_PROVIDER_UNLOADED = 1,
  /**
   * `client.connect`. The broker calls it when a CONNECT packet arrives, before authentication.
   */
  EXHOOK_HOOK_CLIENT_CONNECT = 2,
  /**
   * `client.connack`. The broker calls it before it sends CONNACK.
   */
  EXHOOK_HOOK_CLIENT_CONNACK = 3,
  /**
   * `client.connected`. The broker calls it when a client is accepted.
   */
  EXHOOK_HOOK_CLIENT_CONNECTED = 4,
  /**
   * `client.disconnected`. The broker calls it when the connection of an accepted client ends.
   */
  EXHOOK_HOOK_CLIENT_DISCONNECTED = 5,
  /**
   * `client.authenticate`. The broker calls it when a client logs in and no built-in authenticator
   * decides.
   */
  EXHOOK_HOOK_CLIENT_AUTHENTICATE = 6,
  /**
   * `client.authorize`. The broker calls it when a client publishes or subscribes and no
   * authorization source matches.
   */
  EXHOOK_HOOK_CLIENT_AUTHORIZE = 7,
  /**
   * `client.subscribe`. The broker calls it when a client subscribes, after authorization.
   */
  EXHOOK_HOOK_CLIENT_SUBSCRIBE = 8,
  /**
   * `client.unsubscribe`. The broker calls it when a client unsubscribes.
   */
  EXHOOK_HOOK_CLIENT_UNSUBSCRIBE = 9,
  /**
   * `session.created`. The broker calls it when a client begins a new session.
   */
  EXHOOK_HOOK_SESSION_CREATED = 10,
  /**
   * `session.subscribed`. The broker calls it once for each topic filter that a session subscribes
   * to.
   */
  EXHOOK_HOOK_SESSION_SUBSCRIBED = 11,
  /**
   * `session.unsubscribed`. The broker calls it once for each topic filter that a session gives up.
   */
  EXHOOK_HOOK_SESSION_UNSUBSCRIBED = 12,
  /**
   * `session.resumed`. The broker calls it when a client resumes its earlier session.
   */
  EXHOOK_HOOK_SESSION_RESUMED = 13,
  /**
   * `session.discarded`. The broker calls it when a client connects with a clean start and so
   * removes its earlier session.
   */
  EXHOOK_HOOK_SESSION_DISCARDED = 14,
  /**
   * `session.takenover`. The broker calls it when a new connection of the same client id takes a
   * session over.
   */
  EXHOOK_HOOK_SESSION_TAKENOVER = 15,
  /**
   * `session.terminated`. The broker calls it when a session ends.
   */
  EXHOOK_HOOK_SESSION_TERMINATED = 16,
  /**
   * `message.publish`. The broker calls it for each published message, including wills and messages
   * of its HTTP API, but not for topics that begin with `$SYS/`.
   */
  EXHOOK_HOOK_MESSAGE_PUBLISH = 17,
  /**
   * `message.delivered`. The broker calls it before it sends a message to a subscriber, once for
   * each subscriber.
   */
  EXHOOK_HOOK_MESSAGE_DELIVERED = 18,
  /**
   * `message.dropped`. The broker calls it when it does not deliver a message, for example because
   * nobody subscribes.
   */
  EXHOOK_HOOK_MESSAGE_DROPPED = 19,
  /**
   * `message.acked`. The broker calls it when a subscriber acknowledges a message of QoS 1 or 2.
   */
  EXHOOK_HOOK_MESSAGE_ACKED = 20,
  /**
   * `message.ingress`. The broker calls it when a client publishes, before publish authorization
   * takes effect.
   */
  EXHOOK_HOOK_MESSAGE_INGRESS = 21,
};
#ifndef __cplusplus
#if __STDC_VERSION__ >= 202311L
typedef enum exhook_hook exhook_hook;
#else
typedef uint32_t exhook_hook;
#endif // __STDC_VERSION__ >= 202311L
#endif // __cplusplus

/**
 * Publish or subscribe; QoS and retain flag are not told.
 */
enum exhook_authorize_type
#if defined(__cplusplus) || __STDC_VERSION__ >= 202311L
  : uint32_t
#endif // defined(__cplusplus) || __STDC_VERSION__ >= 202311L
 {
  /**
   * To publish.
   */
  EXHOOK_AUTHORIZE_PUBLISH = 0,
  /**
   * To subscribe.
   */
  EXHOOK_AUTHORIZE_SUBSCRIBE = 1,
};
#ifndef __cplusplus
#if __STDC_VERSION__ >= 202311L
typedef enum exhook_authorize_type exhook_authorize_type;
#else
typedef uint32_t exhook_authorize_type;
#endif // __STDC_VERSION__ >= 202311L
#endif // __cplusplus

/**
 * How much a record matters, and from where on records are let through.
 */
enum exhook_log_level
#if defined(__cplusplus) || __STDC_VERSION__ >= 202311L
  : uint32_t
#endif // defined(__cplusplus) || __STDC_VERSION__ >= 202311L
 {
  /**
   * No records at all.
   */
  EXHOOK_LOG_OFF = 0,
  /**
   * Something is lost, or wrong.
   */
  EXHOOK_LOG_ERROR = 1,
  /**
   * Something may become wrong.
   */
  EXHOOK_LOG_WARN = 2,
  /**
   * What one may want to know.
   */
  EXHOOK_LOG_INFO = 3,
  /**
   * What helps to find mistakes.
   */
  EXHOOK_LOG_DEBUG = 4,
  /**
   * Everything.
   */
  EXHOOK_LOG_TRACE = 5,
};
#ifndef __cplusplus
#if __STDC_VERSION__ >= 202311L
typedef enum exhook_log_level exhook_log_level;
#else
typedef uint32_t exhook_log_level;
#endif // __STDC_VERSION__ >= 202311L
#endif // __cplusplus

/**
 * What is answered where a handler fails, is too slow, or does not answer.
 */
enum exhook_fallback
#if defined(__cplusplus) || __STDC_VERSION__ >= 202311L
  : uint32_t
#endif // defined(__cplusplus) || __STDC_VERSION__ >= 202311L
 {
  /**
   * What the hook has by itself: no to yes-or-no questions, messages as they are.
   */
  EXHOOK_FALLBACK_DEFAULT = 0,
  /**
   * Yes.
   */
  EXHOOK_FALLBACK_ALLOW = 1,
  /**
   * No.
   */
  EXHOOK_FALLBACK_DENY = 2,
  /**
   * No opinion; a message is published as it is.
   */
  EXHOOK_FALLBACK_IGNORE = 3,
  /**
   * The message does not reach its subscribers.
   */
  EXHOOK_FALLBACK_BLOCK = 4,
};
#ifndef __cplusplus
#if __STDC_VERSION__ >= 202311L
typedef enum exhook_fallback exhook_fallback;
#else
typedef uint32_t exhook_fallback;
#endif // __STDC_VERSION__ >= 202311L
#endif // __cplusplus

/**
 * When the broker is answered to a hook that only informs.
 */
enum exhook_ack
#if defined(__cplusplus) || __STDC_VERSION__ >= 202311L
  : uint32_t
#endif // defined(__cplusplus) || __STDC_VERSION__ >= 202311L
 {
  /**
   * At once; the callback runs after. The broker's client does not wait for it.
   */
  EXHOOK_ACK_EARLY = 0,
  /**
   * When the callback is done, or at the deadline.
   */
  EXHOOK_ACK_LATE = 1,
};
#ifndef __cplusplus
#if __STDC_VERSION__ >= 202311L
typedef enum exhook_ack exhook_ack;
#else
typedef uint32_t exhook_ack;
#endif // __STDC_VERSION__ >= 202311L
#endif // __cplusplus

/**
 * One call of a hook by a broker: what it is about, and the way to answer it.
 *
 * A callback is lent its call until it returns. It answers the call once, with one of the
 * `exhook_reply_…` functions; or it takes the call over with `exhook_call_defer`, to answer it
 * later from any thread. Where it does neither, the fallback of the hook is answered; hooks that
 * only inform need no answer.
 */
typedef struct exhook_call exhook_call;

/**
 * What went wrong, where, and what to do about it.
 */
typedef struct exhook_error exhook_error;

/**
 * One log record.
 */
typedef struct exhook_log_record exhook_log_record;

/**
 * The changes to a published message, for `exhook_reply_message`. What is not set stays as the
 * client sent it.
 */
typedef struct exhook_message exhook_message;

/**
 * What a server had counted when it was asked. Counters only grow while the server runs, and begin
 * at 0 when it is started again.
 */
typedef struct exhook_metrics exhook_metrics;

/**
 * The options of a handler, for `exhook_server_on_with`. One that is not set is as it is without
 * options.
 */
typedef struct exhook_options exhook_options;

/**
 * A server that brokers call hooks of: handlers and options first, then it is started.
 */
typedef struct exhook_server exhook_server;

/**
 * A text in UTF-8 that belongs to somebody else. It is not terminated by a NUL, and may contain
 * one.
 */
typedef struct exhook_str {
  /**
   * The first byte; never NULL in what the library returns.
   */
  const char *data;
  /**
   * How many bytes there are.
   */
  size_t len;
} exhook_str;

/**
 * Bytes that belong to somebody else.
 */
typedef struct exhook_bytes {
  /**
   * The first byte; never NULL in what the library returns.
   */
  const uint8_t *data;
  /**
   * How many bytes there are.
   */
  size_t len;
} exhook_bytes;

/**
 * Handles a call: answers it with one of the `exhook_reply_…` functions, defers it, or returns
 * without either. `user` is what was registered with the function.
 *
 * It returns in the end: one that ends its thread instead, as `pthread_exit()` does, ends the process.
 */
typedef void (*exhook_callback)(exhook_call *call, void *user);

/**
 * Called once with the pointer that was given with it, when that is needed no more.
 */
typedef void (*exhook_free)(void *user);

/**
 * Takes a log record. `user` is what was given with the function.
 */
typedef void (*exhook_log_callback)(const exhook_log_record *record, void *user);

#ifdef __cplusplus
extern "C" {
#endif // __cplusplus

/**
 * The version of the interface of the library that is running. Compare it with
 * `EXHOOK_ABI_VERSION`, the one that the program was built with, where the library is loaded by
 * hand: the linker's own loading compares them already.
 *
 * Ownership: nothing is handed over.
 * Threads: any.
 * Valid until: always.
 */
uint32_t exhook_abi_version(void);

/**
 * The version of the library that is running, such as `0.1.0`; `EXHOOK_VERSION` is the one that
 * the program was built with.
 *
 * Ownership: the text is the library's.
 * Threads: any.
 * Valid until: always.
 */
const char *exhook_version(void);

/**
 * The view of a text that ends with a NUL. NULL gives the empty text.
 *
 * Ownership: the text stays the caller's.
 * Threads: any.
 * Valid until: the text is changed or freed.
 */
exhook_str exhook_str_of(const char *text);

/**
 * Whether two texts are the same.
 *
 * Ownership: both stay the caller's.
 * Threads: any.
 * Valid until: nothing that is returned refers to anything.
 */
bool exhook_str_eq(exhook_str one, exhook_str other);

/**
 * The view of `len` bytes at `data`.
 *
 * Ownership: the bytes stay the caller's.
 * Threads: any.
 * Valid until: the bytes are changed or freed.
 */
exhook_bytes exhook_bytes_of(const void *data, size_t len);

/**
 * What a code means, and what to do about it. Unknown numbers have a text too.
 *
 * Ownership: the text is the library's.
 * Threads: any.
 * Valid until: always.
 */
const char *exhook_code_text(exhook_code code);

/**
 * The number of an error; `EXHOOK_OK` for NULL, which is success.
 *
 * Ownership: the error stays the caller's.
 * Threads: any.
 * Valid until: nothing that is returned refers to anything.
 */
exhook_code exhook_error_code(const exhook_error *error);

/**
 * The text of an error, ended by a NUL: what happened, where, and what to do.
 *
 * Ownership: the text belongs to the error.
 * Threads: any.
 * Valid until: the error is freed.
 */
const char *exhook_error_text(const exhook_error *error);

/**
 * Frees an error. NULL is fine.
 *
 * Ownership: the error is the library's again.
 * Threads: any.
 * Valid until: nothing that is returned refers to anything.
 */
void exhook_error_free(exhook_error *error);

/**
 * The name that EMQX gives a hook, such as `message.publish`; empty where there is no such hook.
 *
 * Ownership: the text is the library's.
 * Threads: any.
 * Valid until: always.
 */
exhook_str exhook_hook_name(exhook_hook hook);

/**
 * A server without handlers, with the default options.
 *
 * The threads of a server block all signals that come from outside, so that the program's own
 * threads receive them.
 *
 * Ownership: the server is the caller's, to be freed with `exhook_server_free`.
 * Threads: any.
 * Valid until: `exhook_server_free`.
 */
exhook_server *exhook_server_new(void);

/**
 * Stops a server if it runs, and frees it. NULL is fine.
 *
 * Inside a callback it does nothing and returns `EXHOOK_ERR_WRONG_STATE`, and so does it with
 * `EXHOOK_ERR_FORKED` in a child that was forked while the server ran. Deferred calls that are
 * still open stay the program's; answering them is harmless.
 *
 * Ownership: the server is the library's again; the `free_user` of each handler is called, at the
 * latest when its last callback has returned.
 * Threads: any; no other thread uses the server any more.
 * Valid until: nothing that is returned refers to anything.
 */
exhook_code exhook_server_free(exhook_server *server);

/**
 * Adds a handler behind those that the hook has already: `callback` is called for each call of the
 * hook by a broker, with `user`.
 *
 * Several handlers of a hook run in the order of their registration; the first final answer ends
 * the chain, and on `message.publish` each sees what the one before made of the message.
 *
 * Fails while the server runs, and where an argument has no meaning.
 *
 * Ownership: `user` is the library's until `free_user` is called with it, once, also on failure;
 * `free_user` may be NULL. A returned error is the caller's, to be freed.
 * Threads: any; `callback` runs on the library's lane threads, several calls at a time, but one
 * after another for the events of one client.
 * Valid until: what `user` points to is used until `free_user` is called.
 */
exhook_error *exhook_server_on(exhook_server *server,
                               exhook_hook hook,
                               exhook_callback callback,
                               void *user,
                               exhook_free free_user);

/**
 * Adds a handler with options. Otherwise like `exhook_server_on`. NULL for `options` is none.
 *
 * Ownership: `user` is the library's until `free_user` is called with it, once, also on failure;
 * `free_user` may be NULL. The options stay the caller's. A returned error is the caller's, to be
 * freed.
 * Threads: any; `callback` runs on the library's lane threads, or, where it is inline, on those
 * that read from the brokers.
 * Valid until: what `user` points to is used until `free_user` is called.
 */
exhook_error *exhook_server_on_with(exhook_server *server,
                                    exhook_hook hook,
                                    const exhook_options *options,
                                    exhook_callback callback,
                                    void *user,
                                    exhook_free free_user);

/**
 * Serves on `address`, `host:port` or `unix:/path`, and returns. Port 0 is a free one, which
 * `exhook_server_address` tells. A server that was stopped can be started again.
 *
 * Variables of the environment and the file of options win over the address and the other options
 * that the program sets: see `exhook_server_set_config_file` and `exhook_server_set_environment`.
 *
 * Fails where the server runs already, an option has no meaning, the address cannot be read or is
 * in use, or the system refuses sockets or threads.
 *
 * Ownership: the address is copied. A returned error is the caller's, to be freed.
 * Threads: any.
 * Valid until: the server is stopped or freed.
 */
exhook_error *exhook_server_start(exhook_server *server, exhook_str address);

/**
 * Serves on `address` until SIGINT or SIGTERM comes, or another thread stops the server; then it
 * finishes what runs, and returns. A second signal ends the process at once.
 *
 * A signal is left alone where the program handles or ignores it, and all is as before when the
 * function returns. Otherwise like `exhook_server_start`.
 *
 * Ownership: the address is copied. A returned error is the caller's, to be freed.
 * Threads: any, except inside a callback.
 * Valid until: nothing that is returned refers to anything.
 */
exhook_error *exhook_server_listen(exhook_server *server, exhook_str address);

/**
 * Waits until another thread has stopped the server. Fails where it was never started, and inside a
 * callback.
 *
 * Ownership: a returned error is the caller's, to be freed.
 * Threads: any, except inside a callback.
 * Valid until: nothing that is returned refers to anything.
 */
exhook_error *exhook_server_wait(exhook_server *server);

/**
 * Stops the server: accepts no more connections, waits for what runs and for queued events up to
 * `drain_timeout_ms`, and ends the threads. A server that does not run is left as it is.
 *
 * Fails inside a callback, for whose end it would wait, and in a child that was forked while the
 * server ran.
 *
 * Ownership: a returned error is the caller's, to be freed.
 * Threads: any, except inside a callback; a second thread waits until the first is done.
 * Valid until: nothing that is returned refers to anything.
 */
exhook_error *exhook_server_stop(exhook_server *server);

/**
 * Where the server listens, such as `127.0.0.1:9000`, with the real port where 0 was asked for.
 * Empty while it does not run.
 *
 * Ownership: the text belongs to the server.
 * Threads: any.
 * Valid until: the server is started again or freed.
 */
exhook_str exhook_server_address(const exhook_server *server);

/**
 * What the server has counted since it was started, also when it has been stopped since. NULL where
 * it was never started.
 *
 * Ownership: the metrics are the caller's, to be freed with `exhook_metrics_free`.
 * Threads: any.
 * Valid until: `exhook_metrics_free`.
 */
exhook_metrics *exhook_server_metrics(const exhook_server *server);

/**
 * How many lane threads there are at most, at least 1. One thread does all the work while callbacks
 * are quick; more are started as they block.
 *
 * Ownership: a returned error is the caller's, to be freed.
 * Threads: any; not while the server runs.
 * Valid until: the server is freed.
 */
exhook_error *exhook_server_set_threads(exhook_server *server, uint64_t threads);

/**
 * Names a file of options in TOML, which is read when the server is started: `timeout_ms = 500`.
 * Its options win over those that the program sets, and variables of the environment over it;
 * `EXHOOK_CONFIG` names another file. An empty path is none.
 *
 * Ownership: the path is copied. A returned error is the caller's, to be freed.
 * Threads: any; not while the server runs.
 * Valid until: the server is freed.
 */
exhook_error *exhook_server_set_config_file(exhook_server *server, exhook_str path);

/**
 * Whether variables of the environment win over what the program and its file of options say, when
 * the server is started: `EXHOOK_BIND` over the address, one for each option such as
 * `EXHOOK_TIMEOUT_MS`, `EXHOOK_THREADS`, and `EXHOOK_CONFIG` for the path of the file. They do
 * unless told otherwise.
 *
 * Ownership: a returned error is the caller's, to be freed.
 * Threads: any; not while the server runs.
 * Valid until: the server is freed.
 */
exhook_error *exhook_server_set_environment(exhook_server *server, bool value);

/**
 * Writes to standard output with which options the server would serve on `address`: a file of
 * options, with where each value is from as comments, and without secrets.
 *
 * Fails where `exhook_server_start` would because of an option or the file.
 *
 * Ownership: the address stays the caller's. A returned error is the caller's, to be freed.
 * Threads: any; not while the server runs.
 * Valid until: nothing that is returned refers to anything.
 */
exhook_error *exhook_server_print_config(exhook_server *server, exhook_str address);

/**
 * How long user code may take for an answer unless its handler says otherwise. The broker's own
 * `request_timeout`, less a tenth of it, counts where that is shorter. The default is 4000.
 *
 * Ownership: a returned error is the caller's, to be freed.
 * Threads: any; not while the server runs.
 * Valid until: the server is freed.
 */
exhook_error *exhook_server_set_timeout_ms(exhook_server *server, uint64_t value);

/**
 * How many calls may be running at once, brokers waiting for them. More are answered with the
 * fallback at once. The default is 10000.
 *
 * Ownership: a returned error is the caller's, to be freed.
 * Threads: any; not while the server runs.
 * Valid until: the server is freed.
 */
exhook_error *exhook_server_set_max_inflight(exhook_server *server, uint64_t value);

/**
 * How many notifications may be answered but not yet handled. More are held back, which slows the
 * broker down, and are dropped at the deadline. The default is 10000.
 *
 * Ownership: a returned error is the caller's, to be freed.
 * Threads: any; not while the server runs.
 * Valid until: the server is freed.
 */
exhook_error *exhook_server_set_inbox_capacity(exhook_server *server, uint64_t value);

/**
 * How many threads read, decode and answer; one serves some 100,000 calls a second. The default is
 * 1.
 *
 * Ownership: a returned error is the caller's, to be freed.
 * Threads: any; not while the server runs.
 * Valid until: the server is freed.
 */
exhook_error *exhook_server_set_io_threads(exhook_server *server, uint64_t value);

/**
 * The largest request that is decoded; larger ones are answered with the fallback. The default is
 * 16777216.
 *
 * Ownership: a returned error is the caller's, to be freed.
 * Threads: any; not while the server runs.
 * Valid until: the server is freed.
 */
exhook_error *exhook_server_set_max_message_bytes(exhook_server *server, uint64_t value);

/**
 * How much memory may be taken by requests that are arriving, and by answers that are not taken.
 * Requests that come while it is used up are answered with the fallback, unread. The default is
 * 268435456.
 *
 * Ownership: a returned error is the caller's, to be freed.
 * Threads: any; not while the server runs.
 * Valid until: the server is freed.
 */
exhook_error *exhook_server_set_max_buffered_bytes(exhook_server *server, uint64_t value);

/**
 * How many bytes of headers a request may have; those of a broker have some 400. The default is
 * 16384.
 *
 * Ownership: a returned error is the caller's, to be freed.
 * Threads: any; not while the server runs.
 * Valid until: the server is freed.
 */
exhook_error *exhook_server_set_max_header_bytes(exhook_server *server, uint64_t value);

/**
 * How many calls of one connection may be running at once; more are answered with the fallback at
 * once. The default is 5000.
 *
 * Ownership: a returned error is the caller's, to be freed.
 * Threads: any; not while the server runs.
 * Valid until: the server is freed.
 */
exhook_error *exhook_server_set_max_inflight_per_connection(exhook_server *server, uint64_t value);

/**
 * How many connections are served at once; more wait to be accepted until one ends. A quarter of
 * the files that the process may open is left to the program. The default is 4096.
 *
 * Ownership: a returned error is the caller's, to be freed.
 * Threads: any; not while the server runs.
 * Valid until: the server is freed.
 */
exhook_error *exhook_server_set_max_connections(exhook_server *server, uint64_t value);

/**
 * How many connections one address may have; more are closed as soon as they are accepted. A
 * broker opens `pool_size` of them, 8 unless told otherwise, but a proxy stands for many brokers.
 * The default is 1024.
 *
 * Ownership: a returned error is the caller's, to be freed.
 * Threads: any; not while the server runs.
 * Valid until: the server is freed.
 */
exhook_error *exhook_server_set_max_connections_per_peer(exhook_server *server, uint64_t value);

/**
 * How many connections may be at their beginning, TLS and the HTTP/2 preface, at once; more are
 * closed, oldest first, once they have had a second. The default is 256.
 *
 * Ownership: a returned error is the caller's, to be freed.
 * Threads: any; not while the server runs.
 * Valid until: the server is freed.
 */
exhook_error *exhook_server_set_max_handshakes(exhook_server *server, uint64_t value);

/**
 * How long a connection may take for its beginning: TLS and the HTTP/2 preface. The default is
 * 10000.
 *
 * Ownership: a returned error is the caller's, to be freed.
 * Threads: any; not while the server runs.
 * Valid until: the server is freed.
 */
exhook_error *exhook_server_set_handshake_timeout_ms(exhook_server *server, uint64_t value);

/**
 * How long a request may take to arrive whole; less where its broker waits less. The default is
 * 10000.
 *
 * Ownership: a returned error is the caller's, to be freed.
 * Threads: any; not while the server runs.
 * Valid until: the server is freed.
 */
exhook_error *exhook_server_set_receive_timeout_ms(exhook_server *server, uint64_t value);

/**
 * How long stopping waits for running calls and queued notifications. The default is 5000.
 *
 * Ownership: a returned error is the caller's, to be freed.
 * Threads: any; not while the server runs.
 * Valid until: the server is freed.
 */
exhook_error *exhook_server_set_drain_timeout_ms(exhook_server *server, uint64_t value);

/**
 * How long a server that is told to stop goes on as before, except that it says it is not ready,
 * so that load balancers can turn away from it first. The default is 0.
 *
 * Ownership: a returned error is the caller's, to be freed.
 * Threads: any; not while the server runs.
 * Valid until: the server is freed.
 */
exhook_error *exhook_server_set_drain_delay_ms(exhook_server *server, uint64_t value);

/**
 * How often a connection is probed with a PING, so that brokers that vanished are noticed: one
 * that has not answered when the next is due is let go. 0 turns probing off. The default is 30000.
 *
 * Ownership: a returned error is the caller's, to be freed.
 * Threads: any; not while the server runs.
 * Valid until: the server is freed.
 */
exhook_error *exhook_server_set_keepalive_interval_ms(exhook_server *server, uint64_t value);

/**
 * The server's certificate and those that lead to its authority, in PEM: the path of a file, or
 * the text itself. With `tls_key` it turns TLS on. The default is "".
 *
 * Ownership: the text is copied; a returned error is the caller's, to be freed.
 * Threads: any; not while the server runs.
 * Valid until: the server is freed.
 */
exhook_error *exhook_server_set_tls_cert(exhook_server *server, exhook_str value);

/**
 * The private key of `tls_cert`, in PEM: the path of a file, or the text itself. The default is
 * "".
 *
 * Ownership: the text is copied; a returned error is the caller's, to be freed.
 * Threads: any; not while the server runs.
 * Valid until: the server is freed.
 */
exhook_error *exhook_server_set_tls_key(exhook_server *server, exhook_str value);

/**
 * The authorities whose certificates brokers have to show, in PEM: the path of a file, or the text
 * itself. Without it brokers need no certificate. The default is "".
 *
 * Ownership: the text is copied; a returned error is the caller's, to be freed.
 * Threads: any; not while the server runs.
 * Valid until: the server is freed.
 */
exhook_error *exhook_server_set_tls_client_ca(exhook_server *server, exhook_str value);

/**
 * Which brokers are served: names (DNS, IP address or URI) of which their certificate has to have
 * one, parted by commas. Empty serves all that `tls_client_ca` vouches for. The default is "".
 *
 * Ownership: the text is copied; a returned error is the caller's, to be freed.
 * Threads: any; not while the server runs.
 * Valid until: the server is freed.
 */
exhook_error *exhook_server_set_tls_client_names(exhook_server *server, exhook_str value);

/**
 * Which brokers are served: SHA-256 fingerprints of which their certificate has to have one, in
 * hexadecimal, parted by commas. Empty serves all that `tls_client_ca` vouches for; where names
 * are given too, both have to hold. The default is "".
 *
 * Ownership: the text is copied; a returned error is the caller's, to be freed.
 * Threads: any; not while the server runs.
 * Valid until: the server is freed.
 */
exhook_error *exhook_server_set_tls_client_fingerprints(exhook_server *server, exhook_str value);

/**
 * The oldest version of TLS that is spoken: 1.2 or 1.3. The default is "1.2".
 *
 * Ownership: the text is copied; a returned error is the caller's, to be freed.
 * Threads: any; not while the server runs.
 * Valid until: the server is freed.
 */
exhook_error *exhook_server_set_tls_min_version(exhook_server *server, exhook_str value);

/**
 * How often the files of `tls_cert`, `tls_key` and `tls_client_ca` are looked at for changes,
 * which new connections get. 0 turns it off. The default is 10000.
 *
 * Ownership: a returned error is the caller's, to be freed.
 * Threads: any; not while the server runs.
 * Valid until: the server is freed.
 */
exhook_error *exhook_server_set_tls_reload_interval_ms(exhook_server *server, uint64_t value);

/**
 * Also announce the valued hooks that have no handler, and answer them with ignore. For brokers of
 * 5.9 and later with several exhook servers, whose chain otherwise ends at a server that did not
 * announce the hook. The default is false.
 *
 * Ownership: a returned error is the caller's, to be freed.
 * Threads: any; not while the server runs.
 * Valid until: the server is freed.
 */
exhook_error *exhook_server_set_companion(exhook_server *server, bool value);

/**
 * Where operators find this server over HTTP/1.1, with metrics, health and a live page:
 * `host:port`, or a port alone for this machine only. Empty turns it off. There is neither TLS nor
 * a password: whoever reaches the address can read it. The default is "".
 *
 * Ownership: the text is copied; a returned error is the caller's, to be freed.
 * Threads: any; not while the server runs.
 * Valid until: the server is freed.
 */
exhook_error *exhook_server_set_admin(exhook_server *server, exhook_str value);

/**
 * Whether the live page of `admin` shows the payloads of messages. The default is false.
 *
 * Ownership: a returned error is the caller's, to be freed.
 * Threads: any; not while the server runs.
 * Valid until: the server is freed.
 */
exhook_error *exhook_server_set_admin_payloads(exhook_server *server, bool value);

/**
 * Whether gRPC clients may ask which services and methods there are (reflection). The default is
 * true.
 *
 * Ownership: a returned error is the caller's, to be freed.
 * Threads: any; not while the server runs.
 * Valid until: the server is freed.
 */
exhook_error *exhook_server_set_reflection(exhook_server *server, bool value);

/**
 * Where log lines go as text or JSON: `text` or `json` for standard error, or one of them with the
 * path of a file, as in `json:/var/log/exhook.log`. Empty leaves them to the language's logger.
 * The default is "".
 *
 * Ownership: the text is copied; a returned error is the caller's, to be freed.
 * Threads: any; not while the server runs.
 * Valid until: the server is freed.
 */
exhook_error *exhook_server_set_log(exhook_server *server, exhook_str value);

/**
 * Where each valued decision is logged: the path of a file of JSON lines, or `log` for where other
 * log lines go. Empty turns it off. The default is "".
 *
 * Ownership: the text is copied; a returned error is the caller's, to be freed.
 * Threads: any; not while the server runs.
 * Valid until: the server is freed.
 */
exhook_error *exhook_server_set_decision_log(exhook_server *server, exhook_str value);

/**
 * The size from which on the file of `decision_log` is put aside and a new one begun. The default
 * is 104857600.
 *
 * Ownership: a returned error is the caller's, to be freed.
 * Threads: any; not while the server runs.
 * Valid until: the server is freed.
 */
exhook_error *exhook_server_set_decision_log_max_bytes(exhook_server *server, uint64_t value);

/**
 * How many files of `decision_log` are kept beside the newest. The default is 5.
 *
 * Ownership: a returned error is the caller's, to be freed.
 * Threads: any; not while the server runs.
 * Valid until: the server is freed.
 */
exhook_error *exhook_server_set_decision_log_files(exhook_server *server, uint64_t value);

/**
 * Where traces go by OTLP over HTTP, as in `http://127.0.0.1:4318`. Empty turns them off. The
 * default is "".
 *
 * Ownership: the text is copied; a returned error is the caller's, to be freed.
 * Threads: any; not while the server runs.
 * Valid until: the server is freed.
 */
exhook_error *exhook_server_set_otlp_endpoint(exhook_server *server, exhook_str value);

/**
 * How many of a hundred calls are traced. The default is 100.
 *
 * Ownership: a returned error is the caller's, to be freed.
 * Threads: any; not while the server runs.
 * Valid until: the server is freed.
 */
exhook_error *exhook_server_set_otlp_sample_percent(exhook_server *server, uint64_t value);

/**
 * Options of which none is set.
 *
 * Ownership: the options are the caller's, to be freed with `exhook_options_free`.
 * Threads: any.
 * Valid until: `exhook_options_free`.
 */
exhook_options *exhook_options_new(void);

/**
 * Frees options. NULL is fine.
 *
 * Ownership: the options are the library's again; handlers that were registered with them keep
 * what they need.
 * Threads: any; no other thread uses the options any more.
 * Valid until: nothing that is returned refers to anything.
 */
void exhook_options_free(exhook_options *options);

/**
 * Adds a topic filter, such as `sensors/#`: the broker calls the hook only for topics that match
 * one of them. Message hooks only. Filters are checked when the handler is registered.
 *
 * Ownership: the filter is copied.
 * Threads: any; no other thread uses the options meanwhile.
 * Valid until: nothing that is returned refers to anything.
 */
exhook_code exhook_options_add_topic(exhook_options *options, exhook_str filter);

/**
 * How many milliseconds the handler may take, at least 1, before the fallback is answered. Of
 * several handlers of a hook the shortest counts for all.
 *
 * Ownership: nothing is handed over.
 * Threads: any; no other thread uses the options meanwhile.
 * Valid until: nothing that is returned refers to anything.
 */
exhook_code exhook_options_set_timeout_ms(exhook_options *options, uint64_t timeout_ms);

/**
 * What is answered where the handler fails, is too slow, or does not answer. Hooks with an answer
 * only.
 *
 * Ownership: nothing is handed over.
 * Threads: any; no other thread uses the options meanwhile.
 * Valid until: nothing that is returned refers to anything.
 */
exhook_code exhook_options_set_fallback(exhook_options *options, exhook_fallback fallback);

/**
 * When the broker is answered. Hooks that only inform only.
 *
 * Ownership: nothing is handed over.
 * Threads: any; no other thread uses the options meanwhile.
 * Valid until: nothing that is returned refers to anything.
 */
exhook_code exhook_options_set_ack(exhook_options *options, exhook_ack ack);

/**
 * Asks the handler beside the others of its hook: what it says is logged and counted, and the broker
 * is answered without it. Hooks with an answer only. An inline callback runs on a thread of its own
 * then.
 *
 * Ownership: nothing is handed over.
 * Threads: any; no other thread uses the options meanwhile.
 * Valid until: nothing that is returned refers to anything.
 */
exhook_code exhook_options_set_shadow(exhook_options *options,
                                      bool is_shadow);

/**
 * Runs the callback on the threads that read from the brokers, which is fastest. It must not block
 * there, not even for a moment: every other call would wait for it, and no deadline would be kept.
 * Behind another handler of the hook it runs on the thread that answers that one.
 *
 * Ownership: nothing is handed over.
 * Threads: any; no other thread uses the options meanwhile.
 * Valid until: nothing that is returned refers to anything.
 */
exhook_code exhook_options_set_inline(exhook_options *options, bool is_inline);

/**
 * The hook that was called; `EXHOOK_HOOK_PROVIDER_LOADED`, which is 0, for NULL.
 *
 * Ownership: the call stays whose it is.
 * Threads: any.
 * Valid until: nothing that is returned refers to anything.
 */
exhook_hook exhook_call_hook(const exhook_call *call);

/**
 * The package that the broker speaks: 1 for EMQX 4, 2 for 5.0 to 5.8, 3 from 5.9 on; 0 for NULL.
 *
 * Ownership: the call stays whose it is.
 * Threads: any.
 * Valid until: nothing that is returned refers to anything.
 */
uint32_t exhook_call_package(const exhook_call *call);

/**
 * The client id that the call is about, in whatever field its hook has it: of the client, of the
 * connection, or of the message's publisher. Empty where there is none.
 *
 * Ownership: the text belongs to the call.
 * Threads: any.
 * Valid until: the callback returns; for a deferred call, `exhook_call_free`.
 */
exhook_str exhook_call_clientid(const exhook_call *call);

/**
 * The topic that the call is about, in whatever field its hook has it. Empty where there is none.
 *
 * Ownership: the text belongs to the call.
 * Threads: any.
 * Valid until: the callback returns; for a deferred call, `exhook_call_free`.
 */
exhook_str exhook_call_topic(const exhook_call *call);

/**
 * The broker node that calls, such as `emqx@127.0.0.1`. Empty where the broker does not say.
 *
 * Ownership: the text belongs to the call.
 * Threads: any.
 * Valid until: the callback returns; for a deferred call, `exhook_call_free`.
 */
exhook_str exhook_call_node(const exhook_call *call);

/**
 * The span of this callback as W3C's header `traceparent`, for spans that it begins and requests
 * that it sends. Empty where the call is not traced (options `otlp_endpoint` and
 * `otlp_sample_percent`).
 *
 * Ownership: the text belongs to the call.
 * Threads: any.
 * Valid until: the callback returns; for a deferred call, `exhook_call_free`.
 */
exhook_str exhook_call_traceparent(const exhook_call *call);

/**
 * How many milliseconds are left until the broker is answered by policy: 0 when that has happened,
 * or the call is answered; -1 where no broker waits, because it was answered before the callback.
 *
 * Ownership: the call stays whose it is.
 * Threads: any.
 * Valid until: nothing that is returned refers to anything.
 */
int64_t exhook_call_remaining_ms(const exhook_call *call);

/**
 * Whether an answer would still reach the broker, or no broker waits for one. False once the call
 * is answered.
 *
 * Ownership: the call stays whose it is.
 * Threads: any.
 * Valid until: another thread answers the call, or its deadline passes.
 */
bool exhook_call_is_wanted(const exhook_call *call);

/**
 * Takes a call over from its callback, to answer it later from any thread. Returns its argument;
 * NULL where that is NULL, or the call is answered or deferred already.
 *
 * The broker is still answered at the deadline at the latest; an answer that comes after it
 * returns `EXHOOK_ERR_TOO_LATE` and is otherwise harmless.
 *
 * Ownership: the call is the program's, which frees it once with `exhook_call_free`.
 * Threads: the one that runs the callback, before that returns.
 * Valid until: `exhook_call_free`, also where the server is stopped or freed before.
 */
exhook_call *exhook_call_defer(exhook_call *call);

/**
 * Frees a deferred call. One that is not answered is answered with the fallback of its hook, so
 * that no broker waits for nothing. NULL is fine.
 *
 * A call that is only lent to a callback is left alone, with `EXHOOK_ERR_NOT_DEFERRED`.
 *
 * Ownership: the call is the library's again.
 * Threads: any; no other thread uses the call any more.
 * Valid until: nothing that is returned refers to anything.
 */
exhook_code exhook_call_free(exhook_call *call);

/**
 * Yes, and nobody else is asked: `client.authenticate`, `client.authorize`, `message.ingress`.
 *
 * Returns `EXHOOK_ERR_TOO_LATE` where the broker has been answered by policy,
 * `EXHOOK_ERR_ANSWERED` where the program has answered before, and `EXHOOK_ERR_WRONG_VERDICT`
 * where the hook takes no such answer: then its fallback was answered.
 *
 * Ownership: the call stays whose it is; a deferred one is still to be freed.
 * Threads: any.
 * Valid until: nothing that is returned refers to anything.
 */
exhook_code exhook_reply_allow(exhook_call *call);

/**
 * No, and nobody else is asked. Otherwise like `exhook_reply_allow`.
 *
 * Ownership: the call stays whose it is; a deferred one is still to be freed.
 * Threads: any.
 * Valid until: nothing that is returned refers to anything.
 */
exhook_code exhook_reply_deny(exhook_call *call);

/**
 * Yes or no, and nobody else is asked. Otherwise like `exhook_reply_allow`.
 *
 * Ownership: the call stays whose it is; a deferred one is still to be freed.
 * Threads: any.
 * Valid until: nothing that is returned refers to anything.
 */
exhook_code exhook_reply_bool(exhook_call *call, bool allow);

/**
 * Yes or no so far: handlers, exhook servers and authenticators that come later may decide
 * otherwise. `message.ingress` takes no such answer. Otherwise like `exhook_reply_allow`.
 *
 * Ownership: the call stays whose it is; a deferred one is still to be freed.
 * Threads: any.
 * Valid until: nothing that is returned refers to anything.
 */
exhook_code exhook_reply_keep_going(exhook_call *call, bool allow);

/**
 * No opinion: the next one decides, and a message is published as it is. It suits every hook. EMQX
 * 5.0 to 5.8 refuse a client whose `client.authenticate` nobody decides.
 *
 * Returns `EXHOOK_ERR_TOO_LATE` or `EXHOOK_ERR_ANSWERED` like `exhook_reply_allow`.
 *
 * Ownership: the call stays whose it is; a deferred one is still to be freed.
 * Threads: any.
 * Valid until: nothing that is returned refers to anything.
 */
exhook_code exhook_reply_ignore(exhook_call *call);

/**
 * Keeps a message from its subscribers: `message.publish`. Otherwise like `exhook_reply_allow`.
 *
 * Ownership: the call stays whose it is; a deferred one is still to be freed.
 * Threads: any.
 * Valid until: nothing that is returned refers to anything.
 */
exhook_code exhook_reply_block(exhook_call *call);

/**
 * Publishes a message with the changes in `message`: `message.publish`. What was not set in it
 * stays as the client sent it.
 *
 * Returns `EXHOOK_ERR_BAD_MESSAGE` where the broker could not publish it, because the topic is
 * empty, has more than 65,535 bytes or contains a wildcard, or the quality of service is not 0, 1
 * or 2: then the fallback was answered. Otherwise like `exhook_reply_allow`. Where an argument is
 * NULL the call stays open.
 *
 * Ownership: the content of `message` is taken, also where the answer comes too late. The message
 * itself stays the caller's, empty: to be filled for another call, or to be freed.
 * Threads: any; no other thread uses the message meanwhile.
 * Valid until: nothing that is returned refers to anything.
 */
exhook_code exhook_reply_message(exhook_call *call, exhook_message *message);

/**
 * Says that the program could not decide: the fallback of the hook is answered at once, and counted
 * as `exception`.
 *
 * Returns `EXHOOK_ERR_ANSWERED` where the program has answered before.
 *
 * Ownership: the call stays whose it is; a deferred one is still to be freed.
 * Threads: any.
 * Valid until: nothing that is returned refers to anything.
 */
exhook_code exhook_reply_error(exhook_call *call);

/**
 * A message that changes nothing yet.
 *
 * Ownership: the message is the caller's, to be freed with `exhook_message_free`.
 * Threads: any.
 * Valid until: `exhook_message_free`.
 */
exhook_message *exhook_message_new(void);

/**
 * Frees a message. NULL is fine.
 *
 * Ownership: the message is the library's again.
 * Threads: any; no other thread uses the message any more.
 * Valid until: nothing that is returned refers to anything.
 */
void exhook_message_free(exhook_message *message);

/**
 * Publishes to `topic` instead: 1 to 65,535 bytes without wildcards, which is checked when the
 * message is answered.
 *
 * Ownership: the topic is copied.
 * Threads: any; no other thread uses the message meanwhile.
 * Valid until: nothing that is returned refers to anything.
 */
exhook_code exhook_message_set_topic(exhook_message *message, exhook_str topic);

/**
 * Publishes with this quality of service instead: 0, 1 or 2, which is checked when the message is
 * answered.
 *
 * Ownership: nothing is handed over.
 * Threads: any; no other thread uses the message meanwhile.
 * Valid until: nothing that is returned refers to anything.
 */
exhook_code exhook_message_set_qos(exhook_message *message, uint32_t qos);

/**
 * Publishes this payload instead.
 *
 * Ownership: the payload is copied.
 * Threads: any; no other thread uses the message meanwhile.
 * Valid until: nothing that is returned refers to anything.
 */
exhook_code exhook_message_set_payload(exhook_message *message, exhook_bytes payload);

/**
 * Publishes this payload instead, without copying it. `free_payload` is called once with `user`
 * when the payload is needed no more, also where this function fails; it may be NULL.
 *
 * Ownership: the payload is the library's until `free_payload` is called.
 * Threads: any; `free_payload` is called on any thread.
 * Valid until: the payload stays unchanged until `free_payload` is called.
 */
exhook_code exhook_message_give_payload(exhook_message *message,
                                        exhook_bytes payload,
                                        exhook_free free_payload,
                                        void *user);

/**
 * EMQX version, for example `5.9.2`.
 *
 * Hooks: `provider.loaded`.
 *
 * Ownership: it belongs to the call.
 * Threads: any.
 * Valid until: the callback returns; for a deferred call, `exhook_call_free`.
 */
exhook_str exhook_call_broker_version(const exhook_call *call);

/**
 * Product name, for example `EMQX Enterprise`.
 *
 * Hooks: `provider.loaded`.
 *
 * Ownership: it belongs to the call.
 * Threads: any.
 * Valid until: the callback returns; for a deferred call, `exhook_call_free`.
 */
exhook_str exhook_call_broker_sysdescr(const exhook_call *call);

/**
 * Time since the broker's start in milliseconds.
 *
 * Hooks: `provider.loaded`.
 *
 * Ownership: the call stays whose it is.
 * Threads: any.
 * Valid until: nothing that is returned refers to anything.
 */
int64_t exhook_call_broker_uptime(const exhook_call *call);

/**
 * Wall clock of the broker as text, for example `2026-11-21T02:42:14.953254468+00:00`.
 *
 * Hooks: `provider.loaded`.
 *
 * Ownership: it belongs to the call.
 * Threads: any.
 * Valid until: the callback returns; for a deferred call, `exhook_call_free`.
 */
exhook_str exhook_call_broker_datetime(const exhook_call *call);

/**
 * Broker node that makes the call. Whether the broker sent it.
 *
 * Hooks: every hook.
 *
 * Ownership: the call stays whose it is.
 * Threads: any.
 * Valid until: nothing that is returned refers to anything.
 */
bool exhook_call_has_meta(const exhook_call *call);

/**
 * Erlang name of the broker node, for example `emqx@10.0.0.1`.
 *
 * Hooks: every hook.
 *
 * Ownership: it belongs to the call.
 * Threads: any.
 * Valid until: the callback returns; for a deferred call, `exhook_call_free`.
 */
exhook_str exhook_call_meta_node(const exhook_call *call);

/**
 * EMQX version of the node, for example `5.9.2`.
 *
 * Hooks: every hook.
 *
 * Ownership: it belongs to the call.
 * Threads: any.
 * Valid until: the callback returns; for a deferred call, `exhook_call_free`.
 */
exhook_str exhook_call_meta_version(const exhook_call *call);

/**
 * Product name, for example `EMQX Enterprise`.
 *
 * Hooks: every hook.
 *
 * Ownership: it belongs to the call.
 * Threads: any.
 * Valid until: the callback returns; for a deferred call, `exhook_call_free`.
 */
exhook_str exhook_call_meta_sysdescr(const exhook_call *call);

/**
 * Name of the node's cluster, for example `emqxcl`.
 *
 * Hooks: every hook.
 *
 * Ownership: it belongs to the call.
 * Threads: any.
 * Valid until: the callback returns; for a deferred call, `exhook_call_free`.
 */
exhook_str exhook_call_meta_cluster_name(const exhook_call *call);

/**
 * Erlang name of the broker node, for example `emqx@10.0.0.1`.
 *
 * Hooks: `client.connect`, `client.connack`.
 *
 * Ownership: it belongs to the call.
 * Threads: any.
 * Valid until: the callback returns; for a deferred call, `exhook_call_free`.
 */
exhook_str exhook_call_conninfo_node(const exhook_call *call);

/**
 * Client id of the CONNECT packet, empty when the broker is to choose one. A client id that is not
 * UTF-8 never reaches the server.
 *
 * Hooks: `client.connect`, `client.connack`.
 *
 * Ownership: it belongs to the call.
 * Threads: any.
 * Valid until: the callback returns; for a deferred call, `exhook_call_free`.
 */
exhook_str exhook_call_conninfo_clientid(const exhook_call *call);

/**
 * User name, empty when the client sends none.
 *
 * Hooks: `client.connect`, `client.connack`.
 *
 * Ownership: it belongs to the call.
 * Threads: any.
 * Valid until: the callback returns; for a deferred call, `exhook_call_free`.
 */
exhook_str exhook_call_conninfo_username(const exhook_call *call);

/**
 * IP address of the client; an IPv4-mapped IPv6 address is in IPv4 form.
 *
 * Hooks: `client.connect`, `client.connack`.
 *
 * Ownership: it belongs to the call.
 * Threads: any.
 * Valid until: the callback returns; for a deferred call, `exhook_call_free`.
 */
exhook_str exhook_call_conninfo_peerhost(const exhook_call *call);

/**
 * Port of the broker's listener.
 *
 * Hooks: `client.connect`, `client.connack`.
 *
 * Ownership: the call stays whose it is.
 * Threads: any.
 * Valid until: nothing that is returned refers to anything.
 */
uint32_t exhook_call_conninfo_sockport(const exhook_call *call);

/**
 * Protocol name of the CONNECT packet: `MQTT`, or `MQIsdp` in MQTT 3.1.
 *
 * Hooks: `client.connect`, `client.connack`.
 *
 * Ownership: it belongs to the call.
 * Threads: any.
 * Valid until: the callback returns; for a deferred call, `exhook_call_free`.
 */
exhook_str exhook_call_conninfo_proto_name(const exhook_call *call);

/**
 * Protocol version as the text of a number: `3` is MQTT 3.1, `4` is MQTT 3.1.1, `5` is MQTT 5.
 *
 * Hooks: `client.connect`, `client.connack`.
 *
 * Ownership: it belongs to the call.
 * Threads: any.
 * Valid until: the callback returns; for a deferred call, `exhook_call_free`.
 */
exhook_str exhook_call_conninfo_proto_ver(const exhook_call *call);

/**
 * Keep-alive interval in seconds; 0 turns it off.
 *
 * Hooks: `client.connect`, `client.connack`.
 *
 * Ownership: the call stays whose it is.
 * Threads: any.
 * Valid until: nothing that is returned refers to anything.
 */
uint32_t exhook_call_conninfo_keepalive(const exhook_call *call);

/**
 * Source port of the client.
 *
 * Hooks: `client.connect`, `client.connack`.
 *
 * Ownership: the call stays whose it is.
 * Threads: any.
 * Valid until: nothing that is returned refers to anything.
 */
uint32_t exhook_call_conninfo_peerport(const exhook_call *call);

/**
 * `client.connect`: Properties of the CONNECT packet in no fixed order, empty before MQTT 5.
 * User-Property pairs are in `user_props`. `client.connack`: Properties of the CONNACK packet in
 * no fixed order, empty before MQTT 5. User-Property pairs are in `user_props`.
 * `client.subscribe`: Properties of the SUBSCRIBE packet in no fixed order, empty before MQTT 5.
 * User-Property pairs are in `user_props`. `client.unsubscribe`: Properties of the UNSUBSCRIBE
 * packet in no fixed order, empty before MQTT 5. User-Property pairs are in `user_props`.
 * `message.publish`: Properties of the PUBLISH packet in no fixed order, empty before MQTT 5.
 * User-Property pairs are in `user_props`. `message.ingress`: Properties of the PUBLISH packet in
 * no fixed order, empty before MQTT 5. User-Property pairs are in `user_props`. How many there
 * are.
 *
 * Hooks: `client.connect`, `client.connack`, `client.subscribe`, `client.unsubscribe`,
 * `message.publish`, `message.ingress`.
 *
 * Ownership: the call stays whose it is.
 * Threads: any.
 * Valid until: nothing that is returned refers to anything.
 */
size_t exhook_call_props_count(const exhook_call *call);

/**
 * Name, for example `Session-Expiry-Interval`.
 *
 * Hooks: `client.connect`, `client.connack`, `client.subscribe`, `client.unsubscribe`,
 * `message.publish`, `message.ingress`.
 *
 * Ownership: it belongs to the call.
 * Threads: any.
 * Valid until: the callback returns; for a deferred call, `exhook_call_free`.
 */
exhook_str exhook_call_props_name_at(const exhook_call *call, size_t index);

/**
 * Value as text.
 *
 * Hooks: `client.connect`, `client.connack`, `client.subscribe`, `client.unsubscribe`,
 * `message.publish`, `message.ingress`.
 *
 * Ownership: it belongs to the call.
 * Threads: any.
 * Valid until: the callback returns; for a deferred call, `exhook_call_free`.
 */
exhook_str exhook_call_props_value_at(const exhook_call *call, size_t index);

/**
 * `client.connect`: User-Property pairs of the CONNECT packet in their order, repeated names
 * included. Empty before MQTT 5. `client.connack`: User-Property pairs of the CONNACK packet in
 * their order, repeated names included. Empty before MQTT 5. `client.subscribe`: User-Property
 * pairs of the SUBSCRIBE packet in their order, repeated names included. Empty before MQTT 5.
 * `client.unsubscribe`: User-Property pairs of the UNSUBSCRIBE packet in their order, repeated
 * names included. Empty before MQTT 5. `message.publish`: User-Property pairs of the PUBLISH
 * packet in their order, repeated names included. Empty before MQTT 5. `message.ingress`:
 * User-Property pairs of the PUBLISH packet in their order, repeated names included. Empty before
 * MQTT 5. How many there are.
 *
 * Hooks: `client.connect`, `client.connack`, `client.subscribe`, `client.unsubscribe`,
 * `message.publish`, `message.ingress`.
 *
 * Ownership: the call stays whose it is.
 * Threads: any.
 * Valid until: nothing that is returned refers to anything.
 */
size_t exhook_call_user_props_count(const exhook_call *call);

/**
 * Name, for example `Session-Expiry-Interval`.
 *
 * Hooks: `client.connect`, `client.connack`, `client.subscribe`, `client.unsubscribe`,
 * `message.publish`, `message.ingress`.
 *
 * Ownership: it belongs to the call.
 * Threads: any.
 * Valid until: the callback returns; for a deferred call, `exhook_call_free`.
 */
exhook_str exhook_call_user_props_name_at(const exhook_call *call, size_t index);

/**
 * Value as text.
 *
 * Hooks: `client.connect`, `client.connack`, `client.subscribe`, `client.unsubscribe`,
 * `message.publish`, `message.ingress`.
 *
 * Ownership: it belongs to the call.
 * Threads: any.
 * Valid until: the callback returns; for a deferred call, `exhook_call_free`.
 */
exhook_str exhook_call_user_props_value_at(const exhook_call *call, size_t index);

/**
 * Name of the reason code, for example `success` or `not_authorized`.
 *
 * Hooks: `client.connack`.
 *
 * Ownership: it belongs to the call.
 * Threads: any.
 * Valid until: the callback returns; for a deferred call, `exhook_call_free`.
 */
exhook_str exhook_call_result_code(const exhook_call *call);

/**
 * Erlang name of the broker node, for example `emqx@10.0.0.1`.
 *
 * Hooks: `client.connected`, `client.disconnected`, `client.authenticate`, `client.authorize`,
 * `client.subscribe`, `client.unsubscribe`, `session.created`, `session.subscribed`,
 * `session.unsubscribed`, `session.resumed`, `session.discarded`, `session.takenover`,
 * `session.terminated`, `message.delivered`, `message.acked`, `message.ingress`.
 *
 * Ownership: it belongs to the call.
 * Threads: any.
 * Valid until: the callback returns; for a deferred call, `exhook_call_free`.
 */
exhook_str exhook_call_clientinfo_node(const exhook_call *call);

/**
 * Client id, chosen by the broker when the client sends none. A client id that is not UTF-8 never
 * reaches the server.
 *
 * Hooks: `client.connected`, `client.disconnected`, `client.authenticate`, `client.authorize`,
 * `client.subscribe`, `client.unsubscribe`, `session.created`, `session.subscribed`,
 * `session.unsubscribed`, `session.resumed`, `session.discarded`, `session.takenover`,
 * `session.terminated`, `message.delivered`, `message.acked`, `message.ingress`.
 *
 * Ownership: it belongs to the call.
 * Threads: any.
 * Valid until: the callback returns; for a deferred call, `exhook_call_free`.
 */
exhook_str exhook_call_clientinfo_clientid(const exhook_call *call);

/**
 * User name, empty when the client sends none.
 *
 * Hooks: `client.connected`, `client.disconnected`, `client.authenticate`, `client.authorize`,
 * `client.subscribe`, `client.unsubscribe`, `session.created`, `session.subscribed`,
 * `session.unsubscribed`, `session.resumed`, `session.discarded`, `session.takenover`,
 * `session.terminated`, `message.delivered`, `message.acked`, `message.ingress`.
 *
 * Ownership: it belongs to the call.
 * Threads: any.
 * Valid until: the callback returns; for a deferred call, `exhook_call_free`.
 */
exhook_str exhook_call_clientinfo_username(const exhook_call *call);

/**
 * Password in clear text, so keep it out of logs. It comes above all with `OnClientAuthenticate`;
 * empty when the client sends none.
 *
 * Hooks: `client.connected`, `client.disconnected`, `client.authenticate`, `client.authorize`,
 * `client.subscribe`, `client.unsubscribe`, `session.created`, `session.subscribed`,
 * `session.unsubscribed`, `session.resumed`, `session.discarded`, `session.takenover`,
 * `session.terminated`, `message.delivered`, `message.acked`, `message.ingress`.
 *
 * Ownership: it belongs to the call.
 * Threads: any.
 * Valid until: the callback returns; for a deferred call, `exhook_call_free`.
 */
exhook_str exhook_call_clientinfo_password(const exhook_call *call);

/**
 * IP address of the client; an IPv4-mapped IPv6 address is in IPv4 form.
 *
 * Hooks: `client.connected`, `client.disconnected`, `client.authenticate`, `client.authorize`,
 * `client.subscribe`, `client.unsubscribe`, `session.created`, `session.subscribed`,
 * `session.unsubscribed`, `session.resumed`, `session.discarded`, `session.takenover`,
 * `session.terminated`, `message.delivered`, `message.acked`, `message.ingress`.
 *
 * Ownership: it belongs to the call.
 * Threads: any.
 * Valid until: the callback returns; for a deferred call, `exhook_call_free`.
 */
exhook_str exhook_call_clientinfo_peerhost(const exhook_call *call);

/**
 * Port of the broker's listener.
 *
 * Hooks: `client.connected`, `client.disconnected`, `client.authenticate`, `client.authorize`,
 * `client.subscribe`, `client.unsubscribe`, `session.created`, `session.subscribed`,
 * `session.unsubscribed`, `session.resumed`, `session.discarded`, `session.takenover`,
 * `session.terminated`, `message.delivered`, `message.acked`, `message.ingress`.
 *
 * Ownership: the call stays whose it is.
 * Threads: any.
 * Valid until: nothing that is returned refers to anything.
 */
uint32_t exhook_call_clientinfo_sockport(const exhook_call *call);

/**
 * Protocol of the client, for example `mqtt`, `mqtt-sn` or `coap`.
 *
 * Hooks: `client.connected`, `client.disconnected`, `client.authenticate`, `client.authorize`,
 * `client.subscribe`, `client.unsubscribe`, `session.created`, `session.subscribed`,
 * `session.unsubscribed`, `session.resumed`, `session.discarded`, `session.takenover`,
 * `session.terminated`, `message.delivered`, `message.acked`, `message.ingress`.
 *
 * Ownership: it belongs to the call.
 * Threads: any.
 * Valid until: the callback returns; for a deferred call, `exhook_call_free`.
 */
exhook_str exhook_call_clientinfo_protocol(const exhook_call *call);

/**
 * Prefix that the listener puts before the client's topics, empty when it has none.
 *
 * Hooks: `client.connected`, `client.disconnected`, `client.authenticate`, `client.authorize`,
 * `client.subscribe`, `client.unsubscribe`, `session.created`, `session.subscribed`,
 * `session.unsubscribed`, `session.resumed`, `session.discarded`, `session.takenover`,
 * `session.terminated`, `message.delivered`, `message.acked`, `message.ingress`.
 *
 * Ownership: it belongs to the call.
 * Threads: any.
 * Valid until: the callback returns; for a deferred call, `exhook_call_free`.
 */
exhook_str exhook_call_clientinfo_mountpoint(const exhook_call *call);

/**
 * True when the broker treats the client as a superuser. An answer cannot change it.
 *
 * Hooks: `client.connected`, `client.disconnected`, `client.authenticate`, `client.authorize`,
 * `client.subscribe`, `client.unsubscribe`, `session.created`, `session.subscribed`,
 * `session.unsubscribed`, `session.resumed`, `session.discarded`, `session.takenover`,
 * `session.terminated`, `message.delivered`, `message.acked`, `message.ingress`.
 *
 * Ownership: the call stays whose it is.
 * Threads: any.
 * Valid until: nothing that is returned refers to anything.
 */
bool exhook_call_clientinfo_is_superuser(const exhook_call *call);

/**
 * True also when the broker does not know.
 *
 * Hooks: `client.connected`, `client.disconnected`, `client.authenticate`, `client.authorize`,
 * `client.subscribe`, `client.unsubscribe`, `session.created`, `session.subscribed`,
 * `session.unsubscribed`, `session.resumed`, `session.discarded`, `session.takenover`,
 * `session.terminated`, `message.delivered`, `message.acked`, `message.ingress`.
 *
 * Ownership: the call stays whose it is.
 * Threads: any.
 * Valid until: nothing that is returned refers to anything.
 */
bool exhook_call_clientinfo_anonymous(const exhook_call *call);

/**
 * Common name of the client's TLS certificate, empty without one.
 *
 * Hooks: `client.connected`, `client.disconnected`, `client.authenticate`, `client.authorize`,
 * `client.subscribe`, `client.unsubscribe`, `session.created`, `session.subscribed`,
 * `session.unsubscribed`, `session.resumed`, `session.discarded`, `session.takenover`,
 * `session.terminated`, `message.delivered`, `message.acked`, `message.ingress`.
 *
 * Ownership: it belongs to the call.
 * Threads: any.
 * Valid until: the callback returns; for a deferred call, `exhook_call_free`.
 */
exhook_str exhook_call_clientinfo_cn(const exhook_call *call);

/**
 * Subject of the client's TLS certificate, empty without one.
 *
 * Hooks: `client.connected`, `client.disconnected`, `client.authenticate`, `client.authorize`,
 * `client.subscribe`, `client.unsubscribe`, `session.created`, `session.subscribed`,
 * `session.unsubscribed`, `session.resumed`, `session.discarded`, `session.takenover`,
 * `session.terminated`, `message.delivered`, `message.acked`, `message.ingress`.
 *
 * Ownership: it belongs to the call.
 * Threads: any.
 * Valid until: the callback returns; for a deferred call, `exhook_call_free`.
 */
exhook_str exhook_call_clientinfo_dn(const exhook_call *call);

/**
 * Source port of the client.
 *
 * Hooks: `client.connected`, `client.disconnected`, `client.authenticate`, `client.authorize`,
 * `client.subscribe`, `client.unsubscribe`, `session.created`, `session.subscribed`,
 * `session.unsubscribed`, `session.resumed`, `session.discarded`, `session.takenover`,
 * `session.terminated`, `message.delivered`, `message.acked`, `message.ingress`.
 *
 * Ownership: the call stays whose it is.
 * Threads: any.
 * Valid until: nothing that is returned refers to anything.
 */
uint32_t exhook_call_clientinfo_peerport(const exhook_call *call);

/**
 * `client.disconnected`: Text of an Erlang term, for example `normal` or `tcp_closed`. The set of
 * texts is not stable. `session.terminated`: Text of an Erlang term, for example
 * `{shutdown,normal}`. The set of texts is not stable. `message.dropped`: Text of an Erlang term,
 * for example `no_subscribers`. The set of texts is not stable.
 *
 * Hooks: `client.disconnected`, `session.terminated`, `message.dropped`.
 *
 * Ownership: it belongs to the call.
 * Threads: any.
 * Valid until: the callback returns; for a deferred call, `exhook_call_free`.
 */
exhook_str exhook_call_reason(const exhook_call *call);

/**
 * `client.authenticate`: Verdict so far: true when the broker or an earlier exhook server admits
 * the client. `client.authorize`: Verdict so far: true means allowed. At first it is the broker's
 * `authorization.no_match`.
 *
 * Hooks: `client.authenticate`, `client.authorize`.
 *
 * Ownership: the call stays whose it is.
 * Threads: any.
 * Valid until: nothing that is returned refers to anything.
 */
bool exhook_call_result(const exhook_call *call);

/**
 * Publish or subscribe; QoS and retain flag are not told.
 *
 * Hooks: `client.authorize`.
 *
 * Ownership: the call stays whose it is.
 * Threads: any.
 * Valid until: nothing that is returned refers to anything.
 */
exhook_authorize_type exhook_call_type(const exhook_call *call);

/**
 * `client.subscribe`: Filters of the packet without the denied ones; empty when all are denied.
 * `client.unsubscribe`: Filters of the packet. How many there are.
 *
 * Hooks: `client.subscribe`, `client.unsubscribe`.
 *
 * Ownership: the call stays whose it is.
 * Threads: any.
 * Valid until: nothing that is returned refers to anything.
 */
size_t exhook_call_topic_filters_count(const exhook_call *call);

/**
 * Topic filter. A shared subscription keeps its `$share/group/`.
 *
 * Hooks: `client.subscribe`, `client.unsubscribe`.
 *
 * Ownership: it belongs to the call.
 * Threads: any.
 * Valid until: the callback returns; for a deferred call, `exhook_call_free`.
 */
exhook_str exhook_call_topic_filters_name_at(const exhook_call *call, size_t index);

/**
 * QoS: 0, 1 or 2. Requested in a `TopicFilter`, granted in a `SessionSubscribedRequest`.
 *
 * Hooks: `client.subscribe`, `client.unsubscribe`.
 *
 * Ownership: the call stays whose it is.
 * Threads: any.
 * Valid until: nothing that is returned refers to anything.
 */
uint32_t exhook_call_topic_filters_subopts_qos_at(const exhook_call *call, size_t index);

/**
 * Retain handling: retained messages come at each subscribe (0), at a new subscription (1) or
 * never (2).
 *
 * Hooks: `client.subscribe`, `client.unsubscribe`.
 *
 * Ownership: the call stays whose it is.
 * Threads: any.
 * Valid until: nothing that is returned refers to anything.
 */
uint32_t exhook_call_topic_filters_subopts_rh_at(const exhook_call *call, size_t index);

/**
 * Retain as published: 1 keeps the retain flag of messages, 0 clears it.
 *
 * Hooks: `client.subscribe`, `client.unsubscribe`.
 *
 * Ownership: the call stays whose it is.
 * Threads: any.
 * Valid until: nothing that is returned refers to anything.
 */
uint32_t exhook_call_topic_filters_subopts_rap_at(const exhook_call *call, size_t index);

/**
 * No local: 1 keeps the client's own messages from it.
 *
 * Hooks: `client.subscribe`, `client.unsubscribe`.
 *
 * Ownership: the call stays whose it is.
 * Threads: any.
 * Valid until: nothing that is returned refers to anything.
 */
uint32_t exhook_call_topic_filters_subopts_nl_at(const exhook_call *call, size_t index);

/**
 * QoS: 0, 1 or 2. Requested in a `TopicFilter`, granted in a `SessionSubscribedRequest`.
 *
 * Hooks: `session.subscribed`.
 *
 * Ownership: the call stays whose it is.
 * Threads: any.
 * Valid until: nothing that is returned refers to anything.
 */
uint32_t exhook_call_subopts_qos(const exhook_call *call);

/**
 * Retain handling: retained messages come at each subscribe (0), at a new subscription (1) or
 * never (2).
 *
 * Hooks: `session.subscribed`.
 *
 * Ownership: the call stays whose it is.
 * Threads: any.
 * Valid until: nothing that is returned refers to anything.
 */
uint32_t exhook_call_subopts_rh(const exhook_call *call);

/**
 * Retain as published: 1 keeps the retain flag of messages, 0 clears it.
 *
 * Hooks: `session.subscribed`.
 *
 * Ownership: the call stays whose it is.
 * Threads: any.
 * Valid until: nothing that is returned refers to anything.
 */
uint32_t exhook_call_subopts_rap(const exhook_call *call);

/**
 * No local: 1 keeps the client's own messages from it.
 *
 * Hooks: `session.subscribed`.
 *
 * Ownership: the call stays whose it is.
 * Threads: any.
 * Valid until: nothing that is returned refers to anything.
 */
uint32_t exhook_call_subopts_nl(const exhook_call *call);

/**
 * Erlang name of the broker node, for example `emqx@10.0.0.1`.
 *
 * Hooks: `message.publish`, `message.delivered`, `message.dropped`, `message.acked`,
 * `message.ingress`.
 *
 * Ownership: it belongs to the call.
 * Threads: any.
 * Valid until: the callback returns; for a deferred call, `exhook_call_free`.
 */
exhook_str exhook_call_message_node(const exhook_call *call);

/**
 * Message id of the broker in hexadecimal. An answer cannot change it.
 *
 * Hooks: `message.publish`, `message.delivered`, `message.dropped`, `message.acked`,
 * `message.ingress`.
 *
 * Ownership: it belongs to the call.
 * Threads: any.
 * Valid until: the callback returns; for a deferred call, `exhook_call_free`.
 */
exhook_str exhook_call_message_id(const exhook_call *call);

/**
 * QoS: 0, 1 or 2. The broker takes it from an answer without a check.
 *
 * Hooks: `message.publish`, `message.delivered`, `message.dropped`, `message.acked`,
 * `message.ingress`.
 *
 * Ownership: the call stays whose it is.
 * Threads: any.
 * Valid until: nothing that is returned refers to anything.
 */
uint32_t exhook_call_message_qos(const exhook_call *call);

/**
 * Client id of the publisher. An answer cannot change it.
 *
 * Hooks: `message.publish`, `message.delivered`, `message.dropped`, `message.acked`,
 * `message.ingress`.
 *
 * Ownership: it belongs to the call.
 * Threads: any.
 * Valid until: the callback returns; for a deferred call, `exhook_call_free`.
 */
exhook_str exhook_call_message_from(const exhook_call *call);

/**
 * Topic with the mountpoint. The broker takes it from an answer without a check.
 *
 * Hooks: `message.publish`, `message.delivered`, `message.dropped`, `message.acked`,
 * `message.ingress`.
 *
 * Ownership: it belongs to the call.
 * Threads: any.
 * Valid until: the callback returns; for a deferred call, `exhook_call_free`.
 */
exhook_str exhook_call_message_topic(const exhook_call *call);

/**
 * Payload; may be empty. The broker takes it from an answer.
 *
 * Hooks: `message.publish`, `message.delivered`, `message.dropped`, `message.acked`,
 * `message.ingress`.
 *
 * Ownership: it belongs to the call.
 * Threads: any.
 * Valid until: the callback returns; for a deferred call, `exhook_call_free`.
 */
exhook_bytes exhook_call_message_payload(const exhook_call *call);

/**
 * Time of the publish in milliseconds since 1970-01-01 UTC. An answer cannot change it.
 *
 * Hooks: `message.publish`, `message.delivered`, `message.dropped`, `message.acked`,
 * `message.ingress`.
 *
 * Ownership: the call stays whose it is.
 * Threads: any.
 * Valid until: nothing that is returned refers to anything.
 */
uint64_t exhook_call_message_timestamp(const exhook_call *call);

/**
 * What the broker adds to the message: `username`, `protocol` and `peerhost`, or nothing. In an
 * answer only `allow_publish` counts: `false` blocks the message. How many there are.
 *
 * Hooks: `message.publish`, `message.delivered`, `message.dropped`, `message.acked`,
 * `message.ingress`.
 *
 * Ownership: the call stays whose it is.
 * Threads: any.
 * Valid until: nothing that is returned refers to anything.
 */
size_t exhook_call_message_headers_count(const exhook_call *call);

/**
 * What the broker adds to the message: `username`, `protocol` and `peerhost`, or nothing. In an
 * answer only `allow_publish` counts: `false` blocks the message. The name at a place.
 *
 * Hooks: `message.publish`, `message.delivered`, `message.dropped`, `message.acked`,
 * `message.ingress`.
 *
 * Ownership: it belongs to the call.
 * Threads: any.
 * Valid until: the callback returns; for a deferred call, `exhook_call_free`.
 */
exhook_str exhook_call_message_headers_name_at(const exhook_call *call, size_t index);

/**
 * What the broker adds to the message: `username`, `protocol` and `peerhost`, or nothing. In an
 * answer only `allow_publish` counts: `false` blocks the message. The value at a place.
 *
 * Hooks: `message.publish`, `message.delivered`, `message.dropped`, `message.acked`,
 * `message.ingress`.
 *
 * Ownership: it belongs to the call.
 * Threads: any.
 * Valid until: the callback returns; for a deferred call, `exhook_call_free`.
 */
exhook_str exhook_call_message_headers_value_at(const exhook_call *call, size_t index);

/**
 * What the broker adds to the message: `username`, `protocol` and `peerhost`, or nothing. In an
 * answer only `allow_publish` counts: `false` blocks the message. The value of `name`; empty where
 * there is none.
 *
 * Hooks: `message.publish`, `message.delivered`, `message.dropped`, `message.acked`,
 * `message.ingress`.
 *
 * Ownership: it belongs to the call.
 * Threads: any.
 * Valid until: the callback returns; for a deferred call, `exhook_call_free`.
 */
exhook_str exhook_call_message_headers_find(const exhook_call *call, exhook_str name);

/**
 * Gives the log records of this process, from `level` on, to `callback`. It replaces what was
 * there before, whose `free_user` is called.
 *
 * Records are delivered while there are servers, one at a time and in their order. Without this
 * function, warnings and errors go to standard error.
 *
 * Ownership: `user` is the library's until `free_user` is called with it, also on failure;
 * `free_user` may be NULL.
 * Threads: any; `callback` runs on a thread of the library's, and must not call
 * `exhook_server_stop`, `exhook_server_wait` or `exhook_server_free`.
 * Valid until: `callback` is replaced.
 */
exhook_error *exhook_log_to(exhook_log_level level,
                            exhook_log_callback callback,
                            void *user,
                            exhook_free free_user);

/**
 * Writes the log records of this process, from `level` on, to standard error, a line each. It
 * replaces what `exhook_log_to` was given, whose `free_user` is called.
 *
 * Ownership: nothing is handed over.
 * Threads: any.
 * Valid until: something else is said.
 */
exhook_error *exhook_log_to_stderr(exhook_log_level level);

/**
 * Logs something of the program's, beside the records of the library. An unknown level is taken for
 * `EXHOOK_LOG_TRACE`.
 *
 * Ownership: the message is copied.
 * Threads: any.
 * Valid until: nothing that is returned refers to anything.
 */
exhook_code exhook_log(exhook_log_level level, exhook_str message);

/**
 * The name of a level, such as `warn`; empty where there is no such level.
 *
 * Ownership: the text is the library's; it ends with a NUL.
 * Threads: any.
 * Valid until: always.
 */
const char *exhook_log_level_name(exhook_log_level level);

/**
 * How much a record matters; `EXHOOK_LOG_OFF` for NULL.
 *
 * Ownership: the record stays the library's.
 * Threads: the one that runs the callback.
 * Valid until: nothing that is returned refers to anything.
 */
exhook_log_level exhook_log_record_level(const exhook_log_record *record);

/**
 * The part of the library that says it, such as `exhook::server`; `exhook::program` for what
 * `exhook_log` was given.
 *
 * Ownership: the text belongs to the record.
 * Threads: the one that runs the callback.
 * Valid until: the callback returns.
 */
exhook_str exhook_log_record_target(const exhook_log_record *record);

/**
 * What happened, with what belongs to it. Passwords and payloads are never in it.
 *
 * Ownership: the text belongs to the record.
 * Threads: the one that runs the callback.
 * Valid until: the callback returns.
 */
exhook_str exhook_log_record_message(const exhook_log_record *record);

/**
 * Frees metrics. NULL is fine.
 *
 * Ownership: the metrics are the library's again.
 * Threads: any; no other thread uses the metrics any more.
 * Valid until: nothing that is returned refers to anything.
 */
void exhook_metrics_free(exhook_metrics *metrics);

/**
 * Calls that brokers wait for.
 *
 * Ownership: the metrics stay the caller's.
 * Threads: any.
 * Valid until: nothing that is returned refers to anything.
 */
uint64_t exhook_metrics_inflight(const exhook_metrics *metrics);

/**
 * Events that are answered, but not yet handled.
 *
 * Ownership: the metrics stay the caller's.
 * Threads: any.
 * Valid until: nothing that is returned refers to anything.
 */
uint64_t exhook_metrics_inbox_depth(const exhook_metrics *metrics);

/**
 * Connections that are open.
 *
 * Ownership: the metrics stay the caller's.
 * Threads: any.
 * Valid until: nothing that is returned refers to anything.
 */
uint64_t exhook_metrics_connections(const exhook_metrics *metrics);

/**
 * Connections that were accepted since the start.
 *
 * Ownership: the metrics stay the caller's.
 * Threads: any.
 * Valid until: nothing that is returned refers to anything.
 */
uint64_t exhook_metrics_connections_accepted(const exhook_metrics *metrics);

/**
 * Requests for methods of no exhook package.
 *
 * Ownership: the metrics stay the caller's.
 * Threads: any.
 * Valid until: nothing that is returned refers to anything.
 */
uint64_t exhook_metrics_unknown_methods(const exhook_metrics *metrics);

/**
 * Requests that were not gRPC.
 *
 * Ownership: the metrics stay the caller's.
 * Threads: any.
 * Valid until: nothing that is returned refers to anything.
 */
uint64_t exhook_metrics_bad_requests(const exhook_metrics *metrics);

/**
 * How many hooks were called, those of different packages counted by themselves. The functions
 * that end with `_at` take an index below this number; they return 0 for others.
 *
 * Ownership: the metrics stay the caller's.
 * Threads: any.
 * Valid until: nothing that is returned refers to anything.
 */
size_t exhook_metrics_hooks_count(const exhook_metrics *metrics);

/**
 * The hook.
 *
 * Ownership: the metrics stay the caller's.
 * Threads: any.
 * Valid until: nothing that is returned refers to anything.
 */
exhook_hook exhook_metrics_hook_at(const exhook_metrics *metrics, size_t index);

/**
 * The package in which the hook was called: 1, 2 or 3.
 *
 * Ownership: the metrics stay the caller's.
 * Threads: any.
 * Valid until: nothing that is returned refers to anything.
 */
uint32_t exhook_metrics_package_at(const exhook_metrics *metrics, size_t index);

/**
 * Calls that arrived.
 *
 * Ownership: the metrics stay the caller's.
 * Threads: any.
 * Valid until: nothing that is returned refers to anything.
 */
uint64_t exhook_metrics_calls_at(const exhook_metrics *metrics, size_t index);

/**
 * Answers of the program's that came too late.
 *
 * Ownership: the metrics stay the caller's.
 * Threads: any.
 * Valid until: nothing that is returned refers to anything.
 */
uint64_t exhook_metrics_late_at(const exhook_metrics *metrics, size_t index);

/**
 * Events that no callback saw.
 *
 * Ownership: the metrics stay the caller's.
 * Threads: any.
 * Valid until: nothing that is returned refers to anything.
 */
uint64_t exhook_metrics_dropped_at(const exhook_metrics *metrics, size_t index);

/**
 * Answers with this verdict: `allow`, `deny`, `keep_going`, `ignore`, `replace`, `block` or `done`;
 * 0 for others.
 *
 * Ownership: the metrics stay the caller's.
 * Threads: any.
 * Valid until: nothing that is returned refers to anything.
 */
uint64_t exhook_metrics_verdicts_at(const exhook_metrics *metrics,
                                    size_t index,
                                    exhook_str verdict);

/**
 * Answers by policy in the program's place, by what failed: `deadline`, `exception`, `overload`,
 * `bad_answer`, `unanswered`, `undecodable` or `too_large`; 0 for others.
 *
 * Ownership: the metrics stay the caller's.
 * Threads: any.
 * Valid until: nothing that is returned refers to anything.
 */
uint64_t exhook_metrics_failures_at(const exhook_metrics *metrics,
                                    size_t index,
                                    exhook_str failure);

/**
 * How many microseconds passed from the arrival of a request to its answer, for this share of the
 * calls: 0.5 gives the median, 0.99 what one of a hundred exceeds. At most a quarter too large.
 *
 * Ownership: the metrics stay the caller's.
 * Threads: any.
 * Valid until: nothing that is returned refers to anything.
 */
uint64_t exhook_metrics_latency_us_at(const exhook_metrics *metrics, size_t index, double quantile);

/**
 * How many microseconds passed from the arrival of a request to its callback. Otherwise like
 * `exhook_metrics_latency_us_at`.
 *
 * Ownership: the metrics stay the caller's.
 * Threads: any.
 * Valid until: nothing that is returned refers to anything.
 */
uint64_t exhook_metrics_waited_us_at(const exhook_metrics *metrics, size_t index, double quantile);

#ifdef __cplusplus
}  // extern "C"
#endif  // __cplusplus

#endif  /* EXHOOK_H */
