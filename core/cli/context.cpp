#include "core/cli/context.hpp"

#include <boost/json.hpp>
#include <ostream>

namespace aorta::cli {
namespace {

boost::json::object json_of(const Diagnostic& d) {
  boost::json::object out{{"severity", d.severity == Severity::Error ? "error" : "warning"}, {"message", d.message}};
  if (!d.file.empty()) out["file"] = d.file;
  if (d.position.line > 0) out["line"] = d.position.line;
  if (d.position.column > 0) out["column"] = d.position.column;
  if (!d.note.empty()) out["note"] = d.note;
  return out;
}

}  // namespace

int fail(Context& context, const Error& error, int code) {
  if (context.format == Format::Json) {
    context.out << R"({"error":{"reason":)" << json_text(error.reason()) << R"(,"message":)" << json_text(error.text())
                << "}}\n";
    return code;
  }
  context.err << observe::diagnostic_text(to_diagnostic(error), {}, context.err_terminal);
  return code;
}

std::string json_text(std::string_view text) { return boost::json::serialize(boost::json::string(text)); }

std::string json_text(const Diagnostics& diagnostics) {
  boost::json::array all;
  for (const Diagnostic& d : diagnostics) all.push_back(json_of(d));
  return boost::json::serialize(all);
}

}  // namespace aorta::cli
