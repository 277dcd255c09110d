/// @file
/// Texts and bytes on their way between C and C++.
#ifndef EXHOOK_TEXT_HPP
#define EXHOOK_TEXT_HPP

#include <exhook.h>

#include <cstdint>
#include <string_view>

namespace exhook::detail {

inline std::string_view text(exhook_str from) noexcept { return {from.data, from.len}; }

inline std::string_view text(exhook_bytes from) noexcept {
  return {reinterpret_cast<const char *>(from.data), from.len};
}

inline exhook_str c_text(std::string_view from) noexcept {
  return exhook_str{from.data(), from.size()};
}

inline exhook_bytes c_bytes(std::string_view from) noexcept {
  return exhook_bytes{reinterpret_cast<const std::uint8_t *>(from.data()), from.size()};
}

} // namespace exhook::detail

#endif
