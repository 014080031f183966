// Runs of pipeline files on this machine, found among its processes (Linux: /proc).
#pragma once

#include <sys/types.h>

#include <string>
#include <vector>

namespace aorta::cli {

// The processes of this user (root: of anybody) that are an `aorta run` of this file, however they name it.
std::vector<pid_t> runs_of(const std::string& pipeline_file);

}  // namespace aorta::cli
