/* Stores every message in SQLite before the broker publishes it. One thread writes, many messages
   at a time; callbacks only queue them, and never wait for the disk. */

#include <exhook.h>
#include <pthread.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>

#define MOST_WAITING 10000

struct batch {
  exhook_call *calls[MOST_WAITING];
  size_t count;
};

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t changed = PTHREAD_COND_INITIALIZER;
static struct batch batches[2], *waiting = &batches[0];
static bool is_closed;
static sqlite3 *database;
static sqlite3_stmt *insert;

static void store(exhook_call *call, void *user) {
  bool has_room;
  (void)user;
  pthread_mutex_lock(&lock);
  has_room = waiting->count < MOST_WAITING;
  if (has_room) waiting->calls[waiting->count++] = exhook_call_defer(call);
  pthread_cond_signal(&changed);
  pthread_mutex_unlock(&lock);
  if (!has_room) exhook_reply_error(call);
}

static struct batch *next_batch(void) {
  struct batch *batch;
  pthread_mutex_lock(&lock);
  while (waiting->count == 0 && !is_closed) pthread_cond_wait(&changed, &lock);
  batch = waiting;
  waiting = batch == &batches[0] ? &batches[1] : &batches[0];
  pthread_mutex_unlock(&lock);
  return batch->count > 0 ? batch : NULL;
}

static bool insert_message(const exhook_call *call) {
  exhook_str from = exhook_call_message_from(call), topic = exhook_call_message_topic(call);
  exhook_bytes payload = exhook_call_message_payload(call);
  int result;
  sqlite3_bind_int64(insert, 1, (sqlite3_int64)exhook_call_message_timestamp(call));
  sqlite3_bind_text64(insert, 2, from.data, from.len, SQLITE_STATIC, SQLITE_UTF8);
  sqlite3_bind_text64(insert, 3, topic.data, topic.len, SQLITE_STATIC, SQLITE_UTF8);
  sqlite3_bind_blob64(insert, 4, payload.data, payload.len, SQLITE_STATIC);
  result = sqlite3_step(insert);
  sqlite3_reset(insert);
  sqlite3_clear_bindings(insert);
  return result == SQLITE_DONE;
}

/* One transaction for the whole batch, so that the disk is waited for once. */
static void *write_batches(void *argument) {
  struct batch *batch;
  while ((batch = next_batch()) != NULL) {
    bool is_stored = sqlite3_exec(database, "BEGIN", NULL, NULL, NULL) == SQLITE_OK;
    for (size_t i = 0; is_stored && i < batch->count; i++)
      if (exhook_call_is_wanted(batch->calls[i])) is_stored = insert_message(batch->calls[i]);
    is_stored = is_stored && sqlite3_exec(database, "COMMIT", NULL, NULL, NULL) == SQLITE_OK;
    if (!is_stored) {
      fprintf(stderr, "persistence: messages.db: %s\n", sqlite3_errmsg(database));
      sqlite3_exec(database, "ROLLBACK", NULL, NULL, NULL);
    }
    for (size_t i = 0; i < batch->count; i++) {
      if (is_stored)
        exhook_reply_ignore(batch->calls[i]); /* published as it is */
      else
        exhook_reply_error(batch->calls[i]); /* the fallback is answered: block */
      exhook_call_free(batch->calls[i]);
    }
    batch->count = 0;
  }
  return argument;
}

static bool open_database(void) {
  const char *create = "CREATE TABLE IF NOT EXISTS messages (time, publisher, topic, payload)";
  return sqlite3_open("messages.db", &database) == SQLITE_OK &&
         sqlite3_exec(database, create, NULL, NULL, NULL) == SQLITE_OK &&
         sqlite3_prepare_v2(database, "INSERT INTO messages VALUES (?, ?, ?, ?)", -1, &insert,
                            NULL) == SQLITE_OK;
}

static exhook_error *serve(exhook_server *server) {
  const char *bind = getenv("EXHOOK_BIND");
  exhook_options *options = exhook_options_new();
  exhook_error *error;
  exhook_options_set_fallback(options, EXHOOK_FALLBACK_BLOCK);
  error = exhook_server_on_with(server, EXHOOK_HOOK_MESSAGE_PUBLISH, options, store, NULL, NULL);
  if (!error) error = exhook_server_listen(server, exhook_str_of(bind ? bind : "127.0.0.1:9000"));
  exhook_options_free(options);
  return error;
}

int main(void) {
  exhook_server *server = exhook_server_new();
  exhook_error *error = NULL;
  pthread_t writer;
  int status = EXIT_FAILURE;

  if (!open_database()) {
    fprintf(stderr, "persistence: messages.db: %s\n", sqlite3_errmsg(database));
  } else if (pthread_create(&writer, NULL, write_batches, NULL) != 0) {
    fputs("persistence: cannot start a thread\n", stderr);
  } else {
    error = serve(server);
    pthread_mutex_lock(&lock);
    is_closed = true;
    pthread_cond_signal(&changed);
    pthread_mutex_unlock(&lock);
    pthread_join(writer, NULL);
    if (error)
      fprintf(stderr, "persistence: %s\n", exhook_error_text(error));
    else
      status = EXIT_SUCCESS;
  }
  exhook_error_free(error);
  exhook_server_free(server);
  sqlite3_finalize(insert);
  sqlite3_close(database);
  return status;
}
