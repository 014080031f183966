#include "core/config/substitute.hpp"

#include <cstdlib>
#include <filesystem>

#include "core/base/secret_file.hpp"
#include "core/config/line_index.hpp"
#include "core/config/text_file.hpp"

namespace aorta::config {
namespace {

Error unknown_reference(std::string_view inside) {
  std::string shown(inside.substr(0, inside.find(':')));
  return Error(
      "reference", "${" + shown + "…} is no reference; use ${env:NAME} or ${file:/path}, or write $${ for a literal ${"
  );
}

class Substitution {
 public:
  Substitution(const YamlFile& file, const Variables& variables, Diagnostics& problems)
      : path_(file.path),
        folder_(std::filesystem::path(file.path).parent_path()),
        variables_(variables),
        problems_(problems) {}

  void walk(Value& value, const std::string& path) {
    if (value.is(Value::Kind::String)) return replace_in(value, path);
    for (std::size_t i = 0; i < value.items.size(); ++i) walk(value.items[i], path + "[" + std::to_string(i) + "]");
    for (Value::Member& member : value.members) walk(member.value, path.empty() ? member.key : path + "." + member.key);
  }

 private:
  void replace_in(Value& value, const std::string& path) {
    if (value.text.find("${") == std::string::npos) return;
    Result<std::string> replaced = expand(value);
    if (replaced.has_error()) {
      problems_.push_back(
          {Severity::Error,
           path + ": " + std::string(replaced.error().message()),
           path_,
           value.position,
           value.width,
           {}}
      );
      return;
    }
    if (is_one_file(value.text)) value.referenced_file = path_of(inside_of(value.text));
    value.text = std::move(*replaced);
  }

  static std::string_view inside_of(std::string_view reference) { return reference.substr(2, reference.size() - 3); }
  static bool is_one_file(std::string_view text) {
    return text.starts_with("${file:") && text.find('}') + 1 == text.size();
  }

  Result<std::string> expand(Value& value) {
    std::string out;
    std::string_view rest = value.text;
    for (std::size_t at = rest.find("${"); at != std::string_view::npos; at = rest.find("${")) {
      bool escaped = at > 0 && rest[at - 1] == '$';
      out += rest.substr(0, escaped ? at - 1 : at);
      rest.remove_prefix(at + 2);
      if (escaped) {
        out += "${";
        continue;
      }
      std::size_t end = rest.find('}');
      if (end == std::string_view::npos)
        return Error("reference", "the reference ${ has no closing }; write $${ for a literal ${");
      AORTA_TRY(content, resolve(rest.substr(0, end)));
      out += content;
      rest.remove_prefix(end + 1);
      value.from_reference = true;
    }
    return out.append(rest);
  }

  Result<std::string> resolve(std::string_view inside) {
    if (inside.starts_with("env:")) return variable(inside.substr(4));
    if (inside.starts_with("file:")) return content(path_of(inside));
    return unknown_reference(inside);
  }

  Result<std::string> variable(std::string_view inside) {
    std::size_t dash = inside.find(":-");
    std::string name(inside.substr(0, dash));
    if (name.empty()) return Error("reference", "${env:} names no variable");
    std::optional<std::string> found = variables_(name);
    bool has_default = dash != std::string_view::npos;
    if (found && !(has_default && found->empty())) return checked(std::move(*found), "the variable " + name);
    if (has_default) return std::string(inside.substr(dash + 2));
    return Error(
        "reference",
        "the environment variable " + name + " is not set; set it, or give a default as ${env:" + name + ":-default}"
    );
  }

  std::string path_of(std::string_view inside) const { return (folder_ / inside.substr(5)).string(); }

  static Result<std::string> content(const std::string& path) {
    Result<std::string> text = read_text_file(path, kMaxReferencedFile);
    if (text.has_error()) return text.error().in("the file " + path);
    return checked(std::string(without_line_end(*text)), "the file " + path);
  }

  static Result<std::string> checked(std::string text, const std::string& what) {
    if (first_unreadable_byte(text)) return Error("reference", what + " holds control characters, or no UTF-8");
    return text;
  }

  std::string path_;
  std::filesystem::path folder_;
  const Variables& variables_;
  Diagnostics& problems_;
};

}  // namespace

std::optional<std::string> process_variable(const std::string& name) {
  const char* found = std::getenv(name.c_str());
  return found ? std::optional<std::string>(found) : std::nullopt;
}

void substitute(YamlFile& file, const Variables& variables, Diagnostics& problems) {
  Substitution(file, variables, problems).walk(file.root, "");
}

}  // namespace aorta::config
