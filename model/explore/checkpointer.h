#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include <fmt/format.h>

#include "model/explore/checker_file.h"
#include "model/explore/checkpoint.h"
#include "model/explore/discovery_tree.h"
#include "model/explore/fingerprint_set.h"
#include "model/explore/frontier.h"

namespace highwater::model::detail {

/// Writes the checkpoints of an exhaustive exploration, and goes on from one. Throws CheckerFileError.
template <System S>
class Checkpointer {
  public:
    Checkpointer(const S& system, const CheckpointOptions& options)
        : system_(system), every_states_(options.every_states), directory_(options) {
        if (!kRestorable<S>) throw CheckerFileError("the states of this world cannot be written: no checkpoints");
    }

    /// What was reached in the newest checkpoint, with all that was found and the level that is next; nullopt: there is
    /// none, and the exploration begins.
    std::optional<Reached> go_on(FingerprintSet& visited, DiscoveryTree& discoveries, Level<S>& level) {
        const auto found = directory_.find();
        if (!found) directory_.clear();
        fingerprints_.emplace(directory_.path_of("fingerprints"));
        notes_.emplace(directory_.path_of("discoveries"));
        if (!found) return std::nullopt;
        const Reached& reached = found->reached;
        const auto entry = [&](const std::string& name) {
            const auto at = std::ranges::find(found->files, name, &FileEntry::name);
            if (at == found->files.end()) throw CheckerFileError("the checkpoint lists no file " + name);
            return *at;
        };
        bool fits = fingerprints_->go_on_from(entry("fingerprints"), [&visited](std::span<const std::byte> bytes) {
            std::uint64_t fingerprint = 0;
            for (; bytes.size() >= sizeof fingerprint; bytes = bytes.subspan(sizeof fingerprint)) {
                std::memcpy(&fingerprint, bytes.data(), sizeof fingerprint);
                visited.insert(fingerprint);
            }
        });
        fits = fits && notes_->go_on_from(entry("discoveries"), [&discoveries](std::span<const std::byte> bytes) {
            discoveries.restore(bytes);
        });
        notes_written_ = discoveries.size();
        fits = fits && level.restore(directory_.path_of(entry(fmt::format("frontier-{}", reached.depth)).name));
        if (!fits || visited.size() != reached.states) {
            throw CheckerFileError(fmt::format("the checkpoint at depth {} does not fit its files", reached.depth));
        }
        if constexpr (Restorable<S>) {
            const auto bytes = read_whole_file(directory_.path_of(entry(fmt::format("system-{}", reached.depth)).name));
            const std::string wrong = system_.restore(bytes);
            if (!wrong.empty()) throw CheckerFileError("the checkpoint does not fit: " + wrong);
        }
        last_states_ = reached.states;
        return reached;
    }

    /// The next new state, in the order in which they are numbered.
    void found(std::uint64_t fingerprint) { fingerprints_->append(std::as_bytes(std::span(&fingerprint, 1))); }

    /// A level ends, and `level` is next: writes a checkpoint when it is time.
    void end_level(const Reached& reached, const DiscoveryTree& discoveries, const Level<S>& level) {
        if (reached.states - last_states_ < every_states_) return;
        if constexpr (kRestorable<S>) {
            discoveries.visit(notes_written_, [this](std::span<const std::byte> bytes) { notes_->append(bytes); });
            notes_written_ = discoveries.size();
            std::vector<FileEntry> files = {fingerprints_->sync(), notes_->sync()};
            files.push_back(
                directory_.write_file("frontier", reached.depth, [&](GrowingFile& file) { level.save(file); }));
            if constexpr (Restorable<S>) {
                std::vector<std::byte> bytes;
                system_.save(bytes);
                files.push_back(
                    directory_.write_file("system", reached.depth, [&](GrowingFile& file) { file.append(bytes); }));
            }
            directory_.write_list(reached, files);
            last_states_ = reached.states;
        }
    }

    /// The exploration has its result.
    void finish() {
        fingerprints_.reset();
        notes_.reset();
        directory_.clear();
    }

  private:
    const S& system_;
    std::uint64_t every_states_;
    CheckpointDirectory directory_;
    std::optional<GrowingFile> fingerprints_;
    std::optional<GrowingFile> notes_;
    std::uint64_t notes_written_ = 0;
    std::uint64_t last_states_ = 0;
};

}  // namespace highwater::model::detail
