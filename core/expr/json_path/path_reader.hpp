// The reader behind parse(): one object per text. Internal to this folder.
#pragma once

#include <initializer_list>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "core/expr/json_path/parser.hpp"

namespace aorta::expr::json_path {

// A hand-written descent that follows the reference's parser function by function, because users' mappings lean on what
// it happens to accept. Every function returns false once the text is refused; fault() then says where and why. Reading
// behind the end gives a NUL, which nothing accepts at the end.
class PathReader {
 public:
  explicit PathReader(std::string_view text) : text_(text) {}

  bool read(Program& out);
  Error fault() const { return fault_; }

 private:
  // path_reader.cpp
  bool read_path(Path& path, std::size_t start, bool in_filter);
  bool finish_path(Path& path, std::size_t start, bool scan, bool after_dot, bool in_filter);
  void add_name(Path& path, std::size_t start, bool scan);
  bool read_bracket(Path& path, bool scan);
  bool read_quoted_names(Path& path, char close, bool scan);
  bool read_quoted(std::string& out);
  bool read_escape(std::string& out);
  bool read_positions(Path& path, char close);
  void add(Path& path, Step step);

  // filter_reader.cpp
  bool read_filter(Path& path, char close, bool scan);
  bool read_predicate(Predicate& out);
  bool read_term(Term& out);
  bool read_side(Side& out);
  bool read_side_path(Side& out);
  bool read_literal(Side& out);
  bool read_number(Side& out);
  bool read_pattern(Side& out);
  bool read_operator(Operator& out);

  bool at_end() const { return at_ >= text_.size(); }
  char peek(std::size_t ahead = 0) const { return at_ + ahead < text_.size() ? text_[at_ + ahead] : '\0'; }
  void skip_blanks();
  bool match(std::string_view word);
  bool need_more(std::string_view cause);
  bool fail(std::string_view cause);
  bool unexpected(std::string_view where);

  std::string_view text_;
  std::size_t at_ = 0;
  int depth_ = 0;
  Program* program_ = nullptr;
  Error fault_;
};

}  // namespace aorta::expr::json_path
