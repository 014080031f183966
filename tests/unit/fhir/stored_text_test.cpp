#include "core/fhir/stored_text.hpp"

#include <catch2/catch.hpp>

using aorta::fhir::StoredText;

namespace {

std::string json_of(std::size_t size) {
  std::string out = R"({"data":")";
  for (std::size_t i = 0; out.size() + 2 < size; ++i) out += static_cast<char>('0' + i * i % 7);
  return out + "\"}";
}

}  // namespace

TEST_CASE("stored text: what was written is read", "[fhir]") {
  StoredText texts;
  for (std::size_t size : {11U, 4095U, 4096U, 4097U, 8300U, 1'000'000U, 12U}) {
    std::string json = json_of(size);
    std::string stored(texts.pack(json));
    CHECK(*texts.unpack(stored) == json);
    CHECK((stored == json) == (size <= StoredText::kLongestPlain));
    CHECK(stored.size() <= json.size());
  }
}

TEST_CASE("stored text: a long one takes a fraction of its room", "[fhir]") {
  StoredText texts;
  CHECK(texts.pack(json_of(8300)).size() < 1000);
}

TEST_CASE("stored text: whatever became of a frame, it is read or refused", "[fhir]") {
  StoredText texts;
  const std::string json = json_of(8300);
  const std::string stored(texts.pack(json));
  for (std::size_t size = 4; size < stored.size(); ++size) {
    auto cut = texts.unpack(std::string_view(stored).substr(0, size));
    REQUIRE(cut.has_error());
    CHECK(cut.error().reason() == "store-corrupt");
  }
  for (std::size_t at = 4; at < stored.size(); ++at) {
    std::string changed = stored;
    changed[at] = static_cast<char>(changed[at] ^ 0x55);
    auto read = texts.unpack(changed);
    CHECK((read.has_value() || read.error().reason() == "store-corrupt"));
  }
}
