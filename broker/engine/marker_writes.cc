#include "broker/engine/marker_writes.h"

#include <chrono>

#include "core/base/invariant.h"
#include "net/wire/record/control_record.h"

namespace highwater::engine {

namespace {

/// A marker waits for its commit as long as this node leads: its coordinator asks again only after an answer.
constexpr Duration kNoTimeout = std::chrono::hours{24 * 365};

}  // namespace

void MarkerWrites::write(Partition& partition, const MarkerToWrite& marker, Moment now, Done done) {
    const auto batch =
        wire::transaction_marker_batch(marker.producer.id, marker.producer.epoch, marker.marker, now.wall);
    const auto view = wire::read_batch(batch);
    HIGHWATER_INVARIANT(view.has_value(), "a marker made here does not read: {}", view.error().what);
    const ProduceToken token{kOurs | under_way_.insert({marker, std::move(done)})};
    partition.produce(ProduceReceived{.token = token,
                                      .acks = Acks::all,
                                      .batch = wire::facts(*view),
                                      .deadline = now.time + kNoTimeout,
                                      .transaction_version = marker.version},
                      batch, now);
}

MarkerToWrite MarkerWrites::answered(const ReplyProduce& reply) {
    auto [marker, done] = under_way_.take(static_cast<std::uint32_t>(reply.token.value() & ~kOurs));
    done_.emplace_back(std::move(done), reply.error);
    return marker;
}

void MarkerWrites::settle() {
    for (auto& [done, error] : std::exchange(done_, {})) done(error);
}

}  // namespace highwater::engine
