#include "core/http/client.hpp"

#include <deque>
#include <thread>

#include "core/http/pacer.hpp"
#include "core/http/retry_after.hpp"
#include "core/http/transfer.hpp"

namespace aorta::http {
namespace {

using Clock = std::chrono::steady_clock;
using std::chrono::milliseconds;

constexpr int kMostHops = 5;
constexpr milliseconds kLook{100};  // between looks at what may end a wait
// In a row: from then on a caller waits, who can tell of it, and each wait has one try.
constexpr int kMostRefusals = 5;

bool is_refusal(int status) { return status == 429 || status == 503; }
bool says_nothing(int status) { return status == 500 || status == 502 || status == 504; }
bool is_redirect(int status) { return status == 301 || status == 302 || status == 307 || status == 308; }

}  // namespace

class Client::Loop {
 public:
  Loop(BaseUrl base, ClientOptions options, std::unique_ptr<Authorizer> authorizer)
      : base_(std::move(base)),
        options_(std::move(options)),
        authorizer_(std::move(authorizer)),
        pacer_(options_.max_requests),
        multi_(open_multi()) {
    options_.use_proxy = options_.use_proxy && !base_.loopback;
    curl_multi_setopt(multi_, CURLMOPT_MAX_TOTAL_CONNECTIONS, static_cast<long>(options_.max_requests));
    curl_multi_setopt(multi_, CURLMOPT_MAXCONNECTS, static_cast<long>(options_.max_requests));
  }
  ~Loop() {
    transfers_.clear();
    curl_multi_cleanup(multi_);
  }
  Loop(const Loop&) = delete;
  Loop& operator=(const Loop&) = delete;

  std::vector<Result<Response>> send_all(std::span<const Request> requests);
  const BaseUrl& base() const { return base_; }
  const Counts& counts() const { return counts_; }

 private:
  struct Job {
    const Request* request;
    std::string url;
    std::string authorization = {};
    int tries = 0;
    int hops = 0;
    bool authorized_anew = false;
    Result<Response> answer = Error();
  };

  void start_some();
  void start(std::size_t number);
  void wait_for_turn();
  void sleep_for(milliseconds wait) const;
  void collect();
  void settle(std::size_t number, Result<Response> came);
  void settle_answer(std::size_t number, Response response);
  void settle_refusal(std::size_t number, const Response& response);
  void settle_failure(std::size_t number, const Error& error);
  void follow(std::size_t number, const Response& response);
  void again(std::size_t number) { queue_.push_front(number); }
  void fail_waiting(const Error& error);
  bool may_repeat(Job& job) const { return ++job.tries < options_.tries && !is_over(); }
  bool is_over() const { return options_.patience && options_.patience->is_over(); }
  Transfer* spare_transfer();
  Error error(std::string reason, const std::string& what, bool retryable = true) const {
    return Error(std::move(reason), "the server " + base_.text + " " + what, retryable);
  }

  const BaseUrl base_;
  ClientOptions options_;
  const std::unique_ptr<Authorizer> authorizer_;
  Pacer pacer_;
  CURLM* multi_;
  std::vector<std::unique_ptr<Transfer>> transfers_;
  std::vector<Transfer*> spare_;
  std::vector<Job> jobs_;
  std::deque<std::size_t> queue_;  // of jobs to be sent
  std::size_t on_their_way_ = 0;
  Counts counts_;
};

std::vector<Result<Response>> Client::Loop::send_all(std::span<const Request> requests) {
  jobs_.clear();
  queue_.clear();
  for (const Request& request : requests) {
    queue_.push_back(jobs_.size());
    jobs_.push_back({&request, request.url});
  }
  while (!queue_.empty() || on_their_way_ > 0) {
    start_some();
    if (on_their_way_ == 0) {
      wait_for_turn();
      continue;
    }
    int running = 0;
    curl_multi_perform(multi_, &running);
    collect();
    if (running > 0 && queue_.size() + on_their_way_ > 0) curl_multi_poll(multi_, nullptr, 0, kLook.count(), nullptr);
  }
  std::vector<Result<Response>> out;
  out.reserve(jobs_.size());
  for (Job& job : jobs_) out.push_back(std::move(job.answer));
  return out;
}

void Client::Loop::start_some() {
  if (pacer_.refusals() > 0 && is_over()) fail_waiting(error("throttled", "is not waited for: the run has to end"));
  while (!queue_.empty() && on_their_way_ < pacer_.limit() && Clock::now() >= pacer_.not_before()) {
    std::size_t number = queue_.front();
    queue_.pop_front();
    start(number);
  }
}

void Client::Loop::start(std::size_t number) {
  Job& job = jobs_[number];
  if (origin_of(job.url) != base_.origin) {
    job.answer =
        error(std::string(kOtherOrigin), "is not the one an address of its own leads to; that one is not asked", false);
    return;
  }
  Result<std::string> authorization = authorizer_->value();
  if (authorization.has_error()) {
    job.answer = authorization.error();
    return fail_waiting(authorization.error());
  }
  job.authorization = *authorization;
  Transfer* transfer = spare_transfer();
  transfer->number = number;
  transfer->prepare(*job.request, job.url, job.authorization, options_);
  curl_multi_add_handle(multi_, transfer->handle());
  ++on_their_way_;
  ++counts_.requests;
}

Transfer* Client::Loop::spare_transfer() {
  if (spare_.empty()) {
    transfers_.push_back(std::make_unique<Transfer>());
    return transfers_.back().get();
  }
  Transfer* transfer = spare_.back();
  spare_.pop_back();
  return transfer;
}

// Nothing is on its way, and nothing may be sent yet.
void Client::Loop::wait_for_turn() {
  milliseconds wait = std::chrono::ceil<milliseconds>(pacer_.not_before() - Clock::now());
  if (queue_.empty() || wait <= milliseconds(0)) return;
  if (wait > options_.longest_wait)
    return fail_waiting(error("throttled", "asks for a pause of " + std::to_string(wait.count() / 1000) + " s"));
  if (pacer_.refusals() >= kMostRefusals)
    return fail_waiting(error("throttled", "has answered none of the last requests, or refused them for now"));
  sleep_for(wait);
}

void Client::Loop::sleep_for(milliseconds wait) const {
  const Clock::time_point end = Clock::now() + wait;
  while (Clock::now() < end && !is_over())
    std::this_thread::sleep_for(std::min<Clock::duration>(end - Clock::now(), kLook));
}

void Client::Loop::collect() {
  int left = 0;
  while (CURLMsg* message = curl_multi_info_read(multi_, &left)) {
    if (message->msg != CURLMSG_DONE) continue;
    void* found = nullptr;
    curl_easy_getinfo(message->easy_handle, CURLINFO_PRIVATE, &found);
    auto* transfer = static_cast<Transfer*>(found);
    Result<Response> came = transfer->finish(message->data.result);
    curl_multi_remove_handle(multi_, transfer->handle());
    spare_.push_back(transfer);
    --on_their_way_;
    settle(transfer->number, std::move(came));
  }
}

void Client::Loop::settle(std::size_t number, Result<Response> came) {
  if (came.has_error()) {
    settle_failure(number, came.error());
  } else {
    settle_answer(number, std::move(*came));
  }
}

void Client::Loop::settle_answer(std::size_t number, Response response) {
  Job& job = jobs_[number];
  if (is_refusal(response.status)) return settle_refusal(number, response);
  if (is_redirect(response.status)) return follow(number, response);
  if (response.status == 401 && !job.authorized_anew && authorizer_->refused(job.authorization)) {
    job.authorized_anew = true;
    return again(number);
  }
  if (job.request->safe && says_nothing(response.status) && may_repeat(job)) {
    pacer_.refused(Clock::now(), std::nullopt);
    return again(number);
  }
  pacer_.answered();
  job.answer = std::move(response);
}

void Client::Loop::settle_refusal(std::size_t number, const Response& response) {
  ++counts_.refused;
  std::optional<milliseconds> asked = retry_after(response, std::chrono::system_clock::now());
  pacer_.refused(Clock::now(), asked);
  if (may_repeat(jobs_[number])) return again(number);
  jobs_[number].answer = error("throttled", "takes no more for now (status " + std::to_string(response.status) + ")");
}

void Client::Loop::settle_failure(std::size_t number, const Error& failure) {
  Job& job = jobs_[number];
  Error told = error(std::string(failure.reason()), std::string(failure.message()), failure.retryable());
  if (failure.reason() == "unreachable") {
    job.answer = told;
    return fail_waiting(told);
  }
  ++counts_.unanswered;
  if (failure.reason() == "no-answer") {
    pacer_.refused(Clock::now(), std::nullopt);
    if (job.request->safe && may_repeat(job)) return again(number);
  }
  job.answer = told;
}

// Within the same origin; with a body only where the server says that it is to be sent again as it is.
void Client::Loop::follow(std::size_t number, const Response& response) {
  Job& job = jobs_[number];
  std::string target = resolve(job.url, std::string(response.header("location")));
  bool keeps_method = response.status == 307 || response.status == 308 || job.request->method == Method::Get;
  if (target.empty() || origin_of(target) != base_.origin || !keeps_method || ++job.hops > kMostHops) {
    job.answer = error(
        "bad-redirect",
        "redirects (status " + std::to_string(response.status) +
            "), which is followed within the same origin only: correct the store's url",
        false
    );
    return;
  }
  job.url = std::move(target);
  again(number);
}

void Client::Loop::fail_waiting(const Error& failure) {
  for (std::size_t number : queue_) jobs_[number].answer = failure;
  queue_.clear();
}

Client::Client(BaseUrl base, ClientOptions options, std::unique_ptr<Authorizer> authorizer)
    : loop_(std::make_unique<Loop>(std::move(base), std::move(options), std::move(authorizer))) {}

Client::~Client() = default;

std::vector<Result<Response>> Client::send_all(std::span<const Request> requests) { return loop_->send_all(requests); }

Result<Response> Client::send(const Request& request) { return std::move(send_all({&request, 1}).front()); }

const BaseUrl& Client::base() const { return loop_->base(); }
const Client::Counts& Client::counts() const { return loop_->counts(); }

}  // namespace aorta::http
