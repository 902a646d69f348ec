#include "broker/cli/reset_specification.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <utility>

#include <fmt/format.h>

namespace highwater::cli {

namespace {

template <class Number>
std::optional<Number> number_of(std::string_view text) {
    Number number{};
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (text.empty() || error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
    return number;
}

/// Takes digits off the front; nullopt: there is none, or more than `most`.
std::optional<std::int64_t> take_digits(std::string_view& text, std::size_t most) {
    const std::size_t size = std::min(text.find_first_not_of("0123456789"), text.size());
    if (size == 0 || size > most) return std::nullopt;
    const auto number = number_of<std::int64_t>(text.substr(0, size));
    text.remove_prefix(size);
    return number;
}

bool take(std::string_view& text, char expected) {
    if (text.empty() || text.front() != expected) return false;
    text.remove_prefix(1);
    return true;
}

/// ".5": 500. Further digits than three are taken and not counted.
std::optional<std::int64_t> take_milliseconds(std::string_view& text) {
    if (!take(text, '.')) return 0;
    const std::size_t size = std::min(text.find_first_not_of("0123456789"), text.size());
    if (size == 0) return std::nullopt;
    std::string digits(text.substr(0, std::min<std::size_t>(size, 3)));
    digits.resize(3, '0');
    text.remove_prefix(size);
    return number_of<std::int64_t>(digits);
}

/// Takes "Z", "+01", "+0100", "+01:00" or nothing: minutes east of UTC.
std::optional<int> take_zone(std::string_view& text) {
    if (text.empty() || take(text, 'Z')) return 0;
    const bool is_west = text.front() == '-';
    if (!take(text, '+') && !take(text, '-')) return std::nullopt;
    if (text.size() < 2) return std::nullopt;
    const auto hours = number_of<int>(text.substr(0, 2));
    text.remove_prefix(2);
    take(text, ':');
    const auto minutes = text.empty() ? std::optional(0) : number_of<int>(text);
    if (!hours || !minutes || (!text.empty() && text.size() != 2) || *hours > 18 || *minutes > 59) return std::nullopt;
    text = {};
    return (is_west ? -1 : 1) * (*hours * 60 + *minutes);
}

/// The fields of a line of comma-separated values; nullopt: a quote is not closed.
std::optional<std::vector<std::string>> fields_of(std::string_view line) {
    std::vector<std::string> fields(1);
    bool in_quotes = false;
    for (std::size_t i = 0; i < line.size(); ++i) {
        const char c = line[i];
        if (c == '"') {
            // Within quotes two stand for one.
            if (in_quotes && i + 1 < line.size() && line[i + 1] == '"') {
                fields.back() += line[i++];
            } else {
                in_quotes = !in_quotes;
            }
        } else if (c == ',' && !in_quotes) {
            fields.emplace_back();
        } else {
            fields.back() += c;
        }
    }
    if (in_quotes) return std::nullopt;
    return fields;
}

std::string quoted(const std::string& field) {
    if (field.find_first_of(",\"\n") == std::string::npos) return field;
    std::string result = "\"";
    for (const char c : field) {
        if (c == '"') result += c;
        result += c;
    }
    return result + "\"";
}

}  // namespace

Result<std::chrono::milliseconds, std::string> parse_duration(std::string_view text) {
    const auto bad = [text] {
        return unexpected(fmt::format("\"{}\" is no duration; expected is PnDTnHnMnS, as PT1H or P2DT30M", text));
    };
    // So that no sum overflows.
    constexpr std::size_t kMostDigits = 9;
    constexpr std::string_view kOrder = "DHMS";
    constexpr std::array<std::int64_t, 4> kMilliseconds{86'400'000, 3'600'000, 60'000, 1'000};
    std::string_view rest = text;
    if (!take(rest, 'P')) return bad();
    std::int64_t sum = 0;
    std::size_t next_unit = 0;
    while (!rest.empty()) {
        if (next_unit <= 1 && take(rest, 'T')) next_unit = std::max<std::size_t>(next_unit, 1);
        const auto count = take_digits(rest, kMostDigits);
        const bool has_fraction = !rest.empty() && rest.front() == '.';
        const auto fraction = take_milliseconds(rest);
        if (!count || !fraction || rest.empty()) return bad();
        const std::size_t unit = kOrder.find(rest.front());
        const bool is_time = text.find('T') < static_cast<std::size_t>(rest.data() - text.data());
        if (unit == std::string_view::npos || unit < next_unit || is_time == (unit == 0)) return bad();
        if (has_fraction && unit != 3) return bad();
        rest.remove_prefix(1);
        sum += *count * kMilliseconds[unit] + *fraction;
        next_unit = unit + 1;
    }
    if (next_unit == 0 || text.back() == 'T') return bad();
    return std::chrono::milliseconds(sum);
}

Result<std::int64_t, std::string> parse_datetime(std::string_view text) {
    const auto bad = [text] {
        return unexpected(fmt::format(
            "\"{}\" is no time; expected is YYYY-MM-DDThh:mm:ss.sss, in UTC or with an offset as +01:00", text));
    };
    std::string_view rest = text;
    const auto year = take_digits(rest, 4);
    if (!year || !take(rest, '-')) return bad();
    const auto month = take_digits(rest, 2);
    if (!month || !take(rest, '-')) return bad();
    const auto day = take_digits(rest, 2);
    if (!day || !take(rest, 'T')) return bad();
    const auto hour = take_digits(rest, 2);
    if (!hour || !take(rest, ':')) return bad();
    const auto minute = take_digits(rest, 2);
    if (!minute || !take(rest, ':')) return bad();
    const auto second = take_digits(rest, 2);
    const auto milliseconds = take_milliseconds(rest);
    if (!second || !milliseconds) return bad();
    const auto zone = take_zone(rest);
    const std::chrono::year_month_day date{std::chrono::year(static_cast<int>(*year)),
                                           std::chrono::month(static_cast<unsigned>(*month)),
                                           std::chrono::day(static_cast<unsigned>(*day))};
    if (!zone || !rest.empty() || !date.ok() || *hour > 23 || *minute > 59 || *second > 59) return bad();
    const std::int64_t days = std::chrono::sys_days(date).time_since_epoch().count();
    return (((days * 24 + *hour) * 60 + *minute - *zone) * 60 + *second) * 1'000 + *milliseconds;
}

Result<TopicScope, std::string> parse_topic_scope(std::string_view text) {
    const auto bad = [text] {
        return unexpected(fmt::format("\"{}\" is neither a topic nor some partitions as topic:0,1,2", text));
    };
    const std::size_t colon = text.find(':');
    TopicScope scope{std::string(text.substr(0, colon)), std::nullopt};
    if (scope.topic.empty()) return bad();
    if (colon == std::string_view::npos) return scope;
    scope.partitions.emplace();
    for (std::string_view rest = text.substr(colon);;) {
        rest.remove_prefix(1);  // the colon or a comma
        const std::size_t size = std::min(rest.find(','), rest.size());
        const auto number = number_of<std::int32_t>(rest.substr(0, size));
        if (!number || *number < 0) return bad();
        scope.partitions->emplace_back(*number);
        rest.remove_prefix(size);
        if (rest.empty()) return scope;
    }
}

Result<PlannedOffsets, std::string> parse_plan(std::string_view text) {
    PlannedOffsets plan;
    for (std::size_t line_number = 1; !text.empty(); ++line_number) {
        const std::size_t size = std::min(text.find('\n'), text.size());
        std::string_view line = text.substr(0, size);
        text.remove_prefix(std::min(size + 1, text.size()));
        if (line.ends_with('\r')) line.remove_suffix(1);
        if (line.empty()) continue;
        auto fields = fields_of(line);
        if (fields && fields->size() == 3) fields->insert(fields->begin(), "");
        if (!fields || fields->size() != 4)
            return unexpected(
                fmt::format("line {} is neither topic,partition,offset nor group,topic,partition,offset", line_number));
        const auto partition = number_of<std::int32_t>((*fields)[2]);
        const auto offset = number_of<std::int64_t>((*fields)[3]);
        if (!partition || *partition < 0 || !offset || *offset < 0)
            return unexpected(fmt::format("line {}: partition and offset are numbers from 0", line_number));
        plan[(*fields)[0]][{(*fields)[1], PartitionId{*partition}}] = Offset{*offset};
    }
    if (plan.empty()) return unexpected(std::string("it has no line"));
    return plan;
}

std::string plan_lines(const PlannedOffsets& plan) {
    std::string text;
    for (const auto& [group, offsets] : plan) {
        for (const auto& [partition, offset] : offsets) {
            if (plan.size() > 1) text += quoted(group) + ",";
            text += fmt::format("{},{},{}\n", quoted(partition.topic), partition.partition, offset);
        }
    }
    return text;
}

}  // namespace highwater::cli
