#include "core/partition/fetch.h"

namespace highwater {

bool is_in_range(const ReplicaLog& log, Offset fetch_offset) {
    return fetch_offset >= log.start_offset() && fetch_offset <= log.end_offset();
}

std::optional<ReplyFetch::Diverging> find_divergence(const ReplicaLog& log, Offset fetch_offset,
                                                     LeaderEpoch last_fetched_epoch) {
    const auto ours = log.end_offset_for(last_fetched_epoch);
    if (!ours) return std::nullopt;
    const bool agree = ours->epoch == last_fetched_epoch && ours->end_offset >= fetch_offset;
    if (agree) return std::nullopt;
    return ReplyFetch::Diverging{ours->epoch, ours->end_offset};
}

FetchPosition check_position(const ReplicaLog& log, Offset fetch_offset,
                             std::optional<LeaderEpoch> last_fetched_epoch) {
    FetchPosition position;
    if (fetch_offset < log.start_offset()) {
        position.error = ErrorCode::offset_out_of_range;
        return position;
    }
    if (last_fetched_epoch) {
        if (!log.end_offset_for(*last_fetched_epoch)) {
            position.error = ErrorCode::offset_out_of_range;
            return position;
        }
        position.diverging = find_divergence(log, fetch_offset, *last_fetched_epoch);
        if (position.diverging) return position;
    }
    if (!is_in_range(log, fetch_offset)) position.error = ErrorCode::offset_out_of_range;
    return position;
}

Offset readable_end(const ReplicaLog& log, IsolationLevel isolation) {
    return isolation == IsolationLevel::read_committed ? log.last_stable_offset() : log.high_watermark();
}

bool is_worth_answering(const FetchReceived& fetch, const ReplicaLog& log) {
    return !fetch.wait_above || readable_end(log, fetch.isolation) > *fetch.wait_above;
}

ReplyFetch reply_fetch(FetchToken token, const ReplicaLog& log, Offset readable_end) {
    ReplyFetch reply;
    reply.token = token;
    reply.readable_end = readable_end;
    reply.high_watermark = log.high_watermark();
    reply.last_stable_offset = log.last_stable_offset();
    reply.log_start_offset = log.start_offset();
    return reply;
}

ReplyFetch refuse_fetch(const FetchReceived& fetch, ErrorCode error, const ReplicaLog& log) {
    ReplyFetch reply = reply_fetch(fetch.token, log, log.start_offset());
    reply.error = error;
    return reply;
}

FetchPosition check_position_at_follower(const ReplicaLog& log, Offset fetch_offset,
                                         std::optional<LeaderEpoch> last_fetched_epoch) {
    FetchPosition position = check_position(log, fetch_offset, last_fetched_epoch);
    const bool is_certain = fetch_offset <= log.high_watermark() ||
                            (position.diverging && position.diverging->end_offset < log.high_watermark());
    if (position.diverging && !is_certain) {
        position.diverging.reset();
        position.error = ErrorCode::offset_out_of_range;
    }
    return position;
}

std::optional<ReplyFetch> answer_fetch(const FetchReceived& fetch, const ReplicaLog& log,
                                       const FetchPosition& position) {
    const bool settled = position.error != ErrorCode::none || position.diverging;
    if (!settled && !is_worth_answering(fetch, log)) return std::nullopt;
    ReplyFetch reply = reply_fetch(fetch.token, log, readable_end(log, fetch.isolation));
    reply.error = position.error;
    reply.diverging = position.diverging;
    return reply;
}

}  // namespace highwater
