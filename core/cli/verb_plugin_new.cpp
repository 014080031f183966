#include <array>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <optional>
#include <ostream>

#include "core/base/text.hpp"
#include "core/cli/command.hpp"
#include "core/cli/verbs.hpp"

namespace aorta::cli {
namespace {

namespace fs = std::filesystem;

// The words that a kind's template project uses for the id, the library and the C++ type; all three are replaced.
struct Project {
  std::string_view kind;
  std::string_view id;
  std::string_view library;
  std::string_view type;
};

constexpr std::array kProjects{
    Project{"source", "acme.line_file", "acme_line_file", "AcmeLineFile"},
    Project{"template", "AcmePulse", "acme_pulse", "AcmePulse"},
    Project{"sink", "acme.print", "acme_print", "AcmePrint"},
};

bool is_upper(char c) { return c >= 'A' && c <= 'Z'; }
bool is_letter(char c) { return is_upper(c) || (c >= 'a' && c <= 'z'); }
bool is_digit(char c) { return c >= '0' && c <= '9'; }
char lower(char c) { return is_upper(c) ? static_cast<char>(c - 'A' + 'a') : c; }
char upper(char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c; }

// "acme.line_file" and "AcmeLineFile" alike: acme, line, file. Empty where the name is none.
std::vector<std::string> words_of(std::string_view name) {
  std::vector<std::string> out;
  char before = '.';
  for (char c : name) {
    bool separator = c == '.' || c == '_' || c == '-';
    if (separator ? !is_letter(before) && !is_digit(before) : !is_letter(c) && !is_digit(c)) return {};
    bool begins =
        !separator && (out.empty() || (!is_letter(before) && !is_digit(before)) || (is_upper(c) && !is_upper(before)));
    if (begins) out.emplace_back();
    if (!separator) out.back() += lower(c);
    before = c;
  }
  bool whole = is_letter(before) || is_digit(before);
  return whole && is_letter(name.front()) && name.size() <= 64 ? out : std::vector<std::string>();
}

std::string joined(const std::vector<std::string>& words) {
  std::string out;
  for (const std::string& word : words) out += (out.empty() ? "" : "_") + word;
  return out;
}

std::string camel_case(const std::vector<std::string>& words) {
  std::string out;
  for (const std::string& word : words) (out += upper(word.front())) += word.substr(1);
  return out;
}

struct Replacement {
  std::string from;
  std::string to;
};

// In this order: an id in quotes may be spelled like the type.
std::vector<Replacement> replacements(const Project& project, const std::string& id) {
  auto quoted = [](std::string_view text) { return "\"" + std::string(text) + "\""; };
  std::vector<std::string> words = words_of(id);
  std::string library = joined(words);
  return {
      {quoted(project.id), quoted(id)},
      {std::string(project.library), library},
      {std::string(project.type), camel_case(words)},
      {"acme.kind", std::string(project.kind)},
      {"acme.name", id},
      {"acme_name", library},
  };
}

std::string replaced(std::string text, const std::vector<Replacement>& all) {
  for (const Replacement& one : all) {
    for (std::size_t at = 0; (at = text.find(one.from, at)) != std::string::npos; at += one.to.size())
      text.replace(at, one.from.size(), one.to);
  }
  return text;
}

Error cannot_write(const fs::path& path) {
  return Error("cannot-write", path.string() + ": cannot be written; is the folder yours, and the disk not full?");
}

Result<void> write_file(const fs::path& from, const fs::path& to, const std::vector<Replacement>& words) {
  std::ifstream in(from, std::ios::binary);
  std::string text(std::istreambuf_iterator<char>(in), {});
  if (!in) return Error("cannot-open", from.string() + ": cannot be read; install the SDK anew");
  std::error_code failed;
  fs::create_directories(to.parent_path(), failed);
  std::ofstream out(to, std::ios::binary);
  out << replaced(std::move(text), words) << std::flush;
  if (!out) return cannot_write(to);
  fs::permissions(to, fs::status(from, failed).permissions() | fs::perms::owner_write, failed);
  return {};
}

Result<void> write_folder(const fs::path& from, const fs::path& to, const std::vector<Replacement>& words) {
  std::error_code failed;
  std::vector<fs::path> files;
  for (fs::recursive_directory_iterator it(from, failed), end; !failed && it != end; it.increment(failed)) {
    if (it->is_regular_file()) files.push_back(it->path());
  }
  if (failed || files.empty())
    return Error("sdk-not-installed", from.string() + ": the SDK's projects are not there; install Aorta with its SDK");
  for (const fs::path& file : files)
    AORTA_CHECK(write_file(file, to / replaced(file.lexically_relative(from).string(), words), words));
  return {};
}

// Where this program is installed.
Result<fs::path> prefix() {
  std::error_code failed;
  fs::path program = fs::read_symlink("/proc/self/exe", failed);
  if (failed) return Error("sdk-not-installed", "/proc/self/exe cannot be read: " + failed.message());
  return program.parent_path().parent_path();
}

// The folder that find_package(AortaSdk) is to look in; of a program that is not installed nobody can say.
std::string prefix_text() {
  std::error_code failed;
  auto installed = prefix();
  bool found = installed.has_value() && fs::exists(*installed / "lib/cmake/AortaSdk", failed);
  return found ? installed->string() : "…";
}

Result<void> write_project(const Project& project, const std::string& id, const fs::path& folder) {
  std::error_code failed;
  if (fs::exists(folder, failed) && !fs::is_empty(folder, failed))
    return Error("already-there", folder.string() + ": is there already, and not empty; choose another with --folder");
  AORTA_TRY(installed, prefix());
  fs::path templates = installed / "share/aorta-sdk/template";
  std::vector<Replacement> words = replacements(project, id);
  AORTA_CHECK(write_folder(templates / "common", folder, words));
  return write_folder(templates / project.kind, folder, words);
}

const Project* project_of(std::string_view kind) {
  for (const Project& project : kProjects) {
    if (project.kind == kind) return &project;
  }
  return nullptr;
}

std::optional<std::string> wrong_words(const std::string& kind, const std::string& name) {
  if (!project_of(kind)) return "KIND is source, template or sink, not \"" + kind + "\"";
  if (words_of(name).size() >= 2) return std::nullopt;
  return "NAME is two words or more, the first one yours: acme.watch, or AcmeWatch for a template type; \"" + name +
         "\" is none";
}

void show(Context& context, const fs::path& folder, const std::string& id) {
  if (context.format == Format::Json)
    return void(context.out << R"({"folder":)" << json_text(folder.string()) << R"(,"id":)" << json_text(id) << "}\n");
  context.out << folder.string() << ": a project for " << id << "\n"
              << "  cd " << folder.string() << " && cmake -S . -B build -G Ninja -DCMAKE_PREFIX_PATH=" << prefix_text()
              << " && "
              << "cmake --build build && ctest --test-dir build\n";
}

}  // namespace

int run_plugin_new(Context& context, Arguments arguments) {
  std::string kind, name, folder;
  Command command(
      context, "plugin new",
      "Writes a project for a plugin: code, build file, tests that need no host, README and a script for CI. It builds "
      "against the installed SDK and passes its tests as it is."
  );
  command.positional("KIND", kind, "source, template or sink");
  command.positional("NAME", name, "the plugin's id, of two words or more: acme.watch, AcmeWatch");
  command.option("--folder", folder, "where to write it; the id's words joined by _ if not given");
  command.example("aorta plugin new source acme.watch", "a source in ./acme_watch")
      .example("aorta plugin new template AcmeWatch", "a template type");
  command.exits("0 ok, 2 usage, 4 the folder cannot be written, or the SDK is not installed");
  if (auto code = command.parse(arguments)) return *code;
  if (auto wrong = wrong_words(kind, name)) return fail(context, Error("usage", *wrong), kUsage);
  fs::path target = folder.empty() ? fs::path(joined(words_of(name))) : fs::path(folder);
  if (auto written = write_project(*project_of(kind), name, target); written.has_error())
    return fail(context, written.error());
  show(context, target, name);
  return kOk;
}

}  // namespace aorta::cli
