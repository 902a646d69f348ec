#include "model/group/check/property.h"

#include <algorithm>
#include <array>

#include "model/group/check/exclusive.h"
#include "model/group/check/generation_order.h"
#include "model/group/check/offset_truth.h"
#include "model/group/check/replay_equality.h"
#include "model/group/check/static_unique.h"
#include "model/group/check/whole_session.h"

namespace highwater::model::group {
namespace {

const std::array<Property, 6>& table() {
    static const std::array<Property, 6> properties = {kGenerationOrder, kStaticUnique, kExclusive,
                                                       kWholeSession,    kOffsetTruth,  kReplayEquality};
    return properties;
}

ErrorCode asked(const Judged& judged, std::uint8_t id, Message request) {
    request.client = id;
    return judged.world.probe(judged.now, request);
}

}  // namespace

const PropertyBoard<Judged>& properties() {
    static const PropertyBoard<Judged> board(table());
    return board;
}

ErrorCode Judged::to_heartbeat(std::uint8_t id) const {
    return asked(*this, id, client(id).heartbeat());
}

ErrorCode Judged::to_commit(std::uint8_t id, std::size_t partition) const {
    Message commit;
    commit.kind = Message::Kind::commit;
    commit.member = client(id).member();
    commit.generation_plus_one = client(id).generation_plus_one();
    commit.partitions = static_cast<Partitions>(1U << partition);
    commit.offset = 1;
    return asked(*this, id, commit);
}

bool is_known(ErrorCode to_heartbeat) {
    return to_heartbeat == ErrorCode::none || to_heartbeat == ErrorCode::rebalance_in_progress ||
           to_heartbeat == ErrorCode::illegal_generation;
}

bool Judged::everybody_waits() const {
    Message heartbeat;
    heartbeat.kind = Message::Kind::heartbeat;
    return asked(*this, kSimpleConsumer, heartbeat) == ErrorCode::coordinator_load_in_progress;
}

bool Judged::somebody_is_in_the_group() const {
    for (std::uint8_t id = 0; id < scope().clients; ++id) {
        const bool asks = client(id).is_up() && client(id).has_joined();
        if (asks && is_known(to_heartbeat(id))) return true;
    }
    return false;
}

}  // namespace highwater::model::group
