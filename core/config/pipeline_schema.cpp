#include "core/config/pipeline_schema.hpp"

namespace aorta::config {
namespace {

constexpr std::string_view kSchema = R"json({
  "type": "object",
  "required": ["version", "name", "sources", "normalize", "sinks"],
  "properties": {
    "version": { "type": "integer", "enum": [1], "description": "the format of this file: write version: 1" },
    "name": { "type": "string", "description": "what operators call this pipeline" },
    "stores": {
      "type": "object",
      "default": {},
      "description": "where FHIR resources live",
      "additionalProperties": {
        "type": "object",
        "required": ["type", "path"],
        "properties": {
          "type": { "type": "string", "enum": ["sqlite"] },
          "path": { "type": "string", "x-aorta-format": "path", "description": "the database file; made where it does not exist" },
          "identity": {
            "type": "object",
            "default": {},
            "properties": {
              "mode": { "type": "string", "enum": ["create", "lookup", "lookup_with_encounter"], "default": "create" },
              "default_device_system": { "type": "string", "default": "" }
            }
          }
        }
      }
    },
    "sources": {
      "type": "object",
      "description": "where messages come from: a name, and under it plugin and config",
      "additionalProperties": {
        "type": "object",
        "required": ["plugin"],
        "properties": {
          "plugin": { "type": "string", "description": "aorta plugin list shows the plugins" },
          "config": {}
        }
      }
    },
    "normalize": {
      "type": "object",
      "required": ["unmatched"],
      "description": "from messages to measurements: a mapping, and what becomes of messages that no template matches",
      "properties": {
        "from": { "type": "array", "items": { "type": "string" }, "description": "names of sources; left out: all" },
        "mapping": { "type": "string", "x-aorta-format": "path", "description": "a device mapping file" },
        "templates": { "type": "array", "minItems": 1, "items": { "type": "object", "additionalProperties": true } },
        "unmatched": {
          "type": "string",
          "enum": ["dead_letter", "filter", "fail"],
          "description": "write dead_letter, filter or fail: a choice, never an accident"
        }
      }
    },
    "group": {
      "type": "object",
      "default": {},
      "properties": {
        "max_measurements": { "type": "integer", "minimum": 1, "maximum": 1000000, "default": 300 },
        "max_delay": { "x-aorta-format": "duration", "minimum": 1, "maximum": 86400000, "default": "300s" }
      }
    },
    "sinks": {
      "type": "object",
      "description": "what becomes of measurements: a name, and under it plugin, store and config",
      "additionalProperties": {
        "type": "object",
        "required": ["plugin"],
        "properties": {
          "plugin": { "type": "string", "description": "aorta plugin list shows the plugins" },
          "store": { "type": "string", "description": "the name of one of the stores" },
          "config": {}
        }
      }
    },
    "dead_letter": {
      "type": "object",
      "default": {},
      "properties": {
        "path": { "x-aorta-format": "path", "default": "var/dead-letters.db" },
        "keep": { "x-aorta-format": "duration", "minimum": 1000, "description": "left out: for ever" }
      }
    },
    "limits": {
      "type": "object",
      "default": {},
      "properties": {
        "max_in_flight_records": { "type": "integer", "minimum": 1, "maximum": 10000000, "default": 10000 },
        "max_in_flight_bytes": { "x-aorta-format": "bytes", "minimum": 1024, "default": "64MiB" },
        "max_record_bytes": { "x-aorta-format": "bytes", "minimum": 1, "maximum": 1073741824, "default": "16MiB" }
      }
    },
    "plugins": {
      "type": "object",
      "default": {},
      "properties": {
        "path": { "type": "array", "items": { "x-aorta-format": "path" }, "default": [], "description": "further folders of plugins" }
      }
    },
    "tests": {
      "type": "array",
      "default": [],
      "items": {
        "type": "object",
        "required": ["name", "expect"],
        "properties": {
          "name": { "type": "string" },
          "input": {
            "type": "object",
            "properties": {
              "source": { "type": "string" },
              "body": {},
              "body_text": { "type": "string" },
              "properties": { "type": "object", "additionalProperties": true },
              "system_properties": { "type": "object", "additionalProperties": true }
            }
          },
          "inputs": {
            "type": "array",
            "minItems": 1,
            "items": {
              "type": "object",
              "properties": {
                "source": { "type": "string" },
                "body": {},
                "body_text": { "type": "string" },
                "properties": { "type": "object", "additionalProperties": true },
                "system_properties": { "type": "object", "additionalProperties": true }
              }
            }
          },
          "expect": {
            "type": "object",
            "properties": { "measurements": { "type": "array" }, "fhir": { "type": "array" }, "dead_letter": { "type": "array" }, "filtered": { "type": "array" } }
          }
        }
      }
    }
  }
})json";

}  // namespace

std::string_view pipeline_schema() { return kSchema; }

}  // namespace aorta::config
