// What a template did with one message, as its calls into the host tell: which expressions it evaluated, what they
// selected, how that was converted. For people who ask; a run records nothing.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/result.hpp"
#include "core/document/document.hpp"
#include "core/expr/expression.hpp"
#include "core/mapping/measurement.hpp"

namespace aorta::mapping {

// How a token became part of a measurement.
struct Conversion {
  enum class Into : std::uint8_t {
    Text,
    Time,
    Nothing,
    NoText,
    NoTime
  };  // Nothing: null; NoText, NoTime: not possible
  Into into = Into::Nothing;
  std::string text;  // Text, Time (ISO 8601)
};

struct TracedToken {
  const document::Node* node = nullptr;
  std::vector<Conversion> conversions;
};

// One evaluation of an expression.
struct Evaluation {
  std::string expression;
  expr::Language language = expr::Language::JsonPath;
  std::vector<TracedToken> tokens;
  std::optional<Error> failure;
  std::optional<expr::NearMiss> miss;  // why there is no token
};

// All that served one field.
struct FieldTrace {
  enum class Role : std::int8_t { Unknown = -1, Match, Device, Time, Correlation, Patient, Encounter, Value };
  Role role = Role::Unknown;  // from Match on as AORTA_FIELD_*; Unknown: the template does not say
  std::string name;           // of a value
  bool required = false;
  std::vector<Evaluation> evaluations;  // those after the first where the one before gave nothing
};

// One measurement, made or not.
struct MeasurementTrace {
  std::vector<FieldTrace> fields;
  std::optional<Measurement> made;
};

// Nodes live as long as the message.
struct TemplateTrace {
  std::vector<FieldTrace> matches;  // the expressions that find measurements; the official types have one
  std::vector<MeasurementTrace> measurements;
  std::optional<Error> failure;
};

// What is found by the match expressions, in order.
std::vector<const document::Node*> matched_tokens(const TemplateTrace& trace);

// How many measurements it made.
std::size_t count_made(const TemplateTrace& trace);

// Takes down what happens while a template is applied. One at a time.
class TraceRecorder {
 public:
  // What was taken down since the last take(); `failure`: how apply() ended.
  TemplateTrace take(std::optional<Error> failure);

  void reading(FieldTrace::Role role, std::string_view name, bool required);
  // `many`: for all tokens, as matches are found; else for one.
  void evaluated(
      const expr::Expression& expression, const document::Node& root, Arena& arena,
      std::span<const document::Node* const> tokens, const Error* failure, bool many
  );
  void converted(const document::Node& token, Conversion conversion);
  void added(const MeasurementView& measurement);

 private:
  FieldTrace& field_for(bool many);
  void close_field();

  TemplateTrace trace_;
  MeasurementTrace open_;
  std::optional<FieldTrace> field_;
};

}  // namespace aorta::mapping
