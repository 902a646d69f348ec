#include "broker/storage/gathered_write.h"

#include <utility>

#include "broker/storage/byte_order.h"
#include "core/base/invariant.h"

namespace highwater::storage {

void GatheredWrite::add(std::uint64_t position, const BatchFacts& facts, Bytes batch) {
    HIGHWATER_INVARIANT(!full(), "a gathered write of more than {} batches", kMaxBatches);
    if (count_ == 0) position_ = position;
    Stamp& stamp = stamps_[count_];
    wire::store_big_endian(stamp.data() + wire::BatchLayout::kBaseOffset, facts.base_offset.value());
    wire::store_big_endian(stamp.data() + wire::BatchLayout::kLength,
                           static_cast<std::int32_t>(batch.size() - wire::kLogOverheadBytes));
    wire::store_big_endian(stamp.data() + wire::BatchLayout::kLeaderEpoch, facts.leader_epoch.value());
    pieces_[2 * count_] = stamp;
    pieces_[2 * count_ + 1] = batch.subspan(stamp.size());
    ++count_;
}

IoResult<void> GatheredWrite::write(File& file) {
    const std::size_t count = std::exchange(count_, 0);
    return file.write_at(position_, {pieces_.data(), 2 * count});
}

}  // namespace highwater::storage
