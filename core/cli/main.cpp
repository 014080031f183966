#include <iostream>
#include <string_view>

#include "core/conform/conform.hpp"

int main(int argc, char** argv) {
  if (argc > 1 && std::string_view(argv[1]) == "conform") return aorta::conform::run(std::cin, std::cout);
  return 2;
}
