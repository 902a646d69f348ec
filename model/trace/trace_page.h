#pragma once

#include <string_view>

namespace highwater::model {

/// The text of trace_page.html, with its gaps.
extern const std::string_view kTracePage;

}  // namespace highwater::model
