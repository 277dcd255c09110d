/* Logins from an SQLite database, looked up by a pool of threads; callbacks only queue calls. */

#include <crypt.h>
#include <exhook.h>
#include <pthread.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define WORKERS 4
#define MOST_WAITING 1024

static struct {
  pthread_mutex_t lock;
  pthread_cond_t changed;
  exhook_call *calls[MOST_WAITING];
  size_t first, count;
  bool is_closed;
} queue = {.lock = PTHREAD_MUTEX_INITIALIZER, .changed = PTHREAD_COND_INITIALIZER};

static struct worker {
  pthread_t thread;
  sqlite3 *database;
  sqlite3_stmt *query;
  struct crypt_data crypt;
} workers[WORKERS];

/* For names that nobody has, so that they take as long as the others. */
static char nobody[CRYPT_OUTPUT_SIZE];

static void authenticate(exhook_call *call, void *user) {
  bool has_room;
  (void)user;
  pthread_mutex_lock(&queue.lock);
  has_room = queue.count < MOST_WAITING;
  if (has_room) /* from here on the call is ours, and outlives this callback */
    queue.calls[(queue.first + queue.count++) % MOST_WAITING] = exhook_call_defer(call);
  pthread_cond_signal(&queue.changed);
  pthread_mutex_unlock(&queue.lock);
  if (!has_room) exhook_reply_error(call);
}

static exhook_call *next_call(void) {
  exhook_call *call = NULL;
  pthread_mutex_lock(&queue.lock);
  while (queue.count == 0 && !queue.is_closed) pthread_cond_wait(&queue.changed, &queue.lock);
  if (queue.count > 0) {
    call = queue.calls[queue.first];
    queue.first = (queue.first + 1) % MOST_WAITING;
    queue.count--;
  }
  pthread_mutex_unlock(&queue.lock);
  return call;
}

static void answer(struct worker *worker, exhook_call *call) {
  exhook_str name = exhook_call_clientinfo_username(call);
  exhook_str given = exhook_call_clientinfo_password(call);
  char *password = strndup(given.data, given.len); /* crypt_r wants a NUL */
  const char *hash = nobody, *hashed = NULL;
  int found;
  sqlite3_bind_text64(worker->query, 1, name.data, name.len, SQLITE_STATIC, SQLITE_UTF8);
  found = sqlite3_step(worker->query);
  if (found == SQLITE_ROW) hash = (const char *)sqlite3_column_text(worker->query, 0);
  if (password != NULL && hash != NULL) hashed = crypt_r(password, hash, &worker->crypt);
  if (hashed == NULL || (found != SQLITE_ROW && found != SQLITE_DONE))
    exhook_reply_error(call); /* the broker is told the fallback: deny */
  else
    exhook_reply_bool(call, found == SQLITE_ROW && strlen(password) == given.len &&
                                strcmp(hashed, hash) == 0);
  sqlite3_reset(worker->query);
  sqlite3_clear_bindings(worker->query);
  free(password);
}

static void *work(void *argument) {
  exhook_call *call;
  while ((call = next_call()) != NULL) {
    /* Nobody waits for a call whose deadline has passed. */
    if (exhook_call_is_wanted(call)) answer(argument, call);
    exhook_call_free(call);
  }
  return NULL;
}

static bool add_user(sqlite3 *database, const char *name, const char *password) {
  char setting[CRYPT_GENSALT_OUTPUT_SIZE];
  const char *hash = NULL;
  sqlite3_stmt *insert = NULL;
  bool is_added = false;
  if (crypt_gensalt_rn(NULL, 0, NULL, 0, setting, sizeof setting)) hash = crypt(password, setting);
  sqlite3_prepare_v2(database, "INSERT OR IGNORE INTO users VALUES (?, ?)", -1, &insert, NULL);
  if (hash != NULL && insert != NULL) {
    sqlite3_bind_text(insert, 1, name, -1, SQLITE_STATIC);
    sqlite3_bind_text(insert, 2, hash, -1, SQLITE_STATIC);
    is_added = sqlite3_step(insert) == SQLITE_DONE;
  }
  sqlite3_finalize(insert);
  return is_added;
}

/* The first worker's connection makes the table; each worker has one of its own. */
static bool open_users(struct worker *worker) {
  const char *create = "CREATE TABLE IF NOT EXISTS users (name TEXT PRIMARY KEY, hash TEXT)";
  const char *query = "SELECT hash FROM users WHERE name = ?";
  if (sqlite3_open("users.db", &worker->database) != SQLITE_OK) return false;
  if (worker == workers &&
      (sqlite3_exec(worker->database, create, NULL, NULL, NULL) != SQLITE_OK ||
       !add_user(worker->database, "alice", "pw") || !add_user(worker->database, "bob", "b")))
    return false;
  return sqlite3_prepare_v2(worker->database, query, -1, &worker->query, NULL) == SQLITE_OK;
}

static exhook_error *serve(exhook_server *server) {
  const char *bind = getenv("EXHOOK_BIND");
  exhook_error *error = exhook_server_set_timeout_ms(server, 2000);
  if (!error)
    error = exhook_server_on(server, EXHOOK_HOOK_CLIENT_AUTHENTICATE, authenticate, NULL, NULL);
  if (!error) error = exhook_server_listen(server, exhook_str_of(bind ? bind : "127.0.0.1:9000"));
  return error;
}

int main(void) {
  exhook_server *server = exhook_server_new();
  exhook_error *error = NULL;
  int opened = 0, started = 0, status = EXIT_FAILURE;

  crypt_gensalt_rn(NULL, 0, NULL, 0, nobody, sizeof nobody);
  while (opened < WORKERS && open_users(&workers[opened])) opened++;
  while (started < opened &&
         !pthread_create(&workers[started].thread, NULL, work, &workers[started]))
    started++;
  if (opened < WORKERS)
    fprintf(stderr, "authentication: users.db: %s\n", sqlite3_errmsg(workers[opened].database));
  else if (started < WORKERS)
    fputs("authentication: cannot start a thread\n", stderr);
  else if ((error = serve(server)) != NULL)
    fprintf(stderr, "authentication: %s\n", exhook_error_text(error));
  else
    status = EXIT_SUCCESS;

  pthread_mutex_lock(&queue.lock);
  queue.is_closed = true;
  pthread_cond_broadcast(&queue.changed);
  pthread_mutex_unlock(&queue.lock);
  for (int i = 0; i < started; i++) pthread_join(workers[i].thread, NULL);
  for (int i = 0; i < WORKERS; i++) {
    sqlite3_finalize(workers[i].query);
    sqlite3_close(workers[i].database);
  }
  exhook_error_free(error);
  exhook_server_free(server);
  return status;
}
