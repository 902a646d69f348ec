#include "model/abstract/generations.h"

#include <algorithm>

namespace highwater::model {
namespace {

using enum ReplicationProperty;

/// Leader ids are all that is compared.
constexpr ReplicationRules kUnfenced = {.truncation = TruncationRule::to_high_watermark,
                                        .fetch = Fencing::leader_id,
                                        .high_watermark = Fencing::leader_id,
                                        .isr = Fencing::leader_id,
                                        .join_needs_high_watermark = true,
                                        .join_needs_epoch_start = false};

ReplicationRules with(ReplicationRules rules, auto ReplicationRules::* guard, auto value) {
    rules.*guard = value;
    return rules;
}

std::vector<ReplicationScope> violated(ReplicationBounds bounds, std::vector<ShortestViolation> violations) {
    return {{ScopeSize::small, bounds, std::nullopt, std::move(violations)}};
}

std::vector<Generation> generations() {
    using Rules = ReplicationRules;
    constexpr ReplicationBounds kSmall{.offsets = 2, .records = 2, .greatest_epoch = 2};
    constexpr ReplicationBounds kMoreRecords{.offsets = 3, .records = 3, .greatest_epoch = 2};
    constexpr ReplicationBounds kMoreEpochs{.offsets = 2, .records = 2, .greatest_epoch = 3};
    std::vector<Generation> all;
    all.push_back({"kip320",
                   "Replication with every request fenced by leader epoch.",
                   {},
                   0,
                   {{ScopeSize::small, kSmall, ReplicationCounts{123'311, 737'794, 322'594, 25}, {}},
                    {ScopeSize::medium, kMoreRecords, ReplicationCounts{683'278, 4'093'531, 1'910'828, 30}, {}},
                    {ScopeSize::large, kMoreEpochs, ReplicationCounts{1'665'204, 9'985'570, 4'441'141, 31}, {}}}});
    all.push_back({"truncate-to-high-watermark", "Before KIP-101: a new follower cuts its log at its high watermark.",
                   kUnfenced, 8, violated(kSmall, {{strong_isr, 8}, {weak_isr, 8}})});
    all.push_back({"kip101", "KIP-101: one question about the epoch of the last record says where to cut.",
                   with(kUnfenced, &Rules::truncation, TruncationRule::kip101), 10,
                   violated(kSmall, {{strong_isr, 10}, {weak_isr, 10}})});
    all.push_back({"kip279", "KIP-279: the follower cuts after the last record that both have; no epoch is compared.",
                   with(kUnfenced, &Rules::truncation, TruncationRule::kip279), 10,
                   violated(kSmall, {{strong_isr, 10}, {weak_isr, 10}})});
    all.push_back({"kip320-first-draft",
                   "KIP-320's first draft: a follower cuts its log only after a fetch that shows a difference.",
                   {.truncation = TruncationRule::after_error,
                    .fetch = Fencing::record_epoch,
                    .high_watermark = Fencing::record_epoch,
                    .isr = Fencing::record_epoch},
                   12,
                   violated(kSmall, {{strong_isr, 12}, {weak_isr, 11}})});
    all.push_back({"kip320-no-truncation", "Without truncation on becoming follower.",
                   with(Rules{}, &Rules::truncation, TruncationRule::none), 0,
                   violated(kSmall, {{strong_isr, 9}, {weak_isr, 9}})});
    all.push_back({"kip320-unfenced-truncation", "The leader answers where to cut whatever its epoch is by then.",
                   with(Rules{}, &Rules::truncation, TruncationRule::kip279), 0,
                   violated(kSmall, {{strong_isr, 13}, {weak_isr, 13}})});
    all.push_back({"kip320-unfenced-high-watermark",
                   "The high watermark counts followers whose position was learned in another epoch.",
                   with(Rules{}, &Rules::high_watermark, Fencing::leader_id), 0,
                   violated(kSmall, {{strong_isr, 12}, {weak_isr, 12}})});
    all.push_back(
        {"kip320-unfenced-fetch",
         "A fetch compares leader ids, not epochs.",
         with(Rules{}, &Rules::fetch, Fencing::leader_id),
         0,
         {{ScopeSize::small, kSmall, std::nullopt, {{weak_isr, 12}}},
          {ScopeSize::medium, kMoreRecords, std::nullopt, {{strong_isr, 16}, {weak_isr, 12}, {log_matching, 13}}}}});
    all.push_back({"kip320-join-before-epoch-start",
                   "A replica joins the ISR at a high watermark below the start of the epoch (KAFKA-7128).",
                   with(Rules{}, &Rules::join_needs_epoch_start, false), 0,
                   violated(kSmall, {{strong_isr, 11}, {weak_isr, 13}})});
    all.push_back({"kip320-join-before-high-watermark", "A replica joins the ISR before it has all that is committed.",
                   with(Rules{}, &Rules::join_needs_high_watermark, false), 0,
                   violated(kSmall, {{strong_isr, 8}, {weak_isr, 8}})});
    return all;
}

}  // namespace

const ReplicationScope* Generation::find(ScopeSize size) const {
    const auto found = std::ranges::find(scopes, size, &ReplicationScope::size);
    return found == scopes.end() ? nullptr : &*found;
}

std::span<const Generation> all_generations() {
    static const std::vector<Generation> all = generations();
    return all;
}

const Generation* find_generation(std::string_view name) {
    const auto all = all_generations();
    const auto found = std::ranges::find(all, name, &Generation::name);
    return found == all.end() ? nullptr : &*found;
}

}  // namespace highwater::model
