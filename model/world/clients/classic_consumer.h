#pragma once

#include <cstdint>

#include "core/base/error_code.h"
#include "model/group/message.h"

namespace highwater::model {

/// A consumer in a classic group as the Java client is one (AbstractCoordinator, ConsumerCoordinator):
/// - It joins, syncs, and then has the partitions that it was given. Eager: it gives up all of them before it joins
///   again. Cooperative (KIP-429): it keeps them, gives up those that it is not given again, and then joins once more.
/// - The member that leads gives the partitions out, by a rule that knows nothing but the list that it was given.
/// - REBALANCE_IN_PROGRESS: it joins again under its id. ILLEGAL_GENERATION: likewise, and what it owned is lost.
///   UNKNOWN_MEMBER_ID: likewise, under a new id. FENCED_INSTANCE_ID: it stops for good.
/// - What is not answered in time, or by a broker that does not coordinate, is sent again; for SyncGroup it joins
/// again. It sends as soon as it may: how long a request is under way is the network's choice.
struct ClassicConsumer {
    using Message = group::Message;

    enum class Phase : std::uint8_t {
        down,
        joining,  ///< a JoinGroup is to be sent or under way
        syncing,  ///< the same of SyncGroup
        member,   ///< has its partitions
        fenced,   ///< another one has its group.instance.id
        refused,  ///< told something that a client cannot go on from
    };

    Phase phase = Phase::down;
    /// The request that it waits for; none: it waits for nothing.
    Message::Kind waits_for = Message::Kind::none;
    group::Member member = group::kNoMember;
    /// 0: none.
    std::uint8_t generation_plus_one = 0;
    group::Partitions owned = 0;
    /// In which it was given them.
    std::uint8_t owned_generation = 0;
    /// Offsets that it commits and was not told that they are: of which partitions. 0: none.
    std::uint8_t committing_offset = 0;
    group::Partitions committing = 0;
    /// Leader, syncing: what it gives out.
    FixedVector<group::Listed, group::kMaxClients + 2> assignment;

    [[nodiscard]] bool is_up() const {
        return phase == Phase::joining || phase == Phase::syncing || phase == Phase::member;
    }
    [[nodiscard]] bool waits() const { return waits_for != Message::Kind::none; }

    /// Starts anew: knows nothing.
    void start();
    /// Its process is gone.
    void stop();

    /// What it must send now, kind none: nothing. The caller says that it was sent.
    [[nodiscard]] Message due() const;
    [[nodiscard]] Message heartbeat() const;
    /// Begins to commit this offset for all that it owns.
    void begin_commit(std::uint8_t offset);
    void sent(Message::Kind kind) { waits_for = kind; }

    /// Its request, or the answer, is given up.
    void timed_out(const group::Scope& scope);
    /// Requires: it waits for this kind of answer, or is not up.
    void answered(const group::Scope& scope, const Message& answer);

    friend bool operator==(const ClassicConsumer&, const ClassicConsumer&) = default;

  private:
    void rejoin(const group::Scope& scope);
    void lose(bool with_id);
    void take_error(const group::Scope& scope, ErrorCode error);
    void take_join(const group::Scope& scope, const Message& answer);
    void take_assignment(const group::Scope& scope, group::Partitions given);
    [[nodiscard]] Message claim(Message::Kind kind) const;
};

}  // namespace highwater::model
