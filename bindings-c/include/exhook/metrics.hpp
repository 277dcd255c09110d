/// @file
/// exhook::Metrics: what a server has counted.
#ifndef EXHOOK_METRICS_HPP
#define EXHOOK_METRICS_HPP

#include <exhook.h>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string_view>

#include "list.hpp"
#include "text.hpp"

namespace exhook {

/// What was counted for one hook of one package: a view, valid as long as its Metrics.
class HookMetrics {
public:
  /// The hook at this place of a snapshot of the C interface.
  HookMetrics(const exhook_metrics *metrics, std::size_t index) noexcept
      : metrics_(metrics), index_(index) {}

  /// The name of the hook, for example `message.publish`; valid always.
  [[nodiscard]] std::string_view hook() const noexcept {
    return detail::text(exhook_hook_name(exhook_metrics_hook_at(metrics_, index_)));
  }
  /// The package that the brokers speak: 1, 2 or 3.
  [[nodiscard]] std::uint32_t package() const noexcept {
    return exhook_metrics_package_at(metrics_, index_);
  }
  /// How often brokers called.
  [[nodiscard]] std::uint64_t calls() const noexcept {
    return exhook_metrics_calls_at(metrics_, index_);
  }
  /// How many answers came when the broker had been answered already.
  [[nodiscard]] std::uint64_t late() const noexcept {
    return exhook_metrics_late_at(metrics_, index_);
  }
  /// How many notifications were not handled because too many waited.
  [[nodiscard]] std::uint64_t dropped() const noexcept {
    return exhook_metrics_dropped_at(metrics_, index_);
  }
  /// How many answers were `verdict`: `allow`, `deny`, `keep_going`, `ignore`, `replace`, `block`
  /// or `done`; 0 for other names.
  [[nodiscard]] std::uint64_t verdicts(std::string_view verdict) const noexcept {
    return exhook_metrics_verdicts_at(metrics_, index_, detail::c_text(verdict));
  }
  /// How many calls were answered by policy because of `failure`: `deadline`, `exception`,
  /// `overload`, `bad_answer`, `unanswered`, `undecodable` or `too_large`; 0 for other names.
  [[nodiscard]] std::uint64_t failures(std::string_view failure) const noexcept {
    return exhook_metrics_failures_at(metrics_, index_, detail::c_text(failure));
  }
  /// Within how many microseconds this part of the calls was answered: 0.5 for the median, 0.99 for
  /// all but the slowest hundredth.
  [[nodiscard]] std::uint64_t latency_us(double quantile) const noexcept {
    return exhook_metrics_latency_us_at(metrics_, index_, quantile);
  }
  /// For how many microseconds at most this part of the calls waited for its handler.
  [[nodiscard]] std::uint64_t waited_us(double quantile) const noexcept {
    return exhook_metrics_waited_us_at(metrics_, index_, quantile);
  }

private:
  const exhook_metrics *metrics_;
  std::size_t index_;
};

namespace detail {

/// How List reads the hooks of a snapshot.
struct MetricsHooks {
  using Owner = exhook_metrics;
  static std::size_t size(const Owner *metrics) noexcept {
    return exhook_metrics_hooks_count(metrics);
  }
  static HookMetrics at(const Owner *metrics, std::size_t index) noexcept {
    return {metrics, index};
  }
};

} // namespace detail

/// What a server has counted since it was made, as it was at one moment: see App::metrics().
///
/// @code
/// const exhook::Metrics metrics = app.metrics();
/// for (const exhook::HookMetrics hook : metrics.hooks()) {
///   std::cout << hook.hook() << ": " << hook.calls() << " calls\n";
/// }
/// @endcode
///
/// Any thread may read it, also several at once. Before the first start all numbers are 0.
class Metrics {
public:
  /// Owns a snapshot of the C interface, or none.
  explicit Metrics(exhook_metrics *metrics) noexcept : metrics_(metrics) {}

  /// How many calls are running, brokers waiting for them.
  [[nodiscard]] std::uint64_t inflight() const noexcept {
    return exhook_metrics_inflight(metrics_.get());
  }
  /// How many notifications are answered but not yet handled.
  [[nodiscard]] std::uint64_t inbox_depth() const noexcept {
    return exhook_metrics_inbox_depth(metrics_.get());
  }
  /// How many connections of brokers are open.
  [[nodiscard]] std::uint64_t connections() const noexcept {
    return exhook_metrics_connections(metrics_.get());
  }
  /// How many connections have been accepted.
  [[nodiscard]] std::uint64_t connections_accepted() const noexcept {
    return exhook_metrics_connections_accepted(metrics_.get());
  }
  /// How many calls were of methods that no package has.
  [[nodiscard]] std::uint64_t unknown_methods() const noexcept {
    return exhook_metrics_unknown_methods(metrics_.get());
  }
  /// How many requests were refused because they were no calls.
  [[nodiscard]] std::uint64_t bad_requests() const noexcept {
    return exhook_metrics_bad_requests(metrics_.get());
  }

  /// The hooks that were called, one for each package that they were called with. Valid as long as
  /// this object, which must have a name therefore.
  [[nodiscard]] List<HookMetrics, detail::MetricsHooks> hooks() const & noexcept {
    return List<HookMetrics, detail::MetricsHooks>(metrics_.get());
  }
  List<HookMetrics, detail::MetricsHooks> hooks() const && = delete;

private:
  struct Free {
    void operator()(exhook_metrics *metrics) const noexcept { exhook_metrics_free(metrics); }
  };

  std::unique_ptr<exhook_metrics, Free> metrics_;
};

} // namespace exhook

#endif
