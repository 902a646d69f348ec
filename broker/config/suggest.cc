#include "broker/config/suggest.h"

#include <algorithm>
#include <utility>
#include <vector>

namespace highwater::config {

namespace {

/// Insertions, deletions and replacements from `a` to `b` (Levenshtein).
std::size_t edits(std::string_view a, std::string_view b) {
    std::vector<std::size_t> row(b.size() + 1);
    for (std::size_t j = 0; j <= b.size(); ++j) row[j] = j;
    for (std::size_t i = 1; i <= a.size(); ++i) {
        std::size_t diagonal = std::exchange(row[0], i);
        for (std::size_t j = 1; j <= b.size(); ++j) {
            const std::size_t replaced = diagonal + (a[i - 1] == b[j - 1] ? 0 : 1);
            diagonal = row[j];
            row[j] = std::min({replaced, row[j] + 1, row[j - 1] + 1});
        }
    }
    return row[b.size()];
}

}  // namespace

std::string_view nearest(std::string_view written, std::span<const std::string_view> names) {
    constexpr std::size_t kLongest = 120;
    if (written.size() > kLongest) return {};
    std::string_view best;
    std::size_t fewest = written.size() / 4 + 1;
    for (const std::string_view name : names) {
        if (const std::size_t count = edits(written, name); count < fewest) {
            fewest = count;
            best = name;
        }
    }
    return best;
}

}  // namespace highwater::config
