// The sink's FHIR store: whom groups belong to, what is stored, and resources of any type written without losing what
// others write at the same time (docs/guide/new-fhir-resource.md).
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "aorta/abi/fhir.h"
#include "aorta/detail/guard.hpp"
#include "aorta/document.hpp"
#include "aorta/group_values.hpp"
#include "aorta/groups.hpp"
#include "aorta/host.hpp"
#include "aorta/resource_writer.hpp"

namespace aorta {

// Whom a group belongs to: FHIR ids; an empty encounter is none.
struct Identity {
  std::string device, patient, encounter;
  std::optional<Failure> failure;  // there is none: say so of every measurement of the group
};

// A resource as it is stored, for one call.
class Stored {
 public:
  Stored(const aorta_document_api* api, aorta_document* document)
      : document_(document ? std::optional(Document(api, document)) : std::nullopt) {}
  explicit operator bool() const { return document_.has_value(); }
  // Nothing where nothing is stored.
  Node root() const { return document_ ? document_->root() : Node(); }
  Node operator[](std::string_view name) const { return root()[name]; }
  // A dateTime or instant of it; nothing where `node` is none.
  std::optional<aorta_time> time(Node node) const { return document_ ? document_->time(node) : std::nullopt; }

 private:
  std::optional<Document> document_;
};

// The stored period of this name and this one, joined.
inline Span period_with(const Stored& existing, std::string_view name, const Span& span) {
  std::optional<aorta_time> start = existing.time(existing[name]["start"]);
  std::optional<aorta_time> end = existing.time(existing[name]["end"]);
  return joined(span, {start.value_or(span.start), end.value_or(span.end)});
}

// Whether this is the stored period of this name.
inline bool is_period(const Stored& existing, std::string_view name, const Span& span) {
  std::optional<aorta_time> start = existing.time(existing[name]["start"]);
  std::optional<aorta_time> end = existing.time(existing[name]["end"]);
  return start && end && start->ticks == span.start.ticks && end->ticks == span.end.ticks;
}

// What became of a resource.
struct Saved {
  enum class As : std::int32_t {
    Created = AORTA_WRITTEN,
    Merged = AORTA_MERGED,  // changed, or found as it should be
    LeftOut = AORTA_FILTERED,
    Failed = AORTA_DEAD_LETTERED
  } as = As::Failed;
  std::string id;               // where it stands
  std::string reason, message;  // Failed
};

// A resource that is to be in the store.
struct Resource {
  std::string type;       // "DeviceMetric"
  Identifier identifier;  // its own, a pure function of what it is about; the id follows from it
  std::string id{};       // instead: one that is there already, and completed
  // Writes the elements that this sink knows; what is stored besides stays. Called again after a conflict. False: the
  // store is left as it is.
  std::function<bool(ResourceWriter& out, const Stored& existing)> compose;
  Saved saved{};  // after update()
};

// All of it on [data], inside write().
class Fhir {
 public:
  explicit Fhir(Host host)
      : host_(host),
        api_(&host.need<aorta_fhir_api>(AORTA_FHIR_ID)),
        document_(&host.need<aorta_document_api>(AORTA_DOCUMENT_ID)) {}

  // One for each group, in order. Throws where the store as a whole is away, as do the others.
  std::vector<Identity> identify(const Groups& groups) {
    std::vector<Identity> out(groups.size());
    check(api_->identify(host_.raw(), groups.raw(), groups.size(), &out, [](void* self, std::uint64_t i, auto* found) {
      (*static_cast<std::vector<Identity>*>(self))[i] = identity_of(*found);
    }));
    return out;
  }

  // The ids of resources of this type that carry the identifiers; empty where there is none.
  std::vector<std::string> ids(std::string_view type, const std::vector<Identifier>& identifiers) {
    std::vector<aorta_fhir_name> names;
    std::vector<const aorta_fhir_name*> pointers;
    for (const Identifier& one : identifiers) names.push_back({to_abi(type), to_abi(one.system), to_abi(one.value)});
    for (const aorta_fhir_name& name : names) pointers.push_back(&name);
    std::vector<std::string> out(identifiers.size());
    check(api_->find(
        host_.raw(), pointers.data(), pointers.size(), &out,
        [](void* self, std::uint64_t i, aorta_str id, aorta_document*) {
          (*static_cast<std::vector<std::string>*>(self))[i] = view(id);
        }
    ));
    return out;
  }

  // Finds, composes and saves them all, and says in each what became of it. Those of one identifier take turns.
  void update(std::vector<Resource>& resources) {
    std::vector<Work> work;
    for (Resource& one : resources) work.push_back({this, &one, {}});
    std::vector<aorta_fhir_job> jobs;
    for (Work& one : work) jobs.push_back(job_of(one));
    std::vector<const aorta_fhir_job*> pointers;
    for (const aorta_fhir_job& job : jobs) pointers.push_back(&job);
    check(api_->update(host_.raw(), pointers.data(), pointers.size()));
  }

  // The id of a resource that is created with this identifier.
  std::string id(const Identifier& identifier) const {
    std::string out(AORTA_FHIR_ID_LENGTH, '\0');
    api_->id(to_abi(identifier.system), to_abi(identifier.value), out.data());
    return out;
  }

 private:
  struct Work {
    Fhir* fhir;
    Resource* resource;
    std::string json;
  };

  void check(std::int32_t code) const {
    if (code != AORTA_OK) throw host_.last_failure();
  }
  static Identity identity_of(const aorta_fhir_identity& from) {
    Identity out{
        std::string(view(from.device)), std::string(view(from.patient)), std::string(view(from.encounter)), {}};
    if (from.code != AORTA_OK) out.failure = Reject(std::string(view(from.reason)), std::string(view(from.message)));
    return out;
  }
  static aorta_fhir_job job_of(Work& work) {
    const Resource& r = *work.resource;
    aorta_str id = r.id.empty() ? aorta_str{} : to_abi(r.id);
    aorta_str value = r.id.empty() ? to_abi(r.identifier.value) : aorta_str{};
    return {
        sizeof(aorta_fhir_job), 0, {to_abi(r.type), to_abi(r.identifier.system), value}, id, &work, &compose, &ended};
  }
  static std::int32_t compose(void* self, aorta_str id, aorta_document* existing, aorta_str* json) {
    Work& work = *static_cast<Work*>(self);
    return detail::guard(work.fhir->host_.raw(), AORTA_REJECT, [&] {
      Stored stored(work.fhir->document_, existing);
      ResourceWriter out(work.json, work.resource->type, view(id), stored.root());
      if (!work.resource->compose(out, stored)) return;
      out.finish();
      *json = to_abi(work.json);
    });
  }
  static void ended(void* self, std::int32_t outcome, aorta_str id, aorta_str reason, aorta_str message) {
    Work& work = *static_cast<Work*>(self);
    detail::guard(work.fhir->host_.raw(), AORTA_FATAL, [&] {
      work.resource->saved = {
          static_cast<Saved::As>(outcome), std::string(view(id)), std::string(view(reason)),
          std::string(view(message))};
    });
  }

  Host host_;
  const aorta_fhir_api* api_;
  const aorta_document_api* document_;
};

// Says of each measurement what became of the resources that it went into: the gravest counts, failed before written
// before merged; one that went into none is filtered by the rule it was left out by.
class Endings {
 public:
  explicit Endings(const Groups& groups) {
    for (std::uint64_t g = 0; g < groups.size(); ++g) of_.emplace_back(groups[g].size());
  }
  // It went into a resource. After update(): the first copy of `saved` is taken.
  void went_into(const Place& place, const Saved& saved) {
    One& one = at(place);
    if (!one.saved || weight(saved) > weight(*one.saved)) one.saved = saved;
  }
  void went_into(const std::vector<Place>& places, const Saved& saved) {
    for (const Place& place : places) went_into(place, saved);
  }
  void failed(const Place& place, std::string_view reason, std::string_view message) {
    went_into(place, {Saved::As::Failed, {}, std::string(reason), std::string(message)});
  }
  void failed(std::uint64_t group, const Failure& failure) {
    for (std::uint64_t m = 0; m < of_[group].size(); ++m) failed({group, m}, failure.reason(), failure.message());
  }
  // By this rule it went into no resource, unless it did.
  void left_out(const Place& place, std::string_view rule) { at(place).rule = rule; }
  void left_out(std::uint64_t group, std::string_view rule) {
    for (std::uint64_t m = 0; m < of_[group].size(); ++m) left_out({group, m}, rule);
  }

  void tell(Results& results) const {
    for (std::uint64_t g = 0; g < of_.size(); ++g) {
      for (std::uint64_t m = 0; m < of_[g].size(); ++m) tell(of_[g][m], g, m, results);
    }
  }

 private:
  struct One {
    std::optional<Saved> saved{};
    std::string rule{};
  };

  One& at(const Place& place) { return of_[place.group][place.measurement]; }
  static int weight(const Saved& saved) {
    switch (saved.as) {
      case Saved::As::Failed:
        return 3;
      case Saved::As::Created:
        return 2;
      case Saved::As::Merged:
        return 1;
      case Saved::As::LeftOut:
        break;
    }
    return 0;
  }
  static void tell(const One& one, std::uint64_t g, std::uint64_t m, Results& results) {
    if (!one.saved || one.saved->as == Saved::As::LeftOut) return results.filtered(g, m, one.rule);
    if (one.saved->as == Saved::As::Failed) return results.failed(g, m, one.saved->reason, one.saved->message);
    one.saved->as == Saved::As::Created ? results.written(g, m) : results.merged(g, m);
  }

  std::vector<std::vector<One>> of_;
};

}  // namespace aorta
