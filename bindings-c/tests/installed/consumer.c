/* A program that uses the installed library: what its headers say is what the library says. */

#include <exhook.h>
#include <stdio.h>
#include <string.h>

static int serve(exhook_server *server) {
  exhook_error *error = exhook_server_start(server, EXHOOK_STR("127.0.0.1:0"));
  if (!error) {
    exhook_str address = exhook_server_address(server);
    printf("serving on " EXHOOK_STR_FORMAT "\n", EXHOOK_STR_ARG(address));
    error = exhook_server_stop(server);
  }
  if (error) {
    fprintf(stderr, "%s\n", exhook_error_text(error));
    exhook_error_free(error);
    return 1;
  }
  return 0;
}

int main(void) {
  exhook_server *server = exhook_server_new();
  int status = serve(server);
  if (exhook_abi_version() != EXHOOK_ABI_VERSION || strcmp(exhook_version(), EXHOOK_VERSION) != 0) {
    fprintf(stderr, "the header is of %s (%d), the library of %s (%u)\n", EXHOOK_VERSION,
            EXHOOK_ABI_VERSION, exhook_version(), (unsigned)exhook_abi_version());
    status = 1;
  }
  exhook_server_free(server);
  return status;
}
