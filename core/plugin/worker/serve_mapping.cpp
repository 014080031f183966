// A worker with the templates of a device mapping.
#include <cstdlib>

#include "aorta/abi/types.h"
#include "core/document/document.hpp"
#include "core/plugin/templates.hpp"
#include "core/plugin/worker/mapping_frames.hpp"
#include "core/plugin/worker/session.hpp"

namespace aorta::plugin::worker {
namespace {

// Says on the board that it is being applied.
class MarkedTemplate : public mapping::Template {
 public:
  MarkedTemplate(std::unique_ptr<mapping::Template> inner, std::uint32_t number)
      : inner_(std::move(inner)), number_(number) {}
  Result<void> apply(document::Document& message, mapping::MeasurementSink& out) override {
    Session::instance().board().part.store(number_, std::memory_order_relaxed);
    return inner_->apply(message, out);
  }
  std::string type_name() const override { return inner_->type_name(); }
  std::vector<std::string> value_names() const override { return inner_->value_names(); }
  std::vector<std::string> required_names() const override { return inner_->required_names(); }

 private:
  std::unique_ptr<mapping::Template> inner_;
  std::uint32_t number_;
};

class MarkingFactory : public mapping::TemplateFactory {
 public:
  explicit MarkingFactory(mapping::TemplateFactory& inner) : inner_(inner) {}
  Made make(
      std::string_view type, document::Document& file, const document::Node& body,
      std::vector<mapping::Problem>& problems
  ) override {
    Made made = inner_.make(type, file, body, problems);
    if (made.made) made.made = std::make_unique<MarkedTemplate>(std::move(made.made), next_++);
    return made;
  }
  std::string canonical(std::string_view type) const override { return inner_.canonical(type); }

 private:
  mapping::TemplateFactory& inner_;
  std::uint32_t next_ = 0;
};

class Outcomes : public mapping::MeasurementSink {
 public:
  explicit Outcomes(Page& page) : page_(page) {}

  void add(const mapping::MeasurementView& measurement) override {
    put_measurement(page_, measurement);
    ++head_.measurements;
  }
  // One record: `work` adds its measurements here.
  template <class Work>
  void of_record(Work&& work) {
    head_ = {};
    std::size_t place = page_.size();
    page_.room(sizeof head_).put(head_);
    bool trailing_text = false;
    Result<void> done = work(trailing_text);
    head_.trailing_text = trailing_text ? 1 : 0;
    head_.failed = done.has_error() ? 1 : 0;
    page_.at(place).put(head_);
    if (done.has_error()) add_error(done.error());
  }

 private:
  void add_error(const Error& error) {
    std::string text;
    Writer writer(text);
    put_error(writer, error);
    page_.add(text);
  }

  Page& page_;
  OutcomeHead head_;
};

class MappingServer {
 public:
  MappingServer(Session& session, mapping::DeviceMapping mapping) : session_(session), mapping_(std::move(mapping)) {}

  void normalize(Reader request) {
    session_.open(answer_);
    Outcomes outcomes(answer_);
    std::uint32_t count = request.count(3 * sizeof(std::uint32_t));
    for (std::uint32_t left = count; left > 0; --left) {
      session_.board().record.store(begun_++, std::memory_order_relaxed);
      auto texts = request.texts<3>();
      document::Envelope envelope{.body = texts[0], .properties = texts[1], .system_properties = texts[2]};
      outcomes.of_record([&](bool& trailing_text) { return normalize(envelope, outcomes, trailing_text); });
    }
    session_.answer_with(answer_);
  }

 private:
  Result<void> normalize(const document::Envelope& envelope, Outcomes& out, bool& trailing_text) {
    AORTA_CHECK(document_.read_envelope(envelope));
    trailing_text = document_.trailing_text();
    return mapping_.normalize(document_, out);
  }

  Session& session_;
  mapping::DeviceMapping mapping_;
  document::Document document_;
  Page answer_;
  std::uint32_t begun_ = 0;  // records
};

}  // namespace

int serve_mapping(Session& session, const Hello& hello) {
  Registry registry(hello.folders);
  Surroundings home = session.surroundings(hello);
  home.instead = nullptr;  // template types ask nothing of the host
  PluginTemplateFactory factory(registry, std::move(home));
  MarkingFactory marking(factory);
  mapping::DeviceMapping mapping = mapping::load_device_mapping(hello.config, marking);
  std::string description;
  Writer writer(description);
  put_description(writer, mapping);
  session.answer(description);
  MappingServer server(session, std::move(mapping));
  for (;;) {
    auto frame = session.next();
    if (frame.has_error()) return EXIT_SUCCESS;
    if (frame->type != Type::Normalize) return EXIT_FAILURE;
    server.normalize(Reader(frame->payload));
  }
}

}  // namespace aorta::plugin::worker
