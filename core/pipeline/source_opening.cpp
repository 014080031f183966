// Sources made from their configuration: with a journal, and paths of a listener, where they need them.
#include <algorithm>

#include "core/pipeline/adapters.hpp"
#include "core/pipeline/opening.hpp"
#include "core/plugin/state_file.hpp"

namespace aorta::pipeline {
namespace {

constexpr std::size_t kToldDamages = 10;
constexpr std::int64_t kTicksPerMillisecond = 10'000;

// A folder's name made of a pipeline's.
std::string folder_name(std::string_view name) {
  std::string out;
  for (char c : name) {
    bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '_';
    out += plain ? c : '_';
  }
  return out;
}

journal::Durability durability_of(config::Durability durability) {
  switch (durability) {
    case config::Durability::Fdatasync:
      return journal::Durability::Fdatasync;
    case config::Durability::Relaxed:
      return journal::Durability::Relaxed;
    case config::Durability::None:
      return journal::Durability::None;
  }
  return journal::Durability::Fdatasync;
}

journal::JournalOptions journal_options(const config::PipelineConfig& config, const std::string& source) {
  const config::JournalConfig& from = config.journal;
  journal::JournalOptions out;
  out.folder = from.path + "/" + folder_name(config.name) + "/" + source;
  out.max_bytes = from.max_size;
  out.segment_bytes = std::min(from.segment_size, from.max_size / 4);  // what is full can be freed in parts
  out.max_age = from.max_age.value_or(std::chrono::milliseconds(0));
  out.durability = durability_of(from.durability);
  out.receipts = {from.max_answers, from.keep_answers.count() * kTicksPerMillisecond};
  return out;
}

http::ListenerOptions listener_options(const config::HttpConfig& from) {
  return {
      .address = from.listen,
      .certificate = from.certificate,
      .key = from.key,
      .client_ca = from.client_ca,
      .max_connections = from.max_connections,
      .max_header_bytes = static_cast<std::uint32_t>(from.max_header_size),
      .patience = from.timeout};
}

using Tell = JournaledSource::Tell;

void tell_damage(const journal::Recovery& found, const Tell& tell) {
  for (std::size_t i = 0; i < std::min(found.damage.size(), kToldDamages); ++i) {
    const journal::Damage& one = found.damage[i];
    std::string place =
        one.segment + " at byte " + std::to_string(one.offset) + ": " + std::to_string(one.bytes) + " bytes ";
    tell(
        JournaledSource::Level::Warning,
        place +
            (one.torn ? "were being written when the power or the program failed; they are cut off" : "cannot be read")
    );
  }
  if (found.unreadable > 0)
    tell(
        JournaledSource::Level::Warning,
        std::to_string(found.unreadable) + " messages of the journal cannot be read, and are lost; look at the disk"
    );
}

void tell_state(const journal::Journal& journal, journal::Durability durability, const Tell& tell) {
  tell_damage(journal.recovered(), tell);
  if (std::uint64_t waiting = journal.recovered().waiting; waiting > 0)
    tell(JournaledSource::Level::Info, std::to_string(waiting) + " messages of earlier runs are taken up again");
  if (durability == journal::Durability::Fdatasync) return;
  tell(
      JournaledSource::Level::Warning,
      "journal.durability is not fdatasync: a power failure may take messages that were acknowledged"
  );
}

plugin::LibraryFile library_of(const plugin::Registry& registry, const config::PluginUse& use) {
  const plugin::PluginInfo* info = registry.find(plugin::Kind::Source, use.plugin);
  return info ? info->module->file : plugin::LibraryFile();
}

bool same_use(const config::PluginUse& a, const config::PluginUse& b) {
  return a.name == b.name && a.plugin == b.plugin && a.config_json == b.config_json && a.worker == b.worker;
}

const config::PluginUse* use_called(const config::PipelineConfig& config, std::string_view name) {
  auto found =
      std::find_if(config.sources.begin(), config.sources.end(), [&](const auto& use) { return use.name == name; });
  return found == config.sources.end() ? nullptr : &*found;
}

bool called(const OpenedSource& source, std::string_view name) { return source.origin->use.name == name; }

class OpeningSources {
 public:
  OpeningSources(const config::PipelineConfig& config, const SourceHome& home, OpenedSources& there)
      : config_(config),
        home_(home),
        there_(there),
        instance_home_{config, home.log, "sources", std::make_shared<plugin::StateFile>(config.state.path)} {}

  Result<OpenedSources> run() {
    end_others();
    for (const config::PluginUse& use : config_.sources) {
      if (!is_there(use.name)) AORTA_CHECK(open(use));
    }
    return in_order();
  }

 private:
  // What a source's surroundings lead to, once it is there.
  struct Links {
    const journal::Journal* journal = nullptr;
    const http::Listener* listener = nullptr;
  };

  bool is_there(std::string_view name) const {
    return std::any_of(there_.begin(), there_.end(), [&](const OpenedSource& one) { return called(one, name); });
  }

  void end_others() {
    auto ends = [&](const OpenedSource& one) {
      if (goes_on(*one.origin, config_, home_.registry)) return false;
      tell_end(one.origin->use);
      return true;
    };
    there_.erase(std::remove_if(there_.begin(), there_.end(), ends), there_.end());
  }

  void tell_end(const config::PluginUse& ended) const {
    const config::PluginUse* now = use_called(config_, ended.name);
    std::string_view why = !now                    ? "is in the file no more: it ends"
                           : same_use(*now, ended) ? "begins anew, out of the library that lies there now"
                                                   : "begins anew, as the file says now";
    home_.log.write(observe::Level::Info, "sources." + ended.name, why);
  }

  Result<void> open(const config::PluginUse& use) {
    auto links = std::make_shared<Links>();
    plugin::Surroundings surroundings = linked(surroundings_of(instance_home_, use), links);
    std::string name = surroundings.name;
    OpenedSource out;
    out.origin =
        SourceOrigin{config_.name, use, config_.journal, config_.state, config_.http, library_of(home_.registry, use)};
    out.metrics = {use.plugin, name, surroundings.metrics};
    AORTA_TRY(source, plugin::Source::make(home_.registry, use.plugin, use.config_json, std::move(surroundings)));
    if (source->keeps()) {
      AORTA_TRY(journaled, open_journaled(use.name, std::move(source), *links));
      out.journaled = journaled.get();
      out.port = std::move(journaled);
    } else {
      AORTA_CHECK(start(*source, name, *links));
      out.port = std::make_unique<PluginSource>(use.name, std::move(source));
    }
    opened_.push_back(std::move(out));
    return {};
  }

  OpenedSources in_order() {
    OpenedSources out;
    for (const config::PluginUse& use : config_.sources) {
      for (OpenedSources* from : {&there_, &opened_}) {
        auto found = std::find_if(from->begin(), from->end(), [&](const OpenedSource& one) {
          return one.port && called(one, use.name);
        });
        if (found != from->end()) out.push_back(std::move(*found));
      }
    }
    there_.clear();
    return out;
  }

  // It takes nothing in before the journal is open.
  Result<std::unique_ptr<JournaledSource>> open_journaled(
      const std::string& name, std::unique_ptr<plugin::Source> source, Links& links
  ) {
    journal::JournalOptions options = journal_options(config_, name);
    journal::Durability durability = options.durability;
    auto journal = journal::Journal::open(journal::system_disk(), std::move(options));
    if (journal.has_error()) return journal.error().in("journal of sources." + name);
    links.journal = journal->get();
    Tell tell = tell_of("sources." + name);
    tell_state(**journal, durability, tell);
    AORTA_CHECK(start(*source, "sources." + name, links));
    return std::make_unique<JournaledSource>(
        name, std::make_unique<PluginIntake>(std::move(source)), std::move(*journal), tell
    );
  }

  Result<void> start(plugin::Source& source, const std::string& name, const Links& links) const {
    AORTA_CHECK(source.start());
    if (!links.listener) return {};
    std::string scheme = links.listener->options().certificate.empty() ? "http" : "https";
    home_.log.write(observe::Level::Info, name, "listens at " + scheme + "://" + links.listener->address());
    return {};
  }

  plugin::Surroundings linked(plugin::Surroundings out, const std::shared_ptr<Links>& links) const {
    out.listener = [&all = home_.listeners, links,
                    options = listener_options(config_.http)]() -> Result<http::Listener*> {
      AORTA_TRY(listener, all.at(options));
      links->listener = listener;
      return listener;
    };
    out.recall = [links](std::string_view key) { return links->journal ? links->journal->answer(key) : std::nullopt; };
    return out;
  }

  Tell tell_of(const std::string& name) const {
    return [&log = home_.log, name](JournaledSource::Level level, std::string_view text) {
      bool warns = level == JournaledSource::Level::Warning;
      log.write(warns ? observe::Level::Warning : observe::Level::Info, name, text);
    };
  }

  const config::PipelineConfig& config_;
  const SourceHome home_;
  OpenedSources& there_;
  const InstanceHome instance_home_;
  OpenedSources opened_;
};

}  // namespace

bool goes_on(const SourceOrigin& origin, const config::PipelineConfig& config, const plugin::Registry& registry) {
  const config::PluginUse* use = use_called(config, origin.use.name);
  return use && same_use(*use, origin.use) && origin.library == library_of(registry, *use) &&
         origin.pipeline == config.name && origin.journal == config.journal && origin.state == config.state &&
         origin.http == config.http;
}

Result<OpenedSources> open_sources(const config::PipelineConfig& config, const SourceHome& home, OpenedSources& there) {
  if (!there.empty() && !there.front().origin) return std::move(there);
  return OpeningSources(config, home, there).run();
}

// They are not started: that opens what both need.
Result<void> try_successors(const config::PipelineConfig& config, const SourceHome& home, const OpenedSources& there) {
  InstanceHome apart{config, home.log, "sources", std::make_shared<plugin::StateFile>("")};
  for (const OpenedSource& one : there) {
    const config::PluginUse* use = use_called(config, one.origin->use.name);
    if (!use || goes_on(*one.origin, config, home.registry)) continue;
    plugin::Surroundings surroundings = surroundings_of(apart, *use);
    surroundings.log = {};
    auto made = plugin::Source::make(home.registry, use->plugin, use->config_json, std::move(surroundings));
    if (made.has_error()) return made.error();
  }
  return {};
}

}  // namespace aorta::pipeline
