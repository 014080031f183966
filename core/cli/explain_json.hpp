// Parts of an explanation's JSON form that several of them have.
#pragma once

#include <boost/json/fwd.hpp>
#include <string>
#include <vector>

#include "core/pipeline/explainer.hpp"

namespace aorta::cli {

boost::json::array array_of(const std::vector<std::string>& texts);
// As "line" and "column"; {0,0}: not at all.
void set_place(boost::json::object& out, Position at);
boost::json::object json_of(const pipeline::SinkPreview& sink);
// As "end", and what it is to be told with.
void add_end(boost::json::object& out, const pipeline::MessageEnd& end);

}  // namespace aorta::cli
