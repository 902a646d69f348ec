#include "model/world/history.h"

#include <algorithm>

namespace highwater::model {

void History::add(const StepEvents& events, const Disk& disk) {
    for (const Answered& answer : events.answers) {
        if (answer.error() == ErrorCode::none && answer.base_offset_plus_one != 0) {
            acknowledged[answer.request.batch.number()] = answer.base_offset_plus_one;
        }
    }
    if (events.fetch.happened && events.fetch.error() == ErrorCode::none) {
        high_watermark = std::max(high_watermark, events.fetch.high_watermark);
        delivered_end = std::max(delivered_end, disk.log_start);
        for (const StoredBatch& stored : disk.log) {
            if (stored.base_offset < delivered_end || stored.end_offset() > events.fetch.readable_end) continue;
            delivered.push_back({stored.id, stored.base_offset});
            delivered_end = stored.end_offset();
        }
    }
    if (events.write_failed) write_failed = true;
    if (events.stopped) write_failed = false;
}

}  // namespace highwater::model
