#include "core/journal/settlement.hpp"

namespace aorta::journal {
namespace {

void count(Totals& totals, End end) {
  switch (end) {
    case End::Written:
      ++totals.written;
      break;
    case End::Merged:
      ++totals.merged;
      break;
    case End::Filtered:
      ++totals.filtered;
      break;
    case End::DeadLettered:
      ++totals.dead_lettered;
      break;
    case End::Unreadable:
      ++totals.unreadable;
      break;
    case End::Open:
      break;
  }
}

}  // namespace

void Settlement::deliver(std::uint64_t sequence) {
  if (sequence <= delivered_through()) return;
  lose_through(sequence - 1);
  ends_.push_back(End::Open);
}

void Settlement::lose_through(std::uint64_t sequence) {
  while (delivered_through() < sequence) ends_.push_back(End::Unreadable);
  advance();
}

void Settlement::settle(std::uint64_t sequence, End end) {
  if (sequence <= settled_through_ || sequence > delivered_through()) return;
  End& of = ends_[sequence - settled_through_ - 1];
  if (of == End::Open) of = end;
  advance();
}

void Settlement::advance() {
  for (; !ends_.empty() && ends_.front() != End::Open; ends_.pop_front(), ++settled_through_)
    count(totals_, ends_.front());
}

}  // namespace aorta::journal
