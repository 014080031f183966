// A schema, read: what Schema::parse makes and the check walks over.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/result.hpp"
#include "core/config/value.hpp"

namespace aorta::config {

enum class SchemaType : std::uint8_t { String, Integer, Number, Boolean, Object, Array, Null };
enum class SchemaFormat : std::uint8_t { None, Duration, Bytes, Path, Secret, Mapping };

// x-aorta-reads: what a path leads to.
enum class SchemaReads : std::uint8_t { Nothing, Settings, Observations, Messages };

struct SchemaNode {
  struct Property;

  std::vector<SchemaType> types;  // empty: any
  SchemaFormat format = SchemaFormat::None;
  SchemaReads reads = SchemaReads::Nothing;
  std::vector<Property> properties;
  std::vector<std::string> required;
  std::vector<Value> choices;     // of "enum"
  std::optional<Value> fallback;  // of "default"
  std::optional<double> minimum, maximum;
  std::size_t min_items = 0;
  bool open = false;                        // further properties may be anything
  std::shared_ptr<const SchemaNode> extra;  // further properties are of this kind
  std::shared_ptr<const SchemaNode> items;
  std::shared_ptr<const SchemaNode> content;  // Mapping: what the file that is named says
  std::string description;

  bool allows(SchemaType type) const;
  const SchemaNode* property(std::string_view name) const;
  bool is_required(std::string_view name) const;
};

struct SchemaNode::Property {
  std::string name;
  SchemaNode node;
};

// "a string", "an integer", …
std::string_view type_name(SchemaType type);

// Reason of failure: "bad-schema".
Result<std::shared_ptr<const SchemaNode>> read_schema(std::string_view json);

}  // namespace aorta::config
