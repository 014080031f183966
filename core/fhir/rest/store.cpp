#include "core/fhir/rest/store.hpp"

#include <algorithm>

#include "core/base/whole_number.hpp"
#include "core/document/document.hpp"
#include "core/fhir/resource_id.hpp"
#include "core/fhir/rest/failure.hpp"
#include "core/fhir/rest/outcome.hpp"
#include "core/fhir/rest/query_path.hpp"
#include "core/fhir/rest/write_check.hpp"
#include "core/fhir/store_rules.hpp"

namespace aorta::fhir {
namespace {

constexpr int kRounds = 10;
constexpr int kRoundsInVain = 5;  // of which none ended a single write: the server as a whole is to be waited for
constexpr int kRoundsWithBundles = 2;

std::optional<Identifier> first_identifier(std::string_view resource) {
  document::Document json;
  if (json.read_value(resource, document::kPlainJson).has_error()) return std::nullopt;
  const document::Node* list = document::member(json.root(), "identifier");
  const document::Node* first = list ? document::element(*list, 0) : nullptr;
  if (!first) return std::nullopt;
  return Identifier{
      std::string(document::string_of(document::member(*first, "system"))),
      std::string(document::string_of(document::member(*first, "value")))};
}

// "https://x/r4/Observation/17/_history/1" gives 17; else the id in the body.
std::string new_id(const std::string& type, const RestAnswer& answer) {
  std::string_view at = answer.location;
  std::size_t begin = at.rfind(type + "/");
  if (begin != std::string_view::npos) {
    at = at.substr(begin + type.size() + 1);
    return std::string(at.substr(0, at.find('/')));
  }
  document::Document json;
  if (json.read_value(answer.body, document::kPlainJson).has_error()) return {};
  return std::string(document::string_of(document::member(json.root(), "id")));
}

}  // namespace

// A save on its way.
struct RestStore::Draft {
  enum class State : std::uint8_t {
    ToSend,
    ToLookUp,  // sent, and nobody said what became of it
    ToUndo,    // made where something was already: the server does not know If-None-Match
    Held,      // refused; whether that means this one or us, what became of the others says
    Done,
  };

  const Save* save = nullptr;
  State state = State::ToSend;
  bool sent_before = false;  // and not known to have failed
  bool post = false;         // the server gives it its id; then
  std::string json = {};     // without an id
  std::string if_none_exist = {};
  std::string made = {};  // the version, where something was there
  int status = 0;         // the last answer, where it said nothing
  std::string trouble = {};
  std::string said = {};  // by the server, where it refused
  Result<Resource> outcome = Error();

  const Resource& resource() const { return save->resource; }
  void finish(Result<Resource> with) {
    state = State::Done;
    outcome = std::move(with);
  }
  void finish_saved(std::string version) {
    finish(Resource{save->resource.type, save->resource.id, std::move(version), {}});
  }
  void unknown(std::string what) {
    state = State::ToLookUp;
    sent_before = true;
    trouble = std::move(what);
  }
  void again(std::string what) {
    state = State::ToSend;
    trouble = std::move(what);
  }
  void undo(std::string version) {
    state = State::ToUndo;
    made = std::move(version);
    trouble = "does not give what was overwritten in the same moment";
  }
  void hold(std::string what, const RestAnswer& answer) {
    state = State::Held;
    trouble = std::move(what);
    said = answer.body;
  }
  void give_id_to_server() {
    post = true;
    json = without_id(save->resource.json);
    if (auto identifier = first_identifier(save->resource.json)) if_none_exist = identifier_query(*identifier);
  }
};

bool RestStore::is_alike(const Draft& a, const Draft& b) {
  return a.resource().type == b.resource().type && a.post == b.post && a.save->expect.state == b.save->expect.state;
}

RestStore::RestStore(std::unique_ptr<http::Client> client, RestOptions options, Warn warn)
    : client_(std::move(client)), options_(options), warn_(std::move(warn)) {}

RestStore::~RestStore() = default;

Result<void> RestStore::connect() {
  if (exchange_) return {};
  bool asks = options_.bundles == Bundles::Auto || options_.find_by == FindBy::Auto || options_.ids == Ids::Auto ||
              options_.versions == Versions::Auto;
  Capabilities says;
  if (asks) {
    AORTA_TRY(told, ask_capabilities());
    says = std::move(told);
  }
  options_ = resolve(options_, says);
  exchange_ = std::make_unique<RestExchange>(*client_, options_.bundles, options_.bundle_size);
  finder_ = std::make_unique<RestFinder>(*client_, *exchange_, options_);
  return {};
}

Result<Capabilities> RestStore::ask_capabilities() {
  http::Request request{.url = client_->base().text + "/metadata", .safe = true};
  request.headers = {{"Accept", "application/fhir+json"}};
  Result<http::Response> answer = client_->send(request);
  if (answer.has_error()) return server_unavailable(answer.error());
  if (is_gone(answer->status) || answer->status == 405 || answer->status == 501) return Capabilities{};
  if (!is_success(answer->status)) return server_unavailable(client_->base(), trouble_text(answer->status));
  std::optional<Capabilities> says = read_capabilities(answer->body);
  if (!says) {
    return server_unavailable(
        client_->base(), "does not answer like a FHIR server (/metadata is no CapabilityStatement): correct its url"
    );
  }
  if (!says->version.empty() && !says->version.starts_with("4."))
    return server_unavailable(client_->base(), "speaks FHIR " + says->version + ", and R4 is needed");
  return std::move(*says);
}

Result<std::optional<Resource>> RestStore::read(std::string_view type, std::string_view id) {
  AORTA_CHECK(connect());
  Query query{std::string(type), {}, std::string(id)};
  return std::move(finder_->read_all({&query, 1}).front());
}

Result<std::vector<Resource>> RestStore::search(std::string_view type, const Identifier& identifier) {
  Query query{std::string(type), identifier, {}};
  return std::move(search_all({&query, 1}).front());
}

std::vector<Result<std::vector<Resource>>> RestStore::search_all(std::span<const Query> queries) {
  if (Result<void> ready = connect(); ready.has_error())
    return std::vector<Result<std::vector<Resource>>>(queries.size(), ready.error());
  return finder_->search_all(queries);
}

Result<Resource> RestStore::save(const Resource& resource, const Expect& expect) {
  Save save{resource, expect};
  return std::move(save_all({&save, 1}).front());
}

std::vector<Result<Resource>> RestStore::save_all(std::span<const Save> saves) {
  if (Result<void> ready = connect(); ready.has_error())
    return std::vector<Result<Resource>>(saves.size(), ready.error());
  std::vector<Draft> drafts(saves.size());
  for (std::size_t i = 0; i < saves.size(); ++i) {
    drafts[i].save = &saves[i];
    bool creates = saves[i].expect.state == Expect::State::Absent;
    if (creates && (gives_ids() || saves[i].unless_found)) drafts[i].give_id_to_server();
  }
  auto is_open = [](const Draft& draft) { return draft.state < Draft::State::Held; };
  for (int round = 0; round < kRounds && std::any_of(drafts.begin(), drafts.end(), is_open); ++round) {
    if (round == kRoundsInVain && std::all_of(drafts.begin(), drafts.end(), is_open)) break;
    if (round > 0) pauses_.wait(round);
    look_up(drafts);
    undo(drafts);
    send(drafts, round >= kRoundsWithBundles);
    learn_who_gives_ids(drafts);
    if (round < kRoundsWithBundles) confirm_held(drafts);
  }
  give_up(drafts);
  std::vector<Result<Resource>> out;
  out.reserve(drafts.size());
  for (Draft& draft : drafts) out.push_back(std::move(draft.outcome));
  return out;
}

RestEntry RestStore::entry_for(const Draft& draft) const {
  const Resource& resource = draft.resource();
  if (draft.post) {
    return {
        .method = http::Method::Post,
        .path = resource.type,
        .if_none_exist = draft.if_none_exist,
        .resource = draft.json};
  }
  RestEntry entry{
      .method = http::Method::Put, .path = resource_path(resource.type, resource.id), .resource = resource.json};
  if (options_.versions == Versions::Unchecked) return entry;
  entry.if_none_match = draft.save->expect.state == Expect::State::Absent;
  if (draft.save->expect.state == Expect::State::Version) entry.if_match = draft.save->expect.version;
  return entry;
}

void RestStore::send(std::span<Draft> drafts, bool singly) {
  std::vector<Draft*> sent;
  std::vector<RestEntry> entries;
  sent.reserve(drafts.size());
  entries.reserve(drafts.size());
  for (Draft& draft : drafts) {
    if (draft.state != Draft::State::ToSend) continue;
    sent.push_back(&draft);
    entries.push_back(entry_for(draft));
  }
  std::vector<Result<RestAnswer>> answers = exchange_->run(entries, singly);
  for (std::size_t i = 0; i < sent.size(); ++i) settle(*sent[i], answers[i]);
}

void RestStore::settle(Draft& draft, const Result<RestAnswer>& answer) {
  if (answer.has_error()) {
    bool maybe_done = answer.error().reason() == http::kNoAnswer || answer.error().reason() == http::kAnswerTooLarge;
    if (maybe_done) return draft.unknown(std::string(answer.error().message()));
    return draft.finish(server_unavailable(answer.error()));
  }
  int status = answer->status;
  draft.status = status;
  if (is_success(status)) return settle_written(draft, *answer);
  if (status == 409 || status == 412) {
    // It may be our own earlier write that this one met.
    if (draft.sent_before && !draft.post) return draft.unknown("met a conflict");
    return draft.finish(conflict_over(draft.resource()));
  }
  if (is_gone(status) || status == 405) return settle_missing(draft, *answer);
  if (status == 403) return draft.hold(trouble_text(status), *answer);
  if (is_refusal_of_us(status)) return draft.finish(server_unavailable(client_->base(), trouble_text(status)));
  if (status == 429) return draft.again(trouble_text(status));
  if (is_passing(status)) return draft.unknown(trouble_text(status));
  draft.finish(rejected_by_server("this " + draft.resource().type, *answer));
}

void RestStore::settle_written(Draft& draft, const RestAnswer& answer) {
  // A gateway's page comes with 200 too.
  bool told = may_be_success(answer.body) &&
              (draft.post || !answer.version.empty() || options_.versions == Versions::Unchecked);
  if (!told) return draft.unknown("answered success with something else");
  if (!draft.post && has_overwritten(draft, answer)) return draft.undo(answer.version);
  if (!draft.post) return draft.finish_saved(answer.version);
  // 200: what was to be made is there already.
  if (answer.status == 200 && !draft.if_none_exist.empty()) return draft.finish(conflict_over(draft.resource()));
  Resource saved{draft.resource().type, new_id(draft.resource().type, answer), answer.version, {}};
  if (saved.id.empty()) return draft.unknown("does not say which id it gave");
  draft.finish(std::move(saved));
}

// 200 to what should be new, and not its first version: something was there.
bool RestStore::has_overwritten(const Draft& draft, const RestAnswer& answer) const {
  bool guarded = draft.save->expect.state == Expect::State::Absent && options_.versions == Versions::Checked;
  return guarded && answer.status == 200 && whole_number<std::int64_t>(answer.version).value_or(0) > 1;
}

// What was overwritten is put back as the newest version: who saves finds it then, and merges.
void RestStore::undo(std::span<Draft> drafts) {
  std::vector<Draft*> asked;
  std::vector<RestEntry> entries;
  for (Draft& draft : drafts) {
    if (draft.state != Draft::State::ToUndo) continue;
    std::int64_t before = *whole_number<std::int64_t>(draft.made) - 1;
    asked.push_back(&draft);
    entries.push_back(
        {.path = resource_path(draft.resource().type, draft.resource().id) + "/_history/" + std::to_string(before)}
    );
  }
  if (asked.empty()) return;
  std::vector<Result<RestAnswer>> versions = exchange_->run(entries);
  for (std::size_t i = 0; i < asked.size(); ++i) {
    if (versions[i].has_value()) put_back(*asked[i], *versions[i]);
  }
}

void RestStore::put_back(Draft& draft, const RestAnswer& before) {
  const Resource& resource = draft.resource();
  if (is_passing(before.status)) return;
  // It was deleted, is no longer told, or is our own write that came late.
  if (!is_success(before.status) || same_but_for_meta(resource.json, before.body))
    return draft.finish_saved(draft.made);
  RestEntry entry{
      .method = http::Method::Put,
      .path = resource_path(resource.type, resource.id),
      .if_match = draft.made,
      .resource = before.body};
  exchange_->run({&entry, 1}, true);
  draft.finish(conflict_over(resource));
}

// Nothing is there to be updated: it was deleted, or the server does not let others choose ids.
void RestStore::settle_missing(Draft& draft, const RestAnswer& answer) {
  bool creates = draft.save->expect.state == Expect::State::Absent;
  if (!creates && is_gone(answer.status)) return draft.finish(conflict_over(draft.resource()));
  if (answer.status == 410)
    return draft.finish(rejected_by_server("what was deleted there, this " + draft.resource().type, answer));
  draft.hold(
      "takes no " + draft.resource().type + " here (status " + std::to_string(answer.status) +
          "): correct the store's url, or set ids: server",
      answer
  );
}

// A server that takes one new resource under an id of ours takes all; one that takes none may give the ids itself.
void RestStore::learn_who_gives_ids(std::span<Draft> drafts) {
  if (options_.ids != Ids::Auto) return;
  auto is_create = [](const Draft& draft) { return !draft.post && draft.save->expect.state == Expect::State::Absent; };
  auto is_missing = [&](const Draft& draft) {
    return is_create(draft) && draft.state == Draft::State::Held && draft.status != 403;
  };
  bool taken = std::any_of(drafts.begin(), drafts.end(), [&](const Draft& draft) {
    return is_create(draft) && draft.state == Draft::State::Done && draft.outcome.has_value();
  });
  if (taken) options_.ids = Ids::Client;
  if (taken || std::none_of(drafts.begin(), drafts.end(), is_missing)) return;
  options_.ids = Ids::Server;
  warn("the server " + client_->base().text + " gives ids itself; write ids: server to say so beforehand");
  for (Draft& draft : drafts) {
    if (!is_missing(draft)) continue;
    draft.give_id_to_server();
    draft.again("gives ids itself");
  }
}

void RestStore::look_up(std::span<Draft> drafts) {
  std::vector<Draft*> asked;
  std::vector<Query> queries;
  for (Draft& draft : drafts) {
    if (draft.state != Draft::State::ToLookUp) continue;
    // It has no id to be read by: who saves it finds it by its identifier.
    if (draft.post) {
      draft.finish(conflict_over(draft.resource()));
      continue;
    }
    asked.push_back(&draft);
    queries.push_back({draft.resource().type, {}, draft.resource().id});
  }
  if (asked.empty()) return;
  std::vector<Result<std::optional<Resource>>> found = finder_->read_all(queries);
  for (std::size_t i = 0; i < asked.size(); ++i) {
    if (found[i].has_value()) compare(*asked[i], *found[i]);
  }
}

void RestStore::compare(Draft& draft, const std::optional<Resource>& there) const {
  const Expect& expect = draft.save->expect;
  if (there && same_but_for_meta(draft.resource().json, there->json)) return draft.finish_saved(there->version);
  std::string_view version = there ? std::string_view(there->version) : std::string_view();
  bool untouched = expect.state == Expect::State::Anything ||
                   (expect.state == Expect::State::Absent ? !there : there && version == expect.version);
  if (!untouched) return draft.finish(conflict_over(draft.resource()));
  draft.state = Draft::State::ToSend;
}

// A resource that the server fails on while it takes others is at fault itself; so is one that it refuses while it
// takes others of its kind: rights and addresses are those of a kind.
bool RestStore::is_at_fault(const Draft& draft, std::span<const Draft> drafts) {
  bool refused = draft.state == Draft::State::Held;
  if (!refused && draft.status < 500) return false;
  return std::any_of(drafts.begin(), drafts.end(), [&](const Draft& other) {
    bool saved = other.state == Draft::State::Done && other.outcome.has_value();
    return saved && (!refused || is_alike(draft, other));
  });
}

// It may have been refused with a whole Bundle: alone, it is seen.
void RestStore::confirm_held(std::span<Draft> drafts) {
  for (Draft& draft : drafts) {
    if (draft.state == Draft::State::Held && is_at_fault(draft, drafts)) draft.again(draft.trouble);
  }
}

void RestStore::give_up(std::span<Draft> drafts) const {
  for (Draft& draft : drafts) {
    if (draft.state == Draft::State::Done) continue;
    draft.finish(
        is_at_fault(draft, drafts)
            ? rejected_by_server("this " + draft.resource().type, {draft.status, {}, {}, draft.said})
            : server_unavailable(client_->base(), draft.trouble)
    );
  }
}

void RestStore::warn(const std::string& text) const {
  if (warn_) warn_(text);
}

}  // namespace aorta::fhir
