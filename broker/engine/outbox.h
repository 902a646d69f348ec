#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "broker/engine/compaction_job.h"
#include "broker/engine/flush_job.h"
#include "core/base/strong_type.h"
#include "net/wire/output_buffer.h"

namespace highwater::engine {

/// Names a connection for as long as the process lives; chosen by the shell, never reused.
struct ConnectionId : StrongType<ConnectionId, std::uint64_t> {
    using StrongType::StrongType;
};

/// Why the engine wants a connection closed. One counter each (Kafka has no answer for these cases).
enum class CloseReason : std::uint8_t {
    malformed_request,      ///< the frame does not decode as what its header says
    unsupported_request,    ///< api key or version that is not served (ApiVersions aside, KIP-511)
    failed_acks_0_produce,  ///< acks=0 has no reply that could carry the error
    no_reply_possible,      ///< the answer does not fit what the request's version can say
};

/// What leaves the engine besides files. Called only from inside the engine's entry points, on their thread; must not
/// call back into the engine.
class Outbox {
  public:
    virtual ~Outbox() = default;

    /// Send `response` on the connection: the whole frame, its 4-byte length and header included. The engine calls
    /// this in the order in which the requests came (a client matches replies by order as well as by correlation id).
    /// Ignored when the connection is gone.
    virtual void send(ConnectionId connection, wire::OutputBuffer response) = 0;

    /// Close the connection after what was sent. `detail` is one line for the log: printable, at most 200 characters.
    /// The shell still calls connection_closed afterwards.
    virtual void close(ConnectionId connection, CloseReason reason, std::string detail) = 0;

    /// Read no further request from this connection until resume_reading: it has max_requests_in_flight unanswered.
    virtual void pause_reading(ConnectionId connection) = 0;
    virtual void resume_reading(ConnectionId connection) = 0;

    /// Run the job, away from the event loop if it may block, then call Engine::flush_completed on the loop.
    virtual void start_flush(FlushJob job) = 0;

    /// Run the job, away from the event loop, then call Engine::compaction_completed on the loop.
    virtual void start_compaction(CompactionJob job) = 0;
    /// A pass over this partition's log is in place.
    virtual void compacted(std::string_view partition, const storage::CompactionResult& result) = 0;
    /// A pass came to nothing. With `is_damage` a batch can't be read, and the log is not compacted any more; else it
    /// is tried again. `detail` names the file and the reason.
    virtual void compaction_failed(std::string_view partition, std::string_view detail, bool is_damage) = 0;

    /// A log directory failed: nothing in it is served any more (KAFKA_STORAGE_ERROR). With `all_failed` the node can
    /// do nothing useful and the shell stops the process, as Kafka's does. `detail` names the file and the reason.
    virtual void storage_failed(std::string_view directory, std::string_view detail, bool all_failed) = 0;

    /// What is coordinated by this partition (`topic`: `__consumer_offsets` or `__transaction_state`) is refused
    /// (COORDINATOR_NOT_AVAILABLE): its log can't be read. `detail` names the file and the reason.
    virtual void coordinator_unreadable(std::string_view topic, std::int32_t partition, std::string_view detail) = 0;
};

}  // namespace highwater::engine
