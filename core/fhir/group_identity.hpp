// Whom groups belong to.
#pragma once

#include <span>
#include <vector>

#include "core/fhir/identity.hpp"
#include "core/group/group.hpp"

namespace aorta::fhir {

// Of each group, by its first measurement (FHIR-mapping spec 8), in order.
std::vector<Result<Identities>> resolve_groups(
    IdentityResolver& identities, std::span<const group::Group* const> groups
);

}  // namespace aorta::fhir
