// Sources made from their configuration: with a journal, and paths of a listener, where they need them.
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

class OpeningSources {
 public:
  OpeningSources(const config::PipelineConfig& config, const SourceHome& home)
      : config_(config),
        home_(home),
        instance_home_{config, home.log, "sources", std::make_shared<plugin::StateFile>(config.state.path)} {}

  Result<OpenedSources> run() {
    for (const config::PluginUse& use : config_.sources) AORTA_CHECK(open(use));
    return std::move(out_);
  }

 private:
  // What a source's surroundings lead to, once it is there.
  struct Links {
    const journal::Journal* journal = nullptr;
    const http::Listener* listener = nullptr;
  };

  Result<void> open(const config::PluginUse& use) {
    auto links = std::make_shared<Links>();
    plugin::Surroundings surroundings = linked(surroundings_of(instance_home_, use), links);
    std::string name = surroundings.name;
    out_.metrics.push_back({use.plugin, name, surroundings.metrics});
    AORTA_TRY(source, plugin::Source::make(home_.registry, use.plugin, use.config_json, std::move(surroundings)));
    if (!source->keeps()) {
      AORTA_CHECK(start(*source, name, *links));
      out_.ports.push_back(std::make_unique<PluginSource>(use.name, std::move(source)));
      return {};
    }
    return open_journaled(use.name, std::move(source), *links);
  }

  // It takes nothing in before the journal is open.
  Result<void> open_journaled(const std::string& name, std::unique_ptr<plugin::Source> source, Links& links) {
    journal::JournalOptions options = journal_options(config_, name);
    journal::Durability durability = options.durability;
    auto journal = journal::Journal::open(journal::system_disk(), std::move(options));
    if (journal.has_error()) return journal.error().in("journal of sources." + name);
    links.journal = journal->get();
    Tell tell = tell_of("sources." + name);
    tell_state(**journal, durability, tell);
    AORTA_CHECK(start(*source, "sources." + name, links));
    auto made = std::make_unique<JournaledSource>(
        name, std::make_unique<PluginIntake>(std::move(source)), std::move(*journal), tell
    );
    out_.journaled.push_back(made.get());
    out_.ports.push_back(std::move(made));
    return {};
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
  const InstanceHome instance_home_;
  OpenedSources out_;
};

}  // namespace

Result<OpenedSources> open_sources(const config::PipelineConfig& config, const SourceHome& home) {
  return OpeningSources(config, home).run();
}

}  // namespace aorta::pipeline
