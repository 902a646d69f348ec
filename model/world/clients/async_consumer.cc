#include "model/world/clients/async_consumer.h"

namespace highwater::model {

void AsyncConsumer::start(group::Member fresh) {
    *this = {};
    phase = Phase::joining;
    member = fresh;
}

void AsyncConsumer::stop() {
    *this = {};
}

AsyncConsumer::Message AsyncConsumer::heartbeat() const {
    Message message;
    message.kind = Message::Kind::consumer_heartbeat;
    message.member = member;
    const bool joins = phase == Phase::joining;
    message.generation_plus_one = joins ? std::uint8_t{1} : epoch_plus_one;
    message.is_full = joins || says_everything != 0 ? 1 : 0;
    message.says_owned = message.is_full != 0 || acknowledges != 0 ? 1 : 0;
    // What it claims to own is what it was told, once it has brought that about.
    if (message.says_owned != 0) message.owned = phase == Phase::member ? assigned : owned;
    return message;
}

AsyncConsumer::Message AsyncConsumer::leaving(bool is_static) const {
    Message message;
    message.kind = Message::Kind::consumer_heartbeat;
    message.member = member;
    message.generation_plus_one = is_static ? group::kLeavesForAWhile : std::uint8_t{0};
    return message;
}

AsyncConsumer::Message AsyncConsumer::due() const {
    if (waits() || !is_up()) return {};
    if (phase == Phase::joining || says_everything != 0 || acknowledges != 0) return heartbeat();
    if (committing == 0) return {};
    Message message;
    message.kind = Message::Kind::commit;
    message.member = member;
    message.generation_plus_one = epoch_plus_one;
    message.offset = committing_offset;
    message.partitions = committing;
    return message;
}

void AsyncConsumer::begin_commit(std::uint8_t offset) {
    committing_offset = offset;
    committing = owned;
}

void AsyncConsumer::sent(Message::Kind kind) {
    waits_for = kind;
    if (kind != Message::Kind::consumer_heartbeat) return;
    claims = heartbeat().says_owned;
    says_everything = 0;
    acknowledges = 0;
}

void AsyncConsumer::reconcile(const group::Scope& scope) {
    const bool keeps = scope.controls.members_do_not_revoke;
    owned = keeps ? static_cast<group::Partitions>(owned | assigned) : assigned;
    phase = Phase::member;
    acknowledges = 1;
}

void AsyncConsumer::lose() {
    phase = Phase::joining;
    epoch_plus_one = 0;
    owned = 0;
    assigned = 0;
    says_everything = 0;
    acknowledges = 0;
    committing_offset = 0;
    committing = 0;
}

void AsyncConsumer::timed_out() {
    if (waits_for == Message::Kind::consumer_heartbeat) says_everything = phase == Phase::joining ? 0 : 1;
    waits_for = Message::Kind::none;
    claims = 0;
}

void AsyncConsumer::take_heartbeat(const Message& answer) {
    epoch_plus_one = answer.generation_plus_one;
    const bool is_news = answer.is_full != 0 && (phase == Phase::joining || answer.partitions != assigned);
    if (!is_news) return;
    // Also when it owns just that: it was told something else meanwhile, and the coordinator waits to hear of it.
    assigned = answer.partitions;
    phase = Phase::reconciling;
}

void AsyncConsumer::take_error(Message::Kind kind, ErrorCode error) {
    const bool is_heartbeat = kind == Message::Kind::consumer_heartbeat;
    switch (error) {
        case ErrorCode::not_coordinator:
        case ErrorCode::coordinator_not_available:
        case ErrorCode::coordinator_load_in_progress:
            if (is_heartbeat && phase != Phase::joining) says_everything = 1;
            return;
        case ErrorCode::fenced_member_epoch:
        case ErrorCode::unknown_member_id:
            if (is_heartbeat) return lose();
            break;
        case ErrorCode::stale_member_epoch:
            break;
        case ErrorCode::fenced_instance_id:
        case ErrorCode::unreleased_instance_id:
            lose();
            phase = Phase::fenced;
            return;
        case ErrorCode::group_id_not_found:
            return stop();
        default:
            lose();
            phase = Phase::refused;
            return;
    }
    committing_offset = 0;
    committing = 0;
}

void AsyncConsumer::answered(const Message& answer) {
    waits_for = Message::Kind::none;
    claims = 0;
    if (!is_up()) return;
    if (answer.error() != ErrorCode::none) return take_error(answer.kind, answer.error());
    if (answer.kind == Message::Kind::consumer_heartbeat) return take_heartbeat(answer);
    committing_offset = 0;
    committing = 0;
}

}  // namespace highwater::model
