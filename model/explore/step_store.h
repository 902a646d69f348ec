#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <functional>
#include <span>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include <fmt/format.h>
#include <xxhash.h>

#include "model/explore/memo_table.h"

namespace highwater::model {

/// Every different machine once, and every step that was ever taken: the states of a world of several machines are
/// combinations of few states of single ones, so nearly every step was computed before. Machines, and inputs of one,
/// are told apart by 64-bit hashes, as states are by the explorer. May be used by several threads at once.
///
/// Machine has `hash`, of all that decides what it does, and `index`, its number here. Input is hashed as bytes. `id`
/// is a small number that makes machines of one state different.
template <class Machine, class Input, class Output>
    requires std::has_unique_object_representations_v<Input>
class StepStore {
  public:
    /// A machine that comes from no other.
    using MakeNew = std::function<Machine(std::uint8_t id)>;
    /// Carries out `input` on the machine and sets its hash.
    using CarryOut = std::function<Output(std::uint8_t id, Machine& machine, const Input& input)>;

    /// What a machine is after a step, and what it let out.
    struct Taken {
        const Machine* after = nullptr;
        Output output;
    };

    StepStore(MakeNew make_new, CarryOut carry_out)
        : make_new_(std::move(make_new)), carry_out_(std::move(carry_out)) {}

    [[nodiscard]] const Machine* keep_new(std::uint8_t id) {
        return keep(make_new_(id), {.hash = 0, .parent = kNone, .id = id, .input = {}});
    }

    /// The reference stays valid. Passes on what the core throws through the checker's invariant trap.
    [[nodiscard]] const Taken& step(std::uint8_t id, const Machine& before, const Input& input) {
        const std::uint64_t key = XXH3_64bits_withSeed(&input, sizeof input, before.hash);
        if (const Taken* known = steps_.find(key)) return *known;
        Taken taken;
        Machine machine = before;
        taken.output = carry_out_(id, machine, input);
        taken.after = keep(std::move(machine), {.hash = 0, .parent = before.index, .id = id, .input = input});
        return steps_.keep(key, [&](std::size_t) { return taken; });
    }

    /// Requires: `index` is that of a machine which was kept.
    [[nodiscard]] const Machine& machine(std::uint32_t index) const { return machines_[index].machine; }

    /// How each machine came to be, in their order: enough for a store that is as it was at first to make them anew.
    void save(std::vector<std::byte>& out) const {
        for (std::size_t index = 0; index < machines_.size(); ++index) {
            const auto bytes = std::as_bytes(std::span(&machines_[index].origin, 1));
            out.insert(out.end(), bytes.begin(), bytes.end());
        }
    }
    /// Empty, or what is wrong with `in`.
    [[nodiscard]] std::string restore(std::span<const std::byte> in) {
        for (std::uint32_t index = 0; in.size() >= sizeof(Origin); ++index, in = in.subspan(sizeof(Origin))) {
            Origin origin;
            std::memcpy(&origin, in.data(), sizeof origin);
            if (origin.parent != kNone && origin.parent >= index) {
                return fmt::format("machine {} comes from nowhere", index);
            }
            const Machine* machine = origin.parent == kNone
                                         ? keep_new(origin.id)
                                         : step(origin.id, machines_[origin.parent].machine, origin.input).after;
            if (machine->index != index || machine->hash != origin.hash) {
                return fmt::format("machine {} is another one now", index);
            }
        }
        return in.empty() ? std::string{} : std::string{"it ends in the middle of a machine"};
    }

    [[nodiscard]] std::size_t machines() const { return machines_.size(); }
    [[nodiscard]] std::size_t steps() const { return steps_.size(); }
    [[nodiscard]] std::size_t memory_bytes() const { return machines_.memory_bytes() + steps_.memory_bytes(); }

  private:
    static constexpr std::uint32_t kNone = UINT32_MAX;

    /// Where a machine comes from.
    struct Origin {
        std::uint64_t hash = 0;
        /// kNone: it was new.
        std::uint32_t parent = kNone;
        std::uint8_t id = 0;
        Input input;
    };
    struct Kept {
        Machine machine;
        Origin origin;
    };

    [[nodiscard]] const Machine* keep(Machine machine, Origin origin) {
        const std::uint64_t hash = machine.hash;
        const Kept& kept = machines_.keep(hash, [&](std::size_t index) {
            machine.index = static_cast<std::uint32_t>(index);
            origin.hash = hash;
            return Kept{std::move(machine), origin};
        });
        return &kept.machine;
    }

    const MakeNew make_new_;
    const CarryOut carry_out_;
    MemoTable<Kept> machines_;
    MemoTable<Taken> steps_;
};

}  // namespace highwater::model
