#pragma once

#include <cstdint>

#include "broker/engine/request.h"
#include "broker/engine/slab.h"
#include "core/partition/token.h"
#include "net/wire/message/delete_records.h"

namespace highwater::engine {

/// A DeleteRecords request of which some partitions have not answered yet.
struct PendingDelete {
    ReplyTo reply_to;
    wire::DeleteRecordsResponse response;
    std::uint32_t waiting = 0;

    wire::DeleteRecordsResponse::DeleteRecordsPartitionResult& part(std::uint32_t topic, std::uint32_t partition) {
        return response.topics.materialise()[topic].partitions.materialise()[partition];
    }
};

/// The DeleteRecords requests that wait for followers.
class PendingDeletes {
  public:
    struct Part {
        std::uint32_t request = 0;
        std::uint32_t topic = 0;
        std::uint32_t partition = 0;
    };

    std::uint32_t open(PendingDelete request) { return requests_.insert(std::move(request)); }
    PendingDelete& operator[](std::uint32_t request) { return requests_[request]; }
    PendingDelete close(std::uint32_t request) { return requests_.take(request); }
    DeleteRecordsToken expect(const Part& part) {
        ++requests_[part.request].waiting;
        return DeleteRecordsToken{parts_.insert(part)};
    }
    Part take(DeleteRecordsToken token) {
        const Part part = parts_.take(static_cast<std::uint32_t>(token.value()));
        --requests_[part.request].waiting;
        return part;
    }

  private:
    Slab<PendingDelete> requests_;
    Slab<Part> parts_;
};

}  // namespace highwater::engine
