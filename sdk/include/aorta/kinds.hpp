// Which kind of plugin a type is: a source has poll(), a template apply(), a sink write().
#pragma once

#include <chrono>
#include <concepts>
#include <cstddef>
#include <string_view>

#include "aorta/document.hpp"
#include "aorta/groups.hpp"
#include "aorta/measurements.hpp"
#include "aorta/records.hpp"
#include "aorta/status.hpp"

namespace aorta {

template <class T>
concept Source = requires(T t, Batch& batch, std::size_t max, std::chrono::milliseconds wait) {
  { t.poll(batch, max, wait) } -> std::same_as<Status>;
};
// A source whose records the host keeps in a journal; kept(durable) tells what became of a poll's.
template <class T>
concept Keeping = Source<T> && requires(T t, bool durable) {
  t.kept(durable);
};
template <class T>
concept Template = requires(T t, Document document, Measurements& out) {
  t.apply(document, out);
};
template <class T>
concept Sink = requires(T t, const Groups& groups, Results& results) {
  t.write(groups, results);
};

// Has a struct Config and its schema.
template <class T>
concept Configured = requires {
  typename T::Config;
  T::schema;
};

namespace detail {

template <class T>
constexpr std::string_view kind_name() {
  static_assert(
      int{Source<T>} + int{Template<T>} + int{Sink<T>} == 1,
      "a plugin has exactly one of: Status poll(Batch&, std::size_t, std::chrono::milliseconds), "
      "void apply(Document, Measurements&), void write(const Groups&, Results&)"
  );
  return Source<T> ? "source" : Template<T> ? "template" : "sink";
}
template <class T>
inline constexpr std::string_view kKindName = kind_name<T>();

}  // namespace detail
}  // namespace aorta
