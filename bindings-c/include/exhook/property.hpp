/// @file
/// exhook::Property and exhook::Properties: names with values.
#ifndef EXHOOK_PROPERTY_HPP
#define EXHOOK_PROPERTY_HPP

#include <exhook.h>

#include <cstddef>
#include <string_view>
#include <tuple>
#include <type_traits>

#include "list.hpp"
#include "text.hpp"

namespace exhook {

/// A name and a value: an MQTT 5 property as text, or a header of a message.
///
/// Both are valid as long as the request that they are from. It can be taken apart:
///
/// @code
/// for (const auto [name, value] : request.user_props()) …
/// @endcode
class Property {
public:
  /// A property of this name with this value.
  Property(std::string_view name, std::string_view value) noexcept : name_(name), value_(value) {}

  /// Name, for example `Session-Expiry-Interval`.
  [[nodiscard]] std::string_view name() const noexcept { return name_; }
  /// Value as text.
  [[nodiscard]] std::string_view value() const noexcept { return value_; }

  /// The name (0) or the value (1), which is how a property is taken apart.
  template <std::size_t Index>
  [[nodiscard]] std::string_view get() const noexcept {
    static_assert(Index < 2, "a property has a name and a value");
    return Index == 0 ? name_ : value_;
  }

private:
  std::string_view name_;
  std::string_view value_;
};

/// A list of properties, or the headers of a message.
template <class Source>
class Properties : public List<Property, Source> {
public:
  using List<Property, Source>::List;

  /// The value of the first property of this name, valid as long as the request; empty where there
  /// is none.
  [[nodiscard]] std::string_view find(std::string_view name) const noexcept {
    for (const Property property : *this) {
      if (property.name() == name) return property.value();
    }
    return {};
  }
};

} // namespace exhook

namespace std {

/// How many parts a property is taken apart into.
template <>
struct tuple_size<exhook::Property> : integral_constant<size_t, 2> {};

/// The type of a part of a property.
template <size_t Index>
struct tuple_element<Index, exhook::Property> {
  /// Both parts are texts.
  using type = string_view;
};

} // namespace std

#endif
