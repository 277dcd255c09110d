/* Who is online, in an SQLite table: `sqlite3 presence.db 'SELECT * FROM online'`. */

#include <exhook.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>

/* The table begins empty: who is connected then is told by no broker. */
static const char create[] = "PRAGMA journal_mode = WAL; PRAGMA synchronous = OFF;"
                             "CREATE TABLE IF NOT EXISTS online (clientid TEXT PRIMARY KEY, node, "
                             "username, peerhost, since);"
                             "DELETE FROM online";
static const char enter[] =
    "INSERT OR REPLACE INTO online VALUES (?, ?, ?, ?, strftime('%Y-%m-%dT%H:%M:%SZ', 'now'))";
/* A client that is here again, by way of another node, stays. */
static const char leave[] = "DELETE FROM online WHERE clientid = ? AND node = ?";

static void bind_text(sqlite3_stmt *statement, int index, exhook_str text) {
  sqlite3_bind_text64(statement, index, text.data, text.len, SQLITE_STATIC, SQLITE_UTF8);
}

/* The broker has been answered already: it does not wait for the database. */
static void presence(exhook_call *call, void *user) {
  sqlite3_stmt *statement = user;
  bind_text(statement, 1, exhook_call_clientid(call));
  bind_text(statement, 2, exhook_call_node(call));
  if (exhook_call_hook(call) == EXHOOK_HOOK_CLIENT_CONNECTED) {
    bind_text(statement, 3, exhook_call_clientinfo_username(call));
    bind_text(statement, 4, exhook_call_clientinfo_peerhost(call));
  }
  if (sqlite3_step(statement) != SQLITE_DONE)
    fprintf(stderr, "presence: presence.db: %s\n", sqlite3_errmsg(sqlite3_db_handle(statement)));
  sqlite3_reset(statement);
  sqlite3_clear_bindings(statement);
}

static exhook_error *serve(exhook_server *server, sqlite3_stmt *entering, sqlite3_stmt *leaving) {
  const char *bind = getenv("EXHOOK_BIND");
  /* With one thread, callbacks run one after another and need no lock. */
  exhook_error *error = exhook_server_set_threads(server, 1);
  if (!error)
    error = exhook_server_on(server, EXHOOK_HOOK_CLIENT_CONNECTED, presence, entering, NULL);
  if (!error)
    error = exhook_server_on(server, EXHOOK_HOOK_CLIENT_DISCONNECTED, presence, leaving, NULL);
  if (!error) error = exhook_server_listen(server, exhook_str_of(bind ? bind : "127.0.0.1:9000"));
  return error;
}

int main(void) {
  exhook_server *server = exhook_server_new();
  exhook_error *error = NULL;
  sqlite3 *database = NULL;
  sqlite3_stmt *entering = NULL, *leaving = NULL;
  int status = EXIT_FAILURE;

  if (sqlite3_open("presence.db", &database) != SQLITE_OK ||
      sqlite3_exec(database, create, NULL, NULL, NULL) != SQLITE_OK ||
      sqlite3_prepare_v2(database, enter, -1, &entering, NULL) != SQLITE_OK ||
      sqlite3_prepare_v2(database, leave, -1, &leaving, NULL) != SQLITE_OK)
    fprintf(stderr, "presence: presence.db: %s\n", sqlite3_errmsg(database));
  else if ((error = serve(server, entering, leaving)) != NULL)
    fprintf(stderr, "presence: %s\n", exhook_error_text(error));
  else
    status = EXIT_SUCCESS;

  exhook_error_free(error);
  exhook_server_free(server); /* no callback runs after this */
  sqlite3_finalize(entering);
  sqlite3_finalize(leaving);
  sqlite3_close(database);
  return status;
}
