#include "core/plugin/worker/hello.hpp"

namespace aorta::plugin::worker {

std::vector<SecretOrigin> secrets_of(const Surroundings& surroundings) {
  return surroundings.secrets ? surroundings.secrets->origins() : std::vector<SecretOrigin>();
}

std::string payload_of(const Hello& hello) {
  std::string out;
  Writer writer(out);
  writer.put(static_cast<std::uint8_t>(hello.kind));
  writer.text(hello.name);
  writer.text(hello.id);
  writer.text(hello.config);
  writer.put(static_cast<std::uint32_t>(hello.folders.size()));
  for (const auto& folder : hello.folders) writer.text(folder.native());
  writer.put(static_cast<std::uint32_t>(hello.secrets.size()));
  for (const SecretOrigin& secret : hello.secrets) writer.texts<3>({secret.member, secret.text, secret.file});
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
  for (std::uint32_t left = reader.count(3 * sizeof(std::uint32_t)); left > 0; --left) {
    auto secret = reader.texts<3>();
    hello.secrets.push_back({std::string(secret[0]), std::string(secret[1]), std::string(secret[2])});
  }
  if (!reader.ended() || hello.kind > Kind::Sink) return Error("garbage", "what came says not what to be");
  return hello;
}

}  // namespace aorta::plugin::worker
