/* The program that the README's test tests. */

#include <exhook.h>

void add_hooks(exhook_server *server);
