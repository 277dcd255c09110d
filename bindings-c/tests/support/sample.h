/* Checks of the sample requests: every field has a value that follows from its path, such as
 * "clientinfo.username", "props[1].name" or "message.headers[0].value".
 *
 * A text is its path. Bytes are the path, a NUL, and the path again. A number is the FNV-1a hash
 * of the path with its lowest bit set: of 32 bits for uint32, of 64 bits without the highest for
 * uint64 and int64. A bool is true, an enum its last value. Lists have three entries and maps two,
 * which differ by the number in their path. */

#ifndef EXHOOK_TESTS_SAMPLE_H
#define EXHOOK_TESTS_SAMPLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <exhook.h>

#ifdef __cplusplus
extern "C" {
#endif

#define SAMPLE_LIST 3
#define SAMPLE_MAP 2

/* What is expected at a path. */
uint32_t sample_u32(const char *path);
uint64_t sample_u64(const char *path);

/* Each prints the path and what it saw where that is something else. */
void check_text(exhook_str actual, const char *path);
void check_bytes(exhook_bytes actual, const char *path);
void check_u32(uint32_t actual, const char *path);
void check_u64(uint64_t actual, const char *path);
void check_i64(int64_t actual, const char *path);
void check_bool(bool actual, const char *path);
void check_enum(uint32_t actual, uint32_t last, const char *path);
void check_count(size_t actual, size_t expected, const char *path);

/* Serves `hook`, has a broker call it once with the sample request, and runs `check` for that
 * call. `name` is the hook's, such as "client.connect". */
void sample_test(exhook_hook hook, const char *name, void (*check)(const exhook_call *call));

#ifdef __cplusplus
}
#endif

#endif
