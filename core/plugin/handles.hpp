// What stands behind the ABI's handles of documents and nodes, and its texts.
#pragma once

#include <string_view>

#include "aorta/abi.h"
#include "core/document/document.hpp"

namespace aorta::plugin {

inline std::string_view view(aorta_str text) {
  return text.data ? std::string_view(text.data, text.size) : std::string_view();
}
inline aorta_str to_abi(std::string_view text) { return {text.data(), text.size()}; }

inline document::Document* from(aorta_document* handle) { return reinterpret_cast<document::Document*>(handle); }
inline const document::Node* from(const aorta_node* handle) { return reinterpret_cast<const document::Node*>(handle); }
inline aorta_document* to_abi(document::Document* document) { return reinterpret_cast<aorta_document*>(document); }
inline const aorta_node* to_abi(const document::Node* node) { return reinterpret_cast<const aorta_node*>(node); }

}  // namespace aorta::plugin
