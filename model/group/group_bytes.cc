// A state as few bytes: its partition by its number in the store, the rest without its zeros.
#include <cstring>

#include "core/base/invariant.h"
#include "model/explore/packed_bytes.h"
#include "model/group/group_world.h"

namespace highwater::model::group {

void GroupWorld::encode(const State& state, std::vector<std::byte>& out) const {
    const auto index = std::as_bytes(std::span(&state.partition->index, 1));
    out.insert(out.end(), index.begin(), index.end());
    pack(std::as_bytes(std::span(&state.rest, 1)), out);
}

std::size_t GroupWorld::decode(std::span<const std::byte> in, State& state) const {
    std::uint32_t index = 0;
    HIGHWATER_INVARIANT(in.size() > sizeof index, "a state of {} bytes ends early", in.size());
    std::memcpy(&index, in.data(), sizeof index);
    state.partition = &partitions_->machine(index);
    return sizeof index + unpack(in.subspan(sizeof index), std::as_writable_bytes(std::span(&state.rest, 1)));
}

}  // namespace highwater::model::group
