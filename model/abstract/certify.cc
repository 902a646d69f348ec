#include "model/abstract/certify.h"

#include <unistd.h>

#include <algorithm>
#include <cstddef>
#include <filesystem>
#include <span>
#include <string_view>
#include <vector>

#include <fmt/format.h>

#include "model/abstract/generations.h"
#include "model/explore/exhaustive.h"
#include "model/explore/packed_bytes.h"
#include "model/trace/replay.h"

namespace highwater::model {
namespace {

using Run = Exploration<ReplicationAction>;

class Certificate {
  public:
    void add(std::string name, std::uint64_t pinned, std::uint64_t found) {
        figures_.push_back({std::move(name), pinned, found});
    }

    void add_complete(std::string_view name, const Run& run, const ReplicationCounts& counts, bool reduced) {
        add(fmt::format("{}.complete", name), 1, run.complete ? 1 : 0);
        add(fmt::format("{}.states", name), reduced ? counts.states : counts.unreduced_states, run.states);
        add(fmt::format("{}.unreduced_states", name), counts.unreduced_states, run.unreduced_states);
        add(fmt::format("{}.depth", name), counts.depth, run.depth);
    }

    void add_violation(std::string_view name, const ReplicationModel& model, const Run& run, std::uint32_t actions) {
        add(fmt::format("{}.actions", name), actions, run.counterexample ? run.counterexample->actions.size() : 0);
        add(fmt::format("{}.complete", name), 0, run.complete ? 1 : 0);
        if (!run.counterexample) return;
        const auto again =
            replay(model, std::span<const ReplicationAction>(run.counterexample->actions), Impossible::stop);
        add(fmt::format("{}.replayed_actions", name), actions, again.violation ? again.actions.size() : 0);
    }

    std::vector<CertifiedFigure> take() { return std::move(figures_); }

  private:
    std::vector<CertifiedFigure> figures_;
};

/// Whether two runs agree in all that must not depend on threads.
bool equal(const Run& a, const Run& b) {
    return a.states == b.states && a.unreduced_states == b.unreduced_states && a.steps == b.steps &&
           a.depth == b.depth && a.complete == b.complete && a.coverage == b.coverage;
}

/// The same, with states that wait in their packed form.
class PackedModel : public ReplicationModel {
  public:
    using ReplicationModel::ReplicationModel;

    void encode(const ReplicationState& state, std::vector<std::byte>& out) const {
        pack(std::as_bytes(std::span(&state, 1)), out);
    }
    std::size_t decode(std::span<const std::byte> in, ReplicationState& state) const {
        return unpack(in, std::as_writable_bytes(std::span(&state, 1)));
    }
};
static_assert(Encodable<PackedModel>);

/// Stopped twice, each time gone on with from a checkpoint; and a checkpoint of something else.
void add_checkpoints(Certificate& certificate, const ReplicationModel& model, const Run& uninterrupted) {
    const auto directory = std::filesystem::temp_directory_path() / fmt::format("highwater-certify-{}", getpid());
    ExhaustiveOptions options;
    options.checkpoint = {.directory = directory.string(), .every_states = 10'000, .identity = "this"};
    Run run;
    for (const std::uint64_t part : {3U, 2U, 1U}) {
        options.max_states = part == 1 ? 2 * uninterrupted.states : uninterrupted.states / part;
        run = explore_exhaustively(model, options);
        if (part == 1) break;
        ExhaustiveOptions other = options;
        other.checkpoint.identity = "that";
        const Run refused = explore_exhaustively(model, other);
        certificate.add(fmt::format("kip320.other_checkpoint_taken.{}", part), 0, refused.failure.empty() ? 1 : 0);
    }
    certificate.add("kip320.resumed_equal", 1, run.known_states > 0 && equal(uninterrupted, run) ? 1 : 0);
    std::filesystem::remove_all(directory);
}

void certify(Certificate& certificate) {
    const Generation& kip320 = all_generations().front();
    const ReplicationScope& small = kip320.scopes.front();
    const ReplicationCounts& counts = *small.counts;
    const ReplicationModel model(small.bounds, kip320.rules);

    const Run reduced = explore_exhaustively(model, {.max_states = 2 * counts.states});
    certificate.add_complete("kip320", reduced, counts, true);
    certificate.add("kip320.steps", counts.steps, reduced.steps);
    std::uint64_t actions = 0;
    for (std::size_t kind = 0; kind < kReplicationActionKinds; ++kind) actions += reduced.coverage.counts[kind];
    certificate.add("kip320.covered_steps", counts.steps, actions);
    certificate.add("kip320.bytes_per_state_above_16", 0, reduced.memory.total() > 16 * reduced.states ? 1 : 0);

    const Run two_threads = explore_exhaustively(model, {.threads = 2, .max_states = 2 * counts.states});
    certificate.add("kip320.two_threads_equal", 1, equal(reduced, two_threads) ? 1 : 0);

    const Run spilled = explore_exhaustively(model, {.max_states = 2 * counts.states, .frontier = {.memory_bytes = 0}});
    certificate.add("kip320.spilled_equal", 1, equal(reduced, spilled) && spilled.memory.frontier_file > 0 ? 1 : 0);

    const PackedModel packed_model(small.bounds, kip320.rules);
    const Run packed = explore_exhaustively(packed_model, {.max_states = 2 * counts.states});
    certificate.add("kip320.packed_equal", 1, equal(reduced, packed) ? 1 : 0);

    add_checkpoints(certificate, model, reduced);

    const Run whole = explore_exhaustively(model, {.max_states = 2 * counts.unreduced_states, .symmetry = false});
    certificate.add_complete("kip320.whole", whole, counts, false);

    const Run shallow = explore_exhaustively(model, {.max_states = 2 * counts.states, .max_depth = counts.depth - 5});
    certificate.add("kip320.shallow.complete", 0, shallow.complete ? 1 : 0);
    certificate.add("kip320.shallow.depth", counts.depth - 5, shallow.depth);

    for (const Generation& generation : all_generations()) {
        for (const ReplicationScope& scope : generation.scopes) {
            for (const ShortestViolation& shortest : scope.violations) {
                const ReplicationModel broken(scope.bounds, generation.rules, bit_of(shortest.property));
                const std::string name =
                    fmt::format("{}.{}.{}", generation.name, name_of(scope.size), name_of(shortest.property));
                const Run found = explore_exhaustively(broken, {.max_states = 1'000'000});
                certificate.add_violation(name, broken, found, shortest.actions);
            }
            if (generation.published_actions == 0) continue;
            const ReplicationModel broken(scope.bounds, generation.rules, kIsrProperties);
            const auto least = std::ranges::min(scope.violations, {}, &ShortestViolation::actions).actions;
            const Run found = explore_exhaustively(broken, {.max_states = 1'000'000, .symmetry = false});
            certificate.add_violation(fmt::format("{}.whole", generation.name), broken, found, least);
        }
    }
}

}  // namespace

std::vector<CertifiedFigure> certify() {
    Certificate certificate;
    try {
        certify(certificate);
    } catch (const InvariantBroken& broken) {
        certificate.add(fmt::format("invariants_broken: {}", broken.what()), 0, 1);
    }
    return certificate.take();
}

}  // namespace highwater::model
