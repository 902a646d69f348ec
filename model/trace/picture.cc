#include "model/trace/picture.h"

#include <array>
#include <utility>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "model/trace/trace_page.h"

namespace highwater::model {
namespace {

/// Keeps the order of the fields, so that equal pictures are equal pages.
using Json = nlohmann::ordered_json;

constexpr std::array<std::string_view, 4> kLanes = {"broker", "controller", "producer", "consumer"};
constexpr std::array<std::string_view, 3> kFates = {"under_way", "arrived", "lost"};
constexpr std::array<std::string_view, 10> kMarks = {"kill",  "power_loss", "fence",   "unfence", "restart",
                                                     "clock", "flush",      "failure", "give_up", "cut"};

Json json_of(const LaneState& state) {
    Json json{{"role", state.role}, {"up", state.up}};
    if (state.leader_epoch) json["epoch"] = *state.leader_epoch;
    if (state.high_watermark) json["hw"] = *state.high_watermark;
    if (state.log) {
        Json log = Json::array();
        for (const LogCell& cell : *state.log) {
            log.push_back({{"label", cell.label},
                           {"offset", cell.offset},
                           {"records", cell.records},
                           {"epoch", cell.leader_epoch},
                           {"durable", cell.durable}});
        }
        json["log"] = std::move(log);
    }
    Json facts = Json::array();
    for (const LaneState::Fact& fact : state.facts) facts.push_back({fact.word, fact.value});
    json["facts"] = std::move(facts);
    return json;
}

Json json_of(const Frame& frame) {
    Json marks = Json::array();
    for (const Mark& mark : frame.marks) {
        marks.push_back({{"lane", mark.lane}, {"kind", name_of(mark.kind)}, {"label", mark.label}});
    }
    Json states = Json::array();
    for (const LaneState& state : frame.states) states.push_back(json_of(state));
    return {{"action", frame.action},
            {"disturbs", frame.disturbs},
            {"lines", frame.lines},
            {"marks", std::move(marks)},
            {"states", std::move(states)}};
}

Json json_of(const DrawnMessage& message) {
    Json json{{"from", message.from}, {"to", message.to}, {"label", message.label}, {"sent", message.sent_in}};
    if (message.ended_in) json["ended"] = *message.ended_in;
    json["fate"] = name_of(message.fate);
    if (message.late) json["late"] = true;
    if (message.repeated) json["repeated"] = true;
    return json;
}

Json json_of(const Picture& picture) {
    Json lanes = Json::array();
    for (const Lane& lane : picture.lanes) lanes.push_back({{"kind", name_of(lane.kind)}, {"name", lane.name}});
    Json frames = Json::array();
    for (const Frame& frame : picture.frames) frames.push_back(json_of(frame));
    Json messages = Json::array();
    for (const DrawnMessage& message : picture.messages) messages.push_back(json_of(message));
    return {{"property", picture.property},
            {"lanes", std::move(lanes)},
            {"frames", std::move(frames)},
            {"messages", std::move(messages)}};
}

/// As text of an HTML element or a quoted attribute.
std::string escaped(std::string_view text) {
    std::string out;
    for (const char c : text) {
        switch (c) {
            case '&':
                out += "&amp;";
                break;
            case '<':
                out += "&lt;";
                break;
            case '>':
                out += "&gt;";
                break;
            case '"':
                out += "&quot;";
                break;
            default:
                out += c;
        }
    }
    return out;
}

/// No text can end the script element that holds it.
std::string script_text(const Json& json) {
    std::string out;
    for (const char c : json.dump(-1, ' ', true, Json::error_handler_t::replace)) {
        out += c == '<' ? std::string{"\\u003c"} : std::string{c};
    }
    return out;
}

std::string verdict_of(const Picture& picture) {
    if (picture.property.empty()) return "<p class=\"holds\">Every property holds in this run.</p>";
    std::string html = fmt::format("<h2><span aria-hidden=\"true\">✗</span> {} does not hold</h2>\n<p>{}</p>\n<ol>\n",
                                   escaped(picture.property), escaped(picture.statement));
    for (const std::string& fact : picture.facts) html += fmt::format("<li>{}</li>\n", escaped(fact));
    return html + "</ol>";
}

std::string notes_of(const Picture& picture) {
    std::string html;
    for (const std::string& note : picture.notes) html += fmt::format("<p>{}</p>\n", escaped(note));
    return html;
}

/// Fills the gaps of the template, each one `<!--NAME-->`.
std::string filled(std::string_view page, std::initializer_list<std::pair<std::string_view, std::string>> gaps) {
    std::string out;
    while (!page.empty()) {
        const auto at = page.find("<!--");
        out += page.substr(0, at);
        if (at == std::string_view::npos) break;
        page.remove_prefix(at + 4);
        const auto end = page.find("-->");
        for (const auto& [name, text] : gaps) {
            if (name == page.substr(0, end)) out += text;
        }
        page.remove_prefix(end + 3);
    }
    return out;
}

}  // namespace

std::string_view name_of(LaneKind kind) {
    return kLanes[static_cast<std::size_t>(kind)];
}

std::string_view name_of(MessageFate fate) {
    return kFates[static_cast<std::size_t>(fate)];
}

std::string_view name_of(MarkKind kind) {
    return kMarks[static_cast<std::size_t>(kind)];
}

std::string page_of(const Picture& picture) {
    return filled(kTracePage, {{"TITLE", escaped(picture.title)},
                               {"VERDICT", verdict_of(picture)},
                               {"NOTES", notes_of(picture)},
                               {"STORY", escaped(picture.story)},
                               {"DATA", script_text(json_of(picture))}});
}

std::size_t frames_under_way(const Picture& picture) {
    std::size_t frames = 0;
    for (const DrawnMessage& message : picture.messages) {
        if (message.fate == MessageFate::arrived) frames += *message.ended_in - message.sent_in;
    }
    return frames;
}

std::vector<std::string> split_facts(std::string_view facts) {
    std::vector<std::string> split;
    for (;;) {
        const auto at = facts.find("; ");
        split.emplace_back(facts.substr(0, at));
        if (at == std::string_view::npos) return split;
        facts.remove_prefix(at + 2);
    }
}

std::string members_text(unsigned members) {
    std::string text;
    for (unsigned id = 0; members >> id != 0; ++id) {
        if ((members >> id & 1U) != 0) text += fmt::format("{}{}", text.empty() ? "" : ", ", id);
    }
    return "{" + text + "}";
}

}  // namespace highwater::model
