#pragma once

#include <string_view>

namespace highwater::model {

/// Which core this program was linked with. All empty for the core as it is; a mutant's program brings its own
/// definition, made from the mutant's file.
struct CoreVariant {
    std::string_view id;        ///< "D01"
    std::string_view title;     ///< what the edit does
    std::string_view source;    ///< KIP, JIRA, report
    std::string_view scenario;  ///< where it must be found
    std::string_view scope;
    std::string_view breaks;    ///< the property that must find it
    std::string_view explorer;  ///< that must find it; empty: the exhaustive one
};

const CoreVariant& core_variant();

}  // namespace highwater::model
