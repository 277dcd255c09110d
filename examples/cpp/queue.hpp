// A queue between threads.
#pragma once

#include <algorithm>
#include <condition_variable>
#include <cstddef>
#include <deque>
#include <iterator>
#include <mutex>
#include <utility>
#include <vector>

template <class Item>
class Queue {
public:
  // Waits while the queue is full.
  void push(Item item) {
    std::unique_lock lock(mutex_);
    has_room_.wait(lock, [this] { return items_.size() < 10'000; });
    items_.push_back(std::move(item));
    has_items_.notify_one();
  }

  // Up to so many items, once there is one; none when the queue is closed and empty.
  std::vector<Item> pop(std::size_t most) {
    std::unique_lock lock(mutex_);
    has_items_.wait(lock, [this] { return is_closed_ || !items_.empty(); });
    const auto count = static_cast<std::ptrdiff_t>(std::min(most, items_.size()));
    const auto end = items_.begin() + count;
    std::vector<Item> taken(std::move_iterator(items_.begin()), std::move_iterator(end));
    items_.erase(items_.begin(), end);
    has_room_.notify_all();
    return taken;
  }

  void close() {
    const std::lock_guard lock(mutex_);
    is_closed_ = true;
    has_items_.notify_all();
  }

private:
  std::mutex mutex_;
  std::condition_variable has_room_, has_items_;
  std::deque<Item> items_;
  bool is_closed_ = false;
};
