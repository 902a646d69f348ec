// A state as few bytes: its brokers by their numbers in the store, the rest without its zeros.
#include "core/base/invariant.h"
#include "model/cluster/cluster_world.h"
#include "model/explore/packed_bytes.h"

namespace highwater::model::cluster {
namespace {

constexpr std::uint32_t kMore = 0x80;

}  // namespace

void ClusterWorld::encode(const State& state, std::vector<std::byte>& out) const {
    for (const Broker* broker : state.brokers) {
        std::uint32_t left = broker->index;
        for (; left >= kMore; left >>= 7) out.push_back(static_cast<std::byte>(left | kMore));
        out.push_back(static_cast<std::byte>(left));
    }
    pack(std::as_bytes(std::span(&state.rest, 1)), out);
}

std::size_t ClusterWorld::decode(std::span<const std::byte> in, State& state) const {
    std::size_t from = 0;
    for (const Broker*& broker : state.brokers) {
        std::uint32_t index = 0;
        std::uint32_t byte = kMore;
        for (unsigned shift = 0; (byte & kMore) != 0; shift += 7) {
            HIGHWATER_INVARIANT(from < in.size(), "a state of {} bytes ends early", in.size());
            byte = static_cast<std::uint32_t>(in[from++]);
            index |= (byte & (kMore - 1)) << shift;
        }
        broker = &brokers_->machine(index);
    }
    return from + unpack(in.subspan(from), std::as_writable_bytes(std::span(&state.rest, 1)));
}

}  // namespace highwater::model::cluster
