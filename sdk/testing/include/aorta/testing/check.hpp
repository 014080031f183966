// The smallest frame for tests, for those who have none of their own. The drivers work with any other as well.
//
//   AORTA_TEST("lines become records") { AORTA_EXPECT(1 + 1 == 2); }
//   AORTA_TEST_MAIN
#pragma once

#include <cstdio>
#include <exception>
#include <string>
#include <string_view>
#include <vector>

namespace aorta::testing {

struct TestCase {
  const char* name;
  void (*run)();
};
inline std::vector<TestCase>& test_cases() {
  static std::vector<TestCase> all;
  return all;
}
inline int& failures() {
  static int count = 0;
  return count;
}
inline bool add_test(const char* name, void (*run)()) {
  test_cases().push_back({name, run});
  return true;
}

inline void expect(bool good, const char* what, const char* file, int line) {
  if (good) return;
  ++failures();
  std::fprintf(stderr, "%s:%d: expected %s\n", file, line, what);
}
inline void expect_text(std::string_view given, std::string_view wanted, const char* what, const char* file, int line) {
  if (given == wanted) return;
  ++failures();
  std::string text = std::string(what) + " is\n  " + std::string(given) + "\nand not\n  " + std::string(wanted);
  std::fprintf(stderr, "%s:%d: %s\n", file, line, text.c_str());
}

// Runs all tests; the exit code of the program.
inline int run_tests() {
  for (const TestCase& test : test_cases()) {
    int before = failures();
    try {
      test.run();
    } catch (const std::exception& e) {
      ++failures();
      std::fprintf(stderr, "threw: %s\n", e.what());
    }
    std::fprintf(stderr, "%s  %s\n", failures() == before ? "ok  " : "FAIL", test.name);
  }
  return failures() == 0 && !test_cases().empty() ? 0 : 1;
}

}  // namespace aorta::testing

#define AORTA_TEST_JOIN2(a, b) a##b
#define AORTA_TEST_JOIN(a, b) AORTA_TEST_JOIN2(a, b)
#define AORTA_TEST(name)                                                         \
  static void AORTA_TEST_JOIN(aorta_test_, __LINE__)();                          \
  [[maybe_unused]] static const bool AORTA_TEST_JOIN(aorta_added_, __LINE__) =   \
      ::aorta::testing::add_test(name, &AORTA_TEST_JOIN(aorta_test_, __LINE__)); \
  static void AORTA_TEST_JOIN(aorta_test_, __LINE__)()
#define AORTA_EXPECT(...) ::aorta::testing::expect(static_cast<bool>(__VA_ARGS__), #__VA_ARGS__, __FILE__, __LINE__)
// Texts, with both shown where they differ.
#define AORTA_EXPECT_TEXT(given, wanted) ::aorta::testing::expect_text(given, wanted, #given, __FILE__, __LINE__)
#define AORTA_TEST_MAIN \
  int main() { return ::aorta::testing::run_tests(); }
