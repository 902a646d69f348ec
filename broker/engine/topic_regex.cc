#include "broker/engine/topic_regex.h"

#include <re2/re2.h>

namespace highwater::engine {
namespace {

constexpr std::string_view kInternalPrefix = "__";

/// What one expression may take, compiled and while it matches.
constexpr std::int64_t kMaxBytes = 1 << 20;

RE2::Options options() {
    RE2::Options options;
    options.set_log_errors(false);
    options.set_max_mem(kMaxBytes);
    return options;
}

}  // namespace

bool is_topic_regex(std::string_view expression) {
    return RE2(re2::StringPiece(expression.data(), expression.size()), options()).ok();
}

std::set<std::string> matching_texts(std::string_view expression, const std::set<std::string>& texts) {
    std::set<std::string> matching;
    const RE2 compiled(re2::StringPiece(expression.data(), expression.size()), options());
    if (!compiled.ok()) return matching;
    for (const std::string& text : texts) {
        if (RE2::FullMatch(text, compiled)) matching.insert(text);
    }
    return matching;
}

std::map<std::string, std::set<std::string>> matching_topics(const std::set<std::string>& expressions,
                                                             const GroupTopics& topics) {
    std::map<std::string, std::set<std::string>> matching;
    for (const std::string& expression : expressions) {
        auto& names = matching[expression];
        const RE2 compiled(expression, options());
        if (!compiled.ok()) continue;
        for (const auto& [name, topic] : topics.by_name) {
            if (name.starts_with(kInternalPrefix)) continue;
            if (RE2::FullMatch(name, compiled)) names.insert(name);
        }
    }
    return matching;
}

}  // namespace highwater::engine
