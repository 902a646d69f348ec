// A state as few bytes: its partitions by their numbers in the stores, the rest without its zeros.
#include <array>
#include <cstring>

#include "core/base/invariant.h"
#include "model/explore/packed_bytes.h"
#include "model/transaction/transaction_world.h"

namespace highwater::model::transaction {
namespace {

using Indexes = std::array<std::uint32_t, 1 + kPartitions>;

}  // namespace

void TransactionWorld::encode(const State& state, std::vector<std::byte>& out) const {
    Indexes indexes{state.coordinator->index};
    for (std::size_t p = 0; p < kPartitions; ++p) indexes[1 + p] = state.data[p]->index;
    const auto bytes = std::as_bytes(std::span(indexes));
    out.insert(out.end(), bytes.begin(), bytes.end());
    pack(std::as_bytes(std::span(&state.rest, 1)), out);
}

std::size_t TransactionWorld::decode(std::span<const std::byte> in, State& state) const {
    Indexes indexes;
    HIGHWATER_INVARIANT(in.size() > sizeof indexes, "a state of {} bytes ends early", in.size());
    std::memcpy(&indexes, in.data(), sizeof indexes);
    state.coordinator = &states_->machine(indexes[0]);
    for (std::size_t p = 0; p < kPartitions; ++p) state.data[p] = &data_->machine(indexes[1 + p]);
    return sizeof indexes + unpack(in.subspan(sizeof indexes), std::as_writable_bytes(std::span(&state.rest, 1)));
}

/// The bytes of one store, behind their number.
void TransactionWorld::save(std::vector<std::byte>& out) const {
    std::vector<std::byte> states;
    states_->save(states);
    const std::uint64_t size = states.size();
    const auto head = std::as_bytes(std::span(&size, 1));
    out.insert(out.end(), head.begin(), head.end());
    out.insert(out.end(), states.begin(), states.end());
    data_->save(out);
}

std::string TransactionWorld::restore(std::span<const std::byte> in) const {
    std::uint64_t size = 0;
    if (in.size() < sizeof size) return "it ends before its partitions";
    std::memcpy(&size, in.data(), sizeof size);
    in = in.subspan(sizeof size);
    if (in.size() < size) return "it ends within its partitions";
    if (std::string wrong = states_->restore(in.first(size)); !wrong.empty()) return wrong;
    return data_->restore(in.subspan(size));
}

}  // namespace highwater::model::transaction
