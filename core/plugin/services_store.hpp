// The part of aorta/testing/services.h that is about stores.
#pragma once

#include <cstdint>

#include "aorta/testing/services.h"

namespace aorta::plugin {

aorta_test_store* make_test_store();
void release_test_store(aorta_test_store* store);
std::int32_t identify_in(
    aorta_test_store* store, const aorta_host* host, const aorta_groups_api* groups_api,
    const aorta_group* const* groups, std::uint64_t count, void* self,
    void (*each)(void* self, std::uint64_t index, const aorta_fhir_identity* identity)
);
std::int32_t find_in(
    aorta_test_store* store, const aorta_host* host, const aorta_fhir_name* const* names, std::uint64_t count,
    void* self, void (*each)(void* self, std::uint64_t index, aorta_str id, aorta_document* resource)
);
std::int32_t update_in(
    aorta_test_store* store, const aorta_host* host, const aorta_fhir_job* const* jobs, std::uint64_t count
);
void each_resource_of(
    const aorta_test_store* store, void* self, void (*each)(void* self, aorta_str type, aorta_str id, aorta_str json)
);

}  // namespace aorta::plugin
