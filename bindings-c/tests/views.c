/* Views of texts and bytes, names, codes and versions. */

#include <stdio.h>
#include <string.h>

#include "test.h"

static void views_know_where_and_how_long(void) {
  CHECK_STR(exhook_str_of("sensor"), "sensor");
  CHECK_STR(exhook_str_of(""), "");
  CHECK_STR(exhook_str_of(NULL), "");
  CHECK_NUMBER(EXHOOK_STR("a\0b").len, 3);
  CHECK_NUMBER(EXHOOK_BYTES("a\0b").len, 3);
  CHECK(EXHOOK_BYTES("a\0b").data[2] == 'b');
  const uint8_t bytes[] = {1, 2, 3};
  exhook_bytes view = exhook_bytes_of(bytes, sizeof(bytes));
  CHECK(view.data == bytes && view.len == 3);
}

static void texts_are_equal_where_their_bytes_are(void) {
  exhook_str nowhere = {NULL, 0}, broken = {NULL, 2};
  CHECK(exhook_str_eq(EXHOOK_STR("a\0b"), EXHOOK_STR("a\0b")));
  CHECK(!exhook_str_eq(EXHOOK_STR("a\0b"), EXHOOK_STR("a\0c")));
  CHECK(!exhook_str_eq(EXHOOK_STR("ab"), EXHOOK_STR("abc")));
  CHECK(exhook_str_eq(EXHOOK_STR(""), nowhere));
  CHECK(exhook_str_eq(nowhere, nowhere));
  CHECK(!exhook_str_eq(broken, EXHOOK_STR("ab")));
  CHECK(!exhook_str_eq(EXHOOK_STR("ab"), broken));
  CHECK(exhook_str_eq(EXHOOK_STR("\xff"), EXHOOK_STR("\xff")));
}

static void texts_are_printed_with_their_length(void) {
  char text[32];
  exhook_str view = {"sensors/1", 7};
  snprintf(text, sizeof(text), "<" EXHOOK_STR_FORMAT ">", EXHOOK_STR_ARG(view));
  CHECK_TEXT(text, "<sensors>");
}

static void every_hook_has_its_name(void) {
  CHECK_STR(exhook_hook_name(EXHOOK_HOOK_PROVIDER_LOADED), "provider.loaded");
  CHECK_STR(exhook_hook_name(EXHOOK_HOOK_CLIENT_AUTHENTICATE), "client.authenticate");
  CHECK_STR(exhook_hook_name(EXHOOK_HOOK_MESSAGE_PUBLISH), "message.publish");
  CHECK_STR(exhook_hook_name(EXHOOK_HOOK_MESSAGE_INGRESS), "message.ingress");
  CHECK_STR(exhook_hook_name((exhook_hook)(EXHOOK_HOOK_MESSAGE_INGRESS + 1)), "");
  CHECK_STR(exhook_hook_name((exhook_hook)UINT32_MAX), "");
}

static void every_code_has_a_text_of_its_own(void) {
  static const exhook_code codes[] = {
      EXHOOK_OK,
      EXHOOK_ERR_INVALID_OPTION,
      EXHOOK_ERR_INVALID_ADDRESS,
      EXHOOK_ERR_ADDRESS_IN_USE,
      EXHOOK_ERR_IO,
      EXHOOK_ERR_WRONG_STATE,
      EXHOOK_ERR_FORKED,
      EXHOOK_ERR_NULL,
      EXHOOK_ERR_NOT_UTF8,
      EXHOOK_ERR_TOO_LATE,
      EXHOOK_ERR_WRONG_VERDICT,
      EXHOOK_ERR_BAD_MESSAGE,
      EXHOOK_ERR_ANSWERED,
      EXHOOK_ERR_NOT_DEFERRED,
      EXHOOK_ERR_PANIC,
  };
  size_t count = sizeof(codes) / sizeof(*codes);
  for (size_t one = 0; one < count; one++) {
    CHECK(strlen(exhook_code_text(codes[one])) > 0);
    for (size_t other = 0; other < one; other++) {
      CHECK(strcmp(exhook_code_text(codes[one]), exhook_code_text(codes[other])) != 0);
    }
  }
  CHECK(strlen(exhook_code_text((exhook_code)99)) > 0);
}

static void the_numbers_of_codes_never_change(void) {
  CHECK_NUMBER(EXHOOK_OK, 0);
  CHECK_NUMBER(EXHOOK_ERR_INVALID_OPTION, 1);
  CHECK_NUMBER(EXHOOK_ERR_FORKED, 6);
  CHECK_NUMBER(EXHOOK_ERR_NULL, 100);
  CHECK_NUMBER(EXHOOK_ERR_TOO_LATE, 102);
  CHECK_NUMBER(EXHOOK_ERR_PANIC, 107);
  CHECK_NUMBER(EXHOOK_HOOK_MESSAGE_INGRESS, 21);
  CHECK_NUMBER(sizeof(exhook_code), 4);
  CHECK_NUMBER(sizeof(exhook_hook), 4);
}

static void the_library_has_the_version_of_the_header(void) {
  CHECK_TEXT(exhook_version(), EXHOOK_VERSION);
  CHECK_NUMBER(exhook_abi_version(), EXHOOK_ABI_VERSION);
}

static void an_error_says_what_and_can_be_freed(void) {
  exhook_server *server = exhook_server_new();
  exhook_error *error = exhook_server_set_io_threads(server, 0);
  CHECK_CODE(exhook_error_code(error), EXHOOK_ERR_INVALID_OPTION);
  CHECK_CONTAINS(exhook_error_text(error), "io_threads is 0");
  exhook_error_free(error);
  CHECK_OK(exhook_server_free(server));
}

static void the_error_of_a_text_with_a_nul_is_readable(void) {
  exhook_server *server = exhook_server_new();
  CHECK_ERROR(exhook_server_start(server, EXHOOK_STR("no\0where")), EXHOOK_ERR_INVALID_ADDRESS,
              "where");
  CHECK_OK(exhook_server_free(server));
}

TEST_MAIN(TEST(views_know_where_and_how_long), TEST(texts_are_equal_where_their_bytes_are),
          TEST(texts_are_printed_with_their_length), TEST(every_hook_has_its_name),
          TEST(every_code_has_a_text_of_its_own), TEST(the_numbers_of_codes_never_change),
          TEST(the_library_has_the_version_of_the_header),
          TEST(an_error_says_what_and_can_be_freed),
          TEST(the_error_of_a_text_with_a_nul_is_readable))
