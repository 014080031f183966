#include "core/config/pipeline_schema.hpp"

#include <string>

namespace aorta::config {
namespace {

// Members of everything that plugins run in: they stand in place of "@isolation".
constexpr std::string_view kIsolation =
    R"json("isolation": { "type": "string", "enum": ["none", "process"], "default": "none", "description": "process: the plugin runs in a process of its own, which may crash, hang or grow without harm to the rest" },
        "worker": {
          "type": "object",
          "default": {},
          "description": "bounds of that process; only with isolation: process",
          "properties": {
            "memory": { "x-aorta-format": "bytes", "minimum": 67108864, "maximum": 1099511627776, "default": "1GiB", "description": "address space that it may take" },
            "time_limit": { "x-aorta-format": "duration", "minimum": 10, "maximum": 3600000, "default": "10s", "description": "for one batch; then it is stopped, and what it hung on is a dead letter" },
            "max_crashes": { "type": "integer", "minimum": 1, "maximum": 1000, "default": 10, "description": "within ten minutes; then the plugin is quarantined: it is not called any more, and its messages are dead letters" }
          }
        })json";

constexpr std::string_view kSchema = R"json({
  "type": "object",
  "required": ["version", "name", "sources", "normalize", "sinks"],
  "properties": {
    "version": { "type": "integer", "enum": [1], "description": "the format of this file: write version: 1" },
    "name": { "type": "string", "description": "what operators call this pipeline" },
    "watch": { "type": "boolean", "default": false, "description": "true: this file and the mappings it names are taken up when they change, as aorta reload does" },
    "stores": {
      "type": "object",
      "default": {},
      "description": "where FHIR resources live",
      "additionalProperties": {
        "type": "object",
        "required": ["type"],
        "properties": {
          "type": { "type": "string", "enum": ["sqlite", "rest"], "description": "sqlite: one file, embedded; rest: a FHIR R4 server, which alone has url and what stands below it" },
          "path": { "type": "string", "x-aorta-format": "path", "description": "sqlite: the database file; made where it does not exist" },
          "identity": {
            "type": "object",
            "default": {},
            "description": "how Devices and Patients are found",
            "properties": {
              "mode": {
                "type": "string",
                "enum": ["create", "lookup", "lookup_with_encounter"],
                "default": "create",
                "description": "create: missing ones are made; lookup: they must be there; lookup_with_encounter: an Encounter too"
              },
              "default_device_system": { "type": "string", "default": "", "description": "system of device identifiers; empty: none. As systems.device" },
              "systems": {
                "type": "object",
                "default": {},
                "description": "the systems of identifiers that are searched for and written; empty: none",
                "properties": {
                  "device": { "type": "string", "default": "", "description": "of Devices" },
                  "patient": { "type": "string", "default": "", "description": "of Patients" },
                  "encounter": { "type": "string", "default": "", "description": "of Encounters" }
                }
              },
              "creates": { "type": "string", "enum": ["by_id", "conditional"], "default": "by_id", "description": "by_id: as the MedTech service, under ids made of the identifiers; conditional: with If-None-Exist, under ids of the server, so that nobody else's Patient or Device is made twice" },
              "cache": {
                "type": "object",
                "default": {},
                "description": "for how long it is believed what was found",
                "properties": {
                  "by": { "type": "string", "enum": ["device", "names"], "default": "device", "description": "device: while a device is remembered, patient and encounter of its messages are not looked at, as in the MedTech service; names: by device, patient and encounter" },
                  "max_entries": { "type": "integer", "minimum": 1, "maximum": 10000000, "default": 5000, "description": "the longest unused gives way" },
                  "max_idle": { "x-aorta-format": "duration", "minimum": 1, "maximum": 31536000000, "default": "2h", "description": "unused for longer, it is looked up again" },
                  "max_age": { "x-aorta-format": "duration", "minimum": 1, "maximum": 31536000000, "description": "found longer ago, it is looked up again; left out: never" },
                  "negative_age": { "x-aorta-format": "duration", "minimum": 1, "maximum": 86400000, "description": "for so long a Device, Patient or Encounter that was not found is not looked for again; left out: each message looks" }
                }
              }
            }
          },
          "url": { "type": "string", "description": "rest: the address of the FHIR service, such as https://fhir.example.org/r4" },
          "auth": {
            "type": "object",
            "default": {},
            "description": "who we are to the server",
            "properties": {
              "type": { "type": "string", "enum": ["none", "basic", "bearer", "oauth2"], "default": "none", "description": "oauth2: client credentials" },
              "user": { "type": "string", "description": "basic" },
              "password": { "x-aorta-format": "secret", "description": "basic" },
              "token": { "x-aorta-format": "secret", "description": "bearer: the token" },
              "token_file": { "x-aorta-format": "path", "description": "bearer: or a file with it, read anew when it changes" },
              "token_url": { "type": "string", "description": "oauth2: the address that gives tokens" },
              "client_id": { "type": "string", "description": "oauth2" },
              "client_secret": { "x-aorta-format": "secret", "description": "oauth2" },
              "client_auth": { "type": "string", "enum": ["basic", "body"], "default": "basic", "description": "oauth2: where id and secret are sent, the Authorization header or the form" },
              "scope": { "type": "string", "default": "", "description": "oauth2: left out when empty, as are the next two" },
              "audience": { "type": "string", "default": "", "description": "oauth2" },
              "resource": { "type": "string", "default": "", "description": "oauth2" }
            }
          },
          "tls": {
            "type": "object",
            "default": {},
            "description": "certificates; the server's is always verified",
            "properties": {
              "ca_file": { "x-aorta-format": "path", "description": "of PEM certificates to trust; left out: the system's" },
              "certificate": { "x-aorta-format": "path", "description": "our own, PEM, with its key" },
              "key": { "x-aorta-format": "path", "description": "its private key, PEM" },
              "key_password": { "x-aorta-format": "secret", "description": "of the key" }
            }
          },
          "bundles": { "type": "string", "enum": ["auto", "off", "batch", "transaction"], "default": "auto", "description": "many requests in one; auto: as the server's CapabilityStatement says" },
          "bundle_size": { "type": "integer", "minimum": 1, "maximum": 5000, "default": 100, "description": "entries of one Bundle" },
          "find_by": { "type": "string", "enum": ["auto", "identifier", "id"], "default": "auto", "description": "id: for servers without a search by identifier; finds only what this program made" },
          "ids": { "type": "string", "enum": ["auto", "client", "server"], "default": "auto", "description": "who gives new resources their ids" },
          "versions": { "type": "string", "enum": ["auto", "checked", "unchecked"], "default": "auto", "description": "checked: If-Match and If-None-Match guard each write; unchecked: the server knows neither, and one run alone may write" },
          "timeout": { "x-aorta-format": "duration", "minimum": 100, "maximum": 600000, "default": "30s", "description": "for one answer" },
          "max_requests": { "type": "integer", "minimum": 1, "maximum": 256, "default": 8, "description": "on their way at once; fewer while the server asks for less" },
          "max_response": { "x-aorta-format": "bytes", "minimum": 1024, "maximum": 1073741824, "default": "64MiB", "description": "a longer answer is refused" }
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
          "@isolation",
          "config": { "description": "what the plugin asks for: aorta plugin inspect shows it" }
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
        "templates": { "type": "array", "minItems": 1, "items": { "type": "object", "additionalProperties": true }, "description": "the templates of a device mapping, written here; in place of mapping" },
        "unmatched": {
          "type": "string",
          "enum": ["dead_letter", "filter", "fail"],
          "description": "write dead_letter, filter or fail: a choice, never an accident"
        },
        "@isolation",
        "workers": { "type": "integer", "minimum": 0, "maximum": 64, "default": 0, "description": "threads that normalize, each with its own copy of the mapping; 0: one per core. What comes out does not depend on it" }
      }
    },
    "group": {
      "type": "object",
      "default": {},
      "description": "the window in which measurements wait to be written together",
      "properties": {
        "max_measurements": { "type": "integer", "minimum": 1, "maximum": 1000000, "default": 300, "description": "it is written when it holds as many" },
        "max_delay": { "x-aorta-format": "duration", "minimum": 1, "maximum": 86400000, "default": "300s", "description": "or when its first one has waited as long" }
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
          "@isolation",
          "config": { "description": "what the plugin asks for: aorta plugin inspect shows it" }
        }
      }
    },
    "dead_letter": {
      "type": "object",
      "default": {},
      "description": "where messages lie that could not be carried, with their reasons",
      "properties": {
        "path": { "x-aorta-format": "path", "default": "var/dead-letters.db", "description": "the database file; pipelines may share one" },
        "keep": { "x-aorta-format": "duration", "minimum": 1000, "description": "how long they are kept after they were last seen; left out: for ever" },
        "max_size": { "x-aorta-format": "bytes", "minimum": 65536, "default": "1GiB", "description": "what they may take up on the disk" },
        "at_limit": { "type": "string", "enum": ["pause", "oldest"], "default": "pause", "description": "where they take up as much. pause: intake waits until there is room, and nothing is lost; oldest: those not seen for the longest time are forgotten, and that is told" }
      }
    },
    "journal": {
      "type": "object",
      "default": {},
      "description": "where messages lie, until they have ended, that their senders cannot send again",
      "properties": {
        "path": { "x-aorta-format": "path", "default": "var/journal", "description": "a folder; in it each pipeline has its own, by its name, and in that each source" },
        "durability": { "type": "string", "enum": ["fdatasync", "relaxed", "none"], "default": "fdatasync", "description": "fdatasync: a message is on the medium before its sender is told that it has arrived; relaxed: within a second, a power failure may take what was acknowledged since; none: when the system likes, for measurements" },
        "max_size": { "x-aorta-format": "bytes", "minimum": 1048576, "default": "1GiB", "description": "of one source's journal; where it is reached senders are refused until messages have ended" },
        "max_age": { "x-aorta-format": "duration", "minimum": 1000, "description": "senders are refused while the oldest messages have waited for longer; left out: never for this reason" },
        "segment_size": { "x-aorta-format": "bytes", "minimum": 65536, "maximum": 1073741824, "default": "16MiB", "description": "of one of its files; a file goes once all its messages have ended" },
        "keep_answers": { "x-aorta-format": "duration", "minimum": 1000, "maximum": 604800000, "default": "24h", "description": "for so long a request that comes again under its key is answered as the first time" },
        "max_answers": { "type": "integer", "minimum": 1, "maximum": 1000000, "default": 10000, "description": "that are kept, in a quarter of max_size at most; the oldest give way" }
      }
    },
    "state": {
      "type": "object",
      "default": {},
      "description": "what plugins know again after a restart, such as how far a followed file was read",
      "properties": {
        "path": { "x-aorta-format": "path", "default": "var/state.db", "description": "the database file, made when a plugin first keeps something; pipelines may share one" }
      }
    },
    "http": {
      "type": "object",
      "default": {},
      "description": "where sources listen that are sent to over HTTP",
      "properties": {
        "listen": { "type": "string", "default": "127.0.0.1:8080", "description": "address and port; 0.0.0.0:8080 for all of IPv4, [::]:8080 for all" },
        "tls": {
          "type": "object",
          "default": {},
          "description": "TLS 1.2 or newer; left out: plain HTTP",
          "properties": {
            "certificate": { "x-aorta-format": "path", "description": "PEM, with the chain" },
            "key": { "x-aorta-format": "path", "description": "its private key, PEM" },
            "client_ca": { "x-aorta-format": "path", "description": "PEM: only clients with a certificate of these may connect; left out: all may" }
          }
        },
        "max_connections": { "type": "integer", "minimum": 1, "maximum": 100000, "default": 1000, "description": "at once; one more is closed" },
        "max_header_size": { "x-aorta-format": "bytes", "minimum": 1024, "maximum": 1048576, "default": "16KiB", "description": "of a request's head" },
        "timeout": { "x-aorta-format": "duration", "minimum": 100, "maximum": 600000, "default": "10s", "description": "for a request's head, for its body, and for the answer's way back; six times as long for a connection that is idle" }
      }
    },
    "limits": {
      "type": "object",
      "default": {},
      "description": "bounds of what is on its way at once: sources are asked only while there is room",
      "properties": {
        "max_in_flight_records": { "type": "integer", "minimum": 1, "maximum": 10000000, "default": 10000, "description": "messages" },
        "max_in_flight_bytes": { "x-aorta-format": "bytes", "minimum": 1024, "default": "64MiB", "description": "their bodies" },
        "max_record_bytes": { "x-aorta-format": "bytes", "minimum": 1, "maximum": 1073741824, "default": "16MiB", "description": "one body; a longer one is a dead letter" }
      }
    },
    "plugins": {
      "type": "object",
      "default": {},
      "description": "where plugins are looked for, before the folder of the installation",
      "properties": {
        "path": { "type": "array", "items": { "x-aorta-format": "path" }, "default": [], "description": "further folders of plugins" },
        "pinned": {
          "type": "object",
          "default": {},
          "description": "plugins that have to be these and no others, by id: checked before any of their code runs",
          "additionalProperties": {
            "type": "object",
            "additionalProperties": false,
            "properties": {
              "version": { "type": "string", "description": "of its library, as aorta plugin inspect shows it" },
              "sha256": { "type": "string", "description": "of its library's bytes, as sha256sum and aorta plugin inspect show it" }
            }
          }
        }
      }
    },
    "tests": {
      "type": "array",
      "default": [],
      "description": "messages, and what is expected of them; aorta test runs them against a store in memory",
      "items": {
        "type": "object",
        "required": ["name", "expect"],
        "properties": {
          "name": { "type": "string", "description": "reads as a fact" },
          "input": {
            "type": "object",
            "description": "one message",
            "properties": {
              "source": { "type": "string", "description": "the source it stands for; left out: the only one" },
              "body": { "description": "the message, in YAML" },
              "body_text": { "type": "string", "description": "or its very bytes" },
              "properties": { "type": "object", "additionalProperties": true },
              "system_properties": { "type": "object", "additionalProperties": true }
            }
          },
          "inputs": {
            "type": "array",
            "description": "or several",
            "minItems": 1,
            "items": {
              "type": "object",
              "properties": {
                "source": { "type": "string", "description": "the source it stands for; left out: the only one" },
                "body": { "description": "the message, in YAML" },
                "body_text": { "type": "string", "description": "or its very bytes" },
                "properties": { "type": "object", "additionalProperties": true },
                "system_properties": { "type": "object", "additionalProperties": true }
              }
            }
          },
          "expect": {
            "type": "object",
            "description": "of each item, what is written must hold; lists are whole and in order, but fhir may leave resources out",
            "properties": {
              "measurements": { "type": "array", "description": "type, device, patient, occurred, values" },
              "fhir": { "type": "array", "description": "resources" },
              "dead_letter": { "type": "array", "description": "reason, message, where" },
              "filtered": { "type": "array", "description": "rule" }
            }
          }
        }
      }
    }
  }
})json";

std::string with_isolation(std::string schema) {
  constexpr std::string_view kPlace = R"("@isolation")";
  for (std::size_t at = 0; (at = schema.find(kPlace, at)) != std::string::npos;)
    schema.replace(at, kPlace.size(), kIsolation);
  return schema;
}

}  // namespace

std::string_view pipeline_schema() {
  static const std::string schema = with_isolation(std::string(kSchema));
  return schema;
}

}  // namespace aorta::config
