/// @file
/// exhook::List: the lists in requests, read where they are.
#ifndef EXHOOK_LIST_HPP
#define EXHOOK_LIST_HPP

#include <cstddef>
#include <iterator>

namespace exhook {

/// A list in a request, or in a snapshot of metrics: a range of views, made when they are asked
/// for. It allocates nothing.
///
/// It and all that is read from it are valid as long as the object that it is from. `Source` says
/// how elements are counted and read, and is none of the users' business.
template <class Element, class Source>
class List {
public:
  /// The type in the C interface that the list is read from.
  using Owner = typename Source::Owner;
  /// What the list is of.
  using value_type = Element;

  /// Goes through a list from its beginning; elements are made when it is dereferenced.
  class iterator {
  public:
    /// Elements do not lie in memory, so that nothing can refer to them.
    using iterator_category = std::input_iterator_tag;
    /// What the list is of.
    using value_type = Element;
    /// The distance between two places.
    using difference_type = std::ptrdiff_t;
    /// There are no pointers to elements.
    using pointer = void;
    /// Elements are values.
    using reference = Element;

    /// The beginning of no list.
    iterator() noexcept = default;
    /// The place `index` in the list of `owner`.
    iterator(const Owner *owner, std::size_t index) noexcept : owner_(owner), index_(index) {}

    /// The element.
    [[nodiscard]] Element operator*() const noexcept { return Source::at(owner_, index_); }
    /// Goes to the next element.
    iterator &operator++() noexcept {
      ++index_;
      return *this;
    }
    /// Goes to the next element, and returns the place before.
    iterator operator++(int) noexcept {
      const iterator before = *this;
      ++index_;
      return before;
    }
    /// Whether two places of one list are the same.
    friend bool operator==(const iterator &left, const iterator &right) noexcept {
      return left.index_ == right.index_;
    }
    /// Whether two places of one list are different.
    friend bool operator!=(const iterator &left, const iterator &right) noexcept {
      return !(left == right);
    }

  private:
    const Owner *owner_ = nullptr;
    std::size_t index_ = 0;
  };

  /// The same: elements cannot be changed.
  using const_iterator = iterator;

  /// The list of a call or a snapshot of the C interface.
  explicit List(const Owner *owner) noexcept : owner_(owner) {}

  /// How many elements there are.
  [[nodiscard]] std::size_t size() const noexcept { return Source::size(owner_); }
  /// Whether there is no element.
  [[nodiscard]] bool empty() const noexcept { return size() == 0; }
  /// The element at `index`, from 0. Past the end its fields are empty, and a warning is logged.
  [[nodiscard]] Element operator[](std::size_t index) const noexcept {
    return Source::at(owner_, index);
  }
  /// The place of the first element.
  [[nodiscard]] iterator begin() const noexcept { return {owner_, 0}; }
  /// The place behind the last element.
  [[nodiscard]] iterator end() const noexcept { return {owner_, size()}; }

private:
  const Owner *owner_;
};

} // namespace exhook

#endif
