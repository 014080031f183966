// What a server said when it refused something.
#pragma once

#include <string>
#include <string_view>

namespace aorta::fhir {

// An OperationOutcome's first error, a page's title, or plain text: one line of at most 200 bytes, without control
// characters. It may repeat what was sent: for dead letters, not for logs.
std::string outcome_text(std::string_view body);
// Whether the body is what may come with a success: nothing, a resource, or an OperationOutcome without errors.
bool may_be_success(std::string_view body);

}  // namespace aorta::fhir
