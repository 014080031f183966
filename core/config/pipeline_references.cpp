#include "core/config/pipeline_references.hpp"

#include <algorithm>

#include "core/base/text.hpp"

namespace aorta::config {
namespace {

template <class Named>
std::vector<std::string> names_of(const std::vector<Named>& all) {
  std::vector<std::string> names;
  for (const Named& one : all) names.push_back(one.name);
  return names;
}

std::string listed(const std::vector<std::string>& words) {
  std::string out;
  for (const std::string& word : words) out += (out.empty() ? "" : ", ") + word;
  return out.empty() ? "none" : out;
}

// What a schema cannot say: names that refer to each other.
class References {
 public:
  References(const PipelineConfig& pipeline, const Value& tree, Diagnostics& problems)
      : pipeline_(pipeline), tree_(tree), problems_(problems) {}

  void check() {
    check_present("sources");
    check_present("sinks");
    for (std::string_view group : {"stores", "sources", "sinks"}) check_names(group);
    if (const Value* stores = tree_.find("stores")) check_stores(*stores, pipeline_.file, problems_);
    check_normalize();
    check_http();
    for (const PluginUse& sink : pipeline_.sinks) check_store(sink);
    check_worker("normalize", *tree_.find("normalize"));
    for (std::string_view group : {"sources", "sinks"}) {
      for (const Value::Member& use : tree_.find(group)->members)
        check_worker(std::string(group) + "." + use.key, use.value);
    }
    for (std::size_t i = 0; i < pipeline_.tests.size(); ++i) check_test(i);
  }

 private:
  void report(const Value& at, const std::string& message, std::string note = {}) {
    problems_.push_back({Severity::Error, message, pipeline_.file, at.position, at.width, std::move(note)});
  }

  void check_present(std::string_view group) {
    const Value& map = *tree_.find(group);
    if (map.members.empty()) report(map, std::string(group) + ": names none; a pipeline needs at least one");
  }

  // Names appear in logs, metrics and dead letters.
  void check_names(std::string_view group) {
    const Value* map = tree_.find(group);
    for (std::size_t i = 0; map && i < map->members.size(); ++i) {
      const Value::Member& member = map->members[i];
      auto fine = [](char c) {
        return (ascii_lower(c) >= 'a' && ascii_lower(c) <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '_';
      };
      if (!member.key.empty() && std::all_of(member.key.begin(), member.key.end(), fine)) continue;
      std::string message = std::string(group) + ": \"" + member.key + "\" is no name; use letters, digits, - and _";
      problems_.push_back({Severity::Error, message, pipeline_.file, member.position, member.width, {}});
    }
  }

  void check_http() {
    const HttpConfig& http = pipeline_.http;
    const Value* tls = tree_.find("http") ? tree_.find("http")->find("tls") : nullptr;
    if (tls && http.certificate.empty() != http.key.empty()) report(*tls, "http.tls: needs certificate and key, both");
    if (tls && http.certificate.empty() && !http.client_ca.empty())
      report(*tls, "http.tls: client_ca asks clients for certificates, which needs certificate and key here too");
  }

  void check_normalize() {
    const Value& normalize = *tree_.find("normalize");
    bool mapping = normalize.find("mapping") != nullptr;
    bool templates = normalize.find("templates") != nullptr;
    if (mapping && templates)
      report(*normalize.find("templates"), "normalize: has both mapping and templates; keep one of them");
    if (!mapping && !templates)
      report(normalize, "normalize: has no templates; write mapping: FILE, or templates: with a list");
    if (const Value* from = normalize.find("from")) check_from(*from);
  }

  void check_from(const Value& from) {
    bool known = true;
    for (std::size_t i = 0; i < from.items.size(); ++i) {
      known = check_source(from.items[i], "normalize.from[" + std::to_string(i) + "]") && known;
    }
    if (known) check_none_left_out(from);
  }

  // There is one normalization: a source that it leaves out would have nobody to read it.
  void check_none_left_out(const Value& from) {
    const std::vector<std::string>& named = pipeline_.normalize.from;
    for (const std::string& source : names_of(pipeline_.sources)) {
      if (std::find(named.begin(), named.end(), source) != named.end()) continue;
      report(
          from, "normalize.from: leaves out \"" + source + "\", which nothing else reads; add it, or remove the source"
      );
    }
  }

  bool check_source(const Value& name, const std::string& path) {
    std::vector<std::string> known = names_of(pipeline_.sources);
    if (std::find(known.begin(), known.end(), name.text) != known.end()) return true;
    report(
        name, path + ": there is no source \"" + name.text + "\"" + did_you_mean(name.text, known),
        "sources: " + listed(known)
    );
    return false;
  }

  void check_store(const PluginUse& sink) {
    if (sink.store.empty() || pipeline_.store(sink.store)) return;
    std::vector<std::string> known = names_of(pipeline_.stores);
    const Value& name = *tree_.find("sinks")->find(sink.name)->find("store");
    std::string message =
        "sinks." + sink.name + ".store: there is no store \"" + sink.store + "\"" + did_you_mean(sink.store, known);
    report(name, message, "stores: " + listed(known));
  }

  void check_worker(const std::string& path, const Value& use) {
    const Value* worker = use.find("worker");
    const Value* isolation = use.find("isolation");
    if (worker && !(isolation && isolation->text == "process"))
      report(*worker, path + ".worker: has no use without isolation: process; add that, or remove this");
  }

  void check_test(std::size_t index) {
    const Value& test = tree_.find("tests")->items[index];
    std::string path = "tests[" + std::to_string(index) + "]";
    const Value* input = test.find("input");
    const Value* inputs = test.find("inputs");
    if ((input != nullptr) == (inputs != nullptr)) return report(test, path + ": needs either input or inputs");
    if (input) check_input(*input, path + ".input");
    for (std::size_t i = 0; inputs && i < inputs->items.size(); ++i) {
      check_input(inputs->items[i], path + ".inputs[" + std::to_string(i) + "]");
    }
    if (test.find("expect")->members.empty())
      report(*test.find("expect"), path + ".expect: expects nothing, so the test could not fail");
  }

  void check_input(const Value& input, const std::string& path) {
    if ((input.find("body") != nullptr) == (input.find("body_text") != nullptr))
      report(input, path + ": needs either body or body_text");
    const Value* source = input.find("source");
    if (source) return void(check_source(*source, path + ".source"));
    if (pipeline_.sources.size() > 1)
      report(input, path + ": needs source, as there are several", "sources: " + listed(names_of(pipeline_.sources)));
  }

  const PipelineConfig& pipeline_;
  const Value& tree_;
  Diagnostics& problems_;
};

}  // namespace

void check_references(const PipelineConfig& pipeline, const Value& tree, Diagnostics& problems) {
  References(pipeline, tree, problems).check();
}

}  // namespace aorta::config
