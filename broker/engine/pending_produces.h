#pragma once

#include <cstdint>
#include <functional>
#include <vector>

#include "broker/engine/request.h"
#include "broker/engine/slab.h"
#include "core/partition/effect.h"
#include "core/partition/token.h"
#include "net/wire/message/produce.h"

namespace highwater::engine {

/// A produce request of which some partitions have not answered yet.
struct PendingProduce {
    ReplyTo reply_to;
    bool wants_reply = true;
    wire::ProduceResponse response;
    /// Parts without an answer.
    std::uint32_t waiting = 0;
    /// Some part was refused.
    bool failed = false;

    wire::ProduceResponse::PartitionProduceResponse& part(std::uint32_t topic, std::uint32_t partition) {
        return response.responses.materialise()[topic].partition_responses.materialise()[partition];
    }
};

/// The produce requests that wait for their acknowledgements.
class PendingProduces {
  public:
    struct Part {
        std::uint32_t request = 0;
        std::uint32_t topic = 0;
        std::uint32_t partition = 0;
        /// The time that the batch was stamped with, when the topic uses LogAppendTime; else -1.
        std::int64_t log_append_time_ms = -1;
    };

    std::uint32_t open(PendingProduce request) { return requests_.insert(std::move(request)); }
    PendingProduce& operator[](std::uint32_t request) { return requests_[request]; }
    PendingProduce close(std::uint32_t request) { return requests_.take(request); }

    /// Names a part in the machine's answers.
    ProduceToken expect(const Part& part) {
        ++requests_[part.request].waiting;
        return ProduceToken{parts_.insert(part)};
    }
    /// The part is answered: its token is free again.
    Part take(ProduceToken token) {
        const Part part = parts_.take(static_cast<std::uint32_t>(token.value()));
        --requests_[part.request].waiting;
        return part;
    }
    [[nodiscard]] std::size_t size() const { return requests_.size(); }

  private:
    Slab<PendingProduce> requests_;
    Slab<Part> parts_;
};

}  // namespace highwater::engine
