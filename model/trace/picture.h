#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

// A run as a drawing: what trace_page.html draws, whatever the world was. Frames are numbered as the actions of the run
// are; frame 0 is the beginning.

namespace highwater::model {

enum class LaneKind : std::uint8_t { broker, controller, producer, consumer };
std::string_view name_of(LaneKind kind);

struct Lane {
    LaneKind kind = LaneKind::broker;
    std::string name;
};

/// A batch in a log.
struct LogCell {
    std::string label;
    unsigned offset = 0;
    unsigned records = 1;
    unsigned leader_epoch = 0;
    bool durable = true;
};

/// What a lane's owner is in one frame.
struct LaneState {
    /// "leader", "follower", "down"; empty: it has no roles.
    std::string role;
    bool up = true;
    std::optional<unsigned> leader_epoch;
    /// nullopt: it keeps no log.
    std::optional<std::vector<LogCell>> log;
    std::optional<unsigned> high_watermark;
    /// What else is to be shown, as words and values: "ISR", "{0, 1}".
    struct Fact {
        std::string word;
        std::string value;
    };
    std::vector<Fact> facts;
};

enum class MessageFate : std::uint8_t { under_way, arrived, lost };
std::string_view name_of(MessageFate fate);

struct DrawnMessage {
    std::size_t from = 0;  ///< lanes
    std::size_t to = 0;
    std::string label;
    std::size_t sent_in = 0;  ///< frames
    /// Where it arrived or was lost; nullopt while it is under way.
    std::optional<std::size_t> ended_in = std::nullopt;
    MessageFate fate = MessageFate::under_way;
    /// Whoever sent the request has given it up.
    bool late = false;
    /// One of several copies.
    bool repeated = false;
};

enum class MarkKind : std::uint8_t { kill, power_loss, fence, unfence, restart, clock, flush, failure, give_up, cut };
std::string_view name_of(MarkKind kind);

/// Something that happens to one lane.
struct Mark {
    std::size_t lane = 0;
    MarkKind kind = MarkKind::kill;
    std::string label;
};

struct Frame {
    /// As traces have it; empty for the beginning.
    std::string action;
    bool disturbs = false;
    /// What happened, in words: the lines of the story.
    std::vector<std::string> lines;
    std::vector<Mark> marks;
    /// By lane.
    std::vector<LaneState> states;
};

struct Picture {
    std::string title;
    /// Where it comes from: scenario, bounds, core; how to repeat it.
    std::vector<std::string> notes;
    /// The property that does not hold at the end; empty when all do.
    std::string property;
    std::string statement;
    /// What contradicts it, one fact an entry.
    std::vector<std::string> facts;
    /// The same run in words.
    std::string story;
    std::vector<Lane> lanes;
    std::vector<Frame> frames;
    std::vector<DrawnMessage> messages;
};

/// The picture as one HTML page that needs nothing else.
[[nodiscard]] std::string page_of(const Picture& picture);

/// For how many frames messages that arrive were under way, all in all: the fewer, the easier a run is to read.
[[nodiscard]] std::size_t frames_under_way(const Picture& picture);

/// "a; b" as two facts.
[[nodiscard]] std::vector<std::string> split_facts(std::string_view facts);
/// The members of a set of ids, bit i for id i: "{0, 2}".
[[nodiscard]] std::string members_text(unsigned members);

}  // namespace highwater::model
