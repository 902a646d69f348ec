#include "model/check/observed.h"

namespace highwater::model {

Observed::Observed(const Scope& scope_, const StepEvents& events_, const History& before_, const Disk& disk_, bool up)
    : scope(scope_), events(events_), before(before_), disk(disk_), broker_is_up(up) {
    for (const StoredBatch& stored : disk.log) {
        const std::size_t number = stored.id.number();
        if (copies[number]++ == 0) position[number] = static_cast<std::uint8_t>(stored.base_offset + 1);
    }
}

}  // namespace highwater::model
