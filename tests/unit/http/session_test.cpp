#include "core/http/session.hpp"

#include <catch2/catch.hpp>

using namespace aorta::http;

namespace {

struct Kept : Session {
  void start() override {}
  void answer(std::shared_ptr<Session> self, Answer answer) override {
    hold = std::move(self);
    status = answer.status;
  }

  std::shared_ptr<Session> hold;
  int status = 0;
};

}  // namespace

// Else the thread that answers could be the one to end the session, beside the listener's.
TEST_CASE("session: who answers keeps no hold on it", "[http]") {
  auto session = std::make_shared<Kept>();
  auto exchange = std::make_unique<SessionExchange>(session);
  exchange->answer({202, ""});
  CHECK(session->status == 202);
  CHECK(session.use_count() == 2);  // here, and where it was handed on to
  exchange.reset();
  CHECK(session->status == 202);
  session->hold.reset();
}

TEST_CASE("session: who drops its exchange hands its hold on too", "[http]") {
  auto session = std::make_shared<Kept>();
  std::make_unique<SessionExchange>(session).reset();
  CHECK(session->status == 503);
  CHECK(session.use_count() == 2);
  session->hold.reset();
}
