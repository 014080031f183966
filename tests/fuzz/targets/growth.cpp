// Texts that grow: a byte that names the reader and the size, then prefix NUL fragment NUL suffix. The fragment is
// repeated until the text is large; the time it takes must stay in proportion.
#include <array>
#include <cstdio>
#include <string>

#include "core/base/arena.hpp"
#include "core/base/decimal.hpp"
#include "core/base/number.hpp"
#include "core/base/time.hpp"
#include "core/base/unicode.hpp"
#include "core/document/convert.hpp"
#include "core/document/document.hpp"
#include "core/expr/expression.hpp"
#include "core/expr/json_path/regex.hpp"
#include "core/expr/numbers.hpp"
#include "core/fhir/observation_mapping.hpp"
#include "tests/fuzz/support/property.hpp"
#include "tests/fuzz/support/target.hpp"

namespace aorta::fuzz {
namespace {

constexpr std::size_t kLarge = 48 * 1024;
// Each half as large as the one before: most inputs are quick, and what they find is tried at full size too.
constexpr unsigned kSizes = 6;

void read_document(std::string_view text, bool positions) {
  document::Document document;
  if (document.read_value(text, {.dates = true, .whole = false, .positions = positions}).has_error()) return;
  std::string json;
  document::append_json(json, document.root());
}

void message(std::string_view text) { read_document(text, false); }
void file(std::string_view text) { read_document(text, true); }
void json_path(std::string_view text) { static_cast<void>(expr::Expression::compile(expr::Language::JsonPath, text)); }
void jmes_path(std::string_view text) { static_cast<void>(expr::Expression::compile(expr::Language::JmesPath, text)); }
void pattern(std::string_view text) { static_cast<void>(expr::json_path::Regex::compile(text, "i")); }
void fhir_file(std::string_view text) { static_cast<void>(fhir::ObservationMapping::load(text)); }

void date(std::string_view text) {
  static_cast<void>(detect_date(text));
  static_cast<void>(parse_date_text(text));
}

void number(std::string_view text) {
  static_cast<void>(parse_decimal(text, DecimalSyntax::Float));
  static_cast<void>(expr::parse_float_text(text));
  static_cast<void>(expr::parse_integer_text(text));
}

constexpr std::array kReaders{message, file, json_path, jmes_path, pattern, fhir_file, date, number};

std::string grown(std::string_view input, std::size_t size) {
  std::string text(take_part(input));
  std::string_view fragment = take_part(input);
  if (!fragment.empty()) {
    while (text.size() < size) text += fragment;
  }
  return text += input;
}

void growth(std::string_view input) {
  unsigned choice = take_byte(input);
  unsigned reader = choice % kReaders.size();
  std::size_t size = kLarge >> (choice / kReaders.size() % kSizes);
  Arena arena(kSmallBlock);
  std::string text(valid_utf8(grown(input, size), Surrogates::Allow, arena));
  double start = processor_time();
  kReaders[reader](text);
  double took = processor_time() - start;
  double allowed = 0.05 + 60e-6 * static_cast<double>(text.size());
  if (took > allowed) std::fprintf(stderr, "reader %u took %.3f s for %zu bytes\n", reader, took, text.size());
  require(took <= allowed, "time grows no faster than the text");
}

}  // namespace

const Target kGrowth{"growth", growth, {.seconds = 6}};

}  // namespace aorta::fuzz
