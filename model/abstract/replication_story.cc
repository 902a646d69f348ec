// The abstract model's states and actions in words.
#include <fmt/format.h>

#include "model/abstract/replication.h"

namespace highwater::model {
namespace {

using Word = ReplicaWord;

std::string members(std::uint32_t isr) {
    std::string text;
    for (std::size_t replica = 0; replica < ReplicationState::kReplicas; ++replica) {
        if ((isr >> replica & 1) != 0) text += fmt::format("{}{}", text.empty() ? "" : ", ", replica);
    }
    return text.empty() ? "{}" : "{" + text + "}";
}

std::string leader_name(std::uint32_t leader) {
    return leader == LeaderAndIsr::kNoLeader ? "nobody" : fmt::format("broker {}", leader);
}

std::string log_of(std::uint32_t word) {
    std::string text;
    for (std::uint32_t offset = 0; offset < Word::LogEnd::get(word); ++offset) {
        const std::uint32_t record = Word::record_at(word, offset);
        text += fmt::format("{}{}:{}", offset == 0 ? "" : " ", static_cast<char>('a' + Word::id_of(record)),
                            Word::epoch_of(record));
    }
    return "[" + text + "]";
}

}  // namespace

std::string describe(const ReplicationState& state, ReplicationAction action) {
    const std::uint32_t request = ControllerWord::request(state.controller, action.epoch);
    const std::uint32_t next_epoch = ControllerWord::EpochsUsed::get(state.controller);
    const std::uint32_t word = state.replicas[action.replica];
    switch (action.kind) {
        case ReplicationActionKind::elect_leader:
            return fmt::format("the controller elects broker {} for epoch {}", action.replica, next_epoch);
        case ReplicationActionKind::remove_from_isr:
            return fmt::format("the controller takes broker {} for dead; epoch {}", action.replica, next_epoch);
        case ReplicationActionKind::become_leader:
            return fmt::format("broker {} hears that it leads epoch {} with ISR {}", action.replica, action.epoch,
                               members(LeaderAndIsr::isr(request)));
        case ReplicationActionKind::become_follower:
            return fmt::format("broker {} hears that it follows broker {} in epoch {}", action.replica,
                               LeaderAndIsr::leader(request), action.epoch);
        case ReplicationActionKind::write:
            return fmt::format("broker {} appends record {} at offset {} in epoch {}", action.replica,
                               static_cast<char>('a' + ControllerWord::RecordsWritten::get(state.controller)),
                               Word::LogEnd::get(word), Word::EpochsSeen::get(word) - 1);
        case ReplicationActionKind::fetch:
            return fmt::format("broker {} fetches offset {} from broker {}", action.replica, Word::LogEnd::get(word),
                               action.other);
        case ReplicationActionKind::truncate:
            return fmt::format("broker {} truncates to where broker {} agrees", action.replica, action.other);
        case ReplicationActionKind::increment_high_watermark:
            return fmt::format("broker {} moves its high watermark to {}", action.replica,
                               Word::HighWatermark::get(word) + 1);
        case ReplicationActionKind::shrink_isr:
            return fmt::format("broker {} takes broker {} out of the ISR", action.replica, action.other);
        case ReplicationActionKind::expand_isr:
            return fmt::format("broker {} takes broker {} into the ISR", action.replica, action.other);
    }
    return {};
}

std::string describe(const ReplicationState& state) {
    std::string text;
    for (std::size_t replica = 0; replica < ReplicationState::kReplicas; ++replica) {
        const std::uint32_t word = state.replicas[replica];
        const std::uint32_t epochs = Word::EpochsSeen::get(word);
        text += fmt::format("broker {}: log {}, high watermark {}, ", replica, log_of(word),
                            Word::HighWatermark::get(word));
        if (epochs == 0) {
            text += "has heard of no leader\n";
        } else if (Word::leader(word) == replica) {
            text += fmt::format("leader of epoch {}, ISR {}\n", epochs - 1, members(Word::isr(word)));
        } else {
            text += fmt::format("follows broker {} in epoch {}\n", Word::leader(word), epochs - 1);
        }
    }
    const std::uint32_t quorum = ControllerWord::Quorum::get(state.controller);
    const std::uint32_t epochs = ControllerWord::EpochsUsed::get(state.controller);
    if (epochs == 0) return text + "controller: no leader yet";
    return text + fmt::format("controller: {} leads epoch {}, ISR {}", leader_name(LeaderAndIsr::leader(quorum)),
                              epochs - 1, members(LeaderAndIsr::isr(quorum)));
}

}  // namespace highwater::model
