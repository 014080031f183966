#include "core/plugin/worker/hello.hpp"

namespace aorta::plugin::worker {

std::string payload_of(const Hello& hello) {
  std::string out;
  Writer writer(out);
  writer.put(static_cast<std::uint8_t>(hello.kind));
  writer.text(hello.name);
  writer.text(hello.id);
  writer.text(hello.config);
  writer.put(static_cast<std::uint32_t>(hello.folders.size()));
  for (const auto& folder : hello.folders) writer.text(folder.native());
  return out;
}

Result<Hello> read_hello(std::string_view payload) {
  Reader reader(payload);
  Hello hello;
  hello.kind = static_cast<Kind>(reader.take<std::uint8_t>());
  hello.name = reader.text();
  hello.id = reader.text();
  hello.config = reader.text();
  for (std::uint32_t left = reader.count(sizeof(std::uint32_t)); left > 0; --left)
    hello.folders.emplace_back(reader.text());
  if (!reader.ended() || hello.kind > Kind::Sink) return Error("garbage", "what came says not what to be");
  return hello;
}

}  // namespace aorta::plugin::worker
