#pragma once

#include <cstdint>

#include "core/base/error_code.h"
#include "model/group/message.h"

namespace highwater::model {

/// A consumer in a consumer group (KIP-848) as the Java client is one (AsyncKafkaConsumer with
/// group.protocol=consumer):
/// - It draws its member id itself and keeps it as long as its process lives. It joins with epoch 0, which says
///   everything; later heartbeats say only what changed, and everything again after one that was not answered.
/// - What it is told to have it brings about in its own time (its application hears of each partition that goes): until
///   then it goes on heartbeating and commits for what it still owns. Then it says what it owns.
/// - FENCED_MEMBER_EPOCH and UNKNOWN_MEMBER_ID: what it owned is lost, and it joins again with epoch 0 under its id.
///   FENCED_INSTANCE_ID and UNRELEASED_INSTANCE_ID: it stops for good. GROUP_ID_NOT_FOUND: its process ends, too;
///   another one may start.
/// - It leaves with epoch -1; a static one with -2, which keeps its place.
/// - Offsets are committed at the epoch that it knows; STALE_MEMBER_EPOCH: they are not. It gives up no partition while
///   a commit is under way.
struct AsyncConsumer {
    using Message = group::Message;

    enum class Phase : std::uint8_t {
        down,
        joining,      ///< a heartbeat of epoch 0 is to be sent or under way
        reconciling,  ///< has to give up or take on partitions
        member,       ///< has what it was told
        fenced,       ///< another one has its group.instance.id
        refused,      ///< told something that a client cannot go on from
    };

    Phase phase = Phase::down;
    /// The request that it waits for; none: it waits for nothing.
    Message::Kind waits_for = Message::Kind::none;
    group::Member member = group::kNoMember;
    /// 0: none.
    std::uint8_t epoch_plus_one = 0;
    group::Partitions owned = 0;
    /// What it was told to have.
    group::Partitions assigned = 0;
    /// Its next heartbeat says everything.
    std::uint8_t says_everything = 0;
    /// What it owns is as it was told, and it has not said so.
    std::uint8_t acknowledges = 0;
    /// The heartbeat that it waits for said what it owns.
    std::uint8_t claims = 0;
    /// As ClassicConsumer.
    std::uint8_t committing_offset = 0;
    group::Partitions committing = 0;

    [[nodiscard]] bool is_member() const { return phase == Phase::member || phase == Phase::reconciling; }
    [[nodiscard]] bool is_up() const { return phase == Phase::joining || is_member(); }
    [[nodiscard]] bool waits() const { return waits_for != Message::Kind::none; }

    /// Starts anew, under an id that nobody has had.
    void start(group::Member fresh);
    /// Its process is gone.
    void stop();

    /// What it must send now, kind none: nothing. The caller says that it was sent.
    [[nodiscard]] Message due() const;
    [[nodiscard]] Message heartbeat() const;
    [[nodiscard]] Message leaving(bool is_static) const;
    void begin_commit(std::uint8_t offset);
    void sent(Message::Kind kind);

    /// Whoever takes on partitions while a heartbeat is under way that says it does not own them is believed to have
    /// nothing to give back, should they be taken from it just then: a gap of the protocol (docs/findings.md), so only
    /// hasty members do that.
    [[nodiscard]] bool may_reconcile(const group::Scope& scope) const {
        const bool contradicts_itself = claims != 0 && (assigned & ~owned) != 0;
        return phase == Phase::reconciling && committing == 0 && (!contradicts_itself || scope.members_are_hasty);
    }
    /// Has given up and taken on what it was told to.
    void reconcile(const group::Scope& scope);

    /// Its request, or the answer, is given up.
    void timed_out();
    /// Requires: it waits for this kind of answer, or is not up.
    void answered(const Message& answer);

    friend bool operator==(const AsyncConsumer&, const AsyncConsumer&) = default;

  private:
    void lose();
    void take_heartbeat(const Message& answer);
    void take_error(Message::Kind kind, ErrorCode error);
};

}  // namespace highwater::model
