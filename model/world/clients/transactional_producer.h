#pragma once

#include <array>
#include <cstdint>

#include "core/base/error_code.h"
#include "model/transaction/message.h"

namespace highwater::model {

/// A transactional producer as librdkafka and the Java client are one, with one request under way at a time:
/// - It begins with InitProducerId. Of version 1 it adds each partition before its first record there; of version 2 the
///   broker does (KIP-890).
/// - Errors that time may heal: the same request again. A record that is refused, or whose delivery timeout is over:
///   the transaction can only be aborted, and of version 1 the producer then asks for the next epoch, naming the one
///   that it has (KIP-360).
/// - EndTxn of version 2 gives the next epoch. With a new epoch, sequences begin at 0.
/// - PRODUCER_FENCED and INVALID_PRODUCER_EPOCH from the coordinator: it stops for good. INVALID_TXN_STATE and an
///   unknown producer id there: its process ends; another one may start.
struct TransactionalProducer {
    using Message = transaction::Message;
    using Claim = transaction::Claim;

    enum class Phase : std::uint8_t {
        down,
        starting,   ///< InitProducerId is to be sent or under way
        ready,      ///< has no transaction
        adding,     ///< of version 1: the next partition is to be added
        producing,  ///< the next record is to be sent, or under way
        open,       ///< its transaction is open, and nothing is under way
        ending,     ///< EndTxn is to be sent or under way
        bumping,    ///< after an abort of version 1: asks for its next epoch
        fenced,
        failed,  ///< told something that a producer cannot go on from
    };

    Phase phase = Phase::down;
    /// The request that it waits for; none: it waits for nothing.
    Message::Kind waits_for = Message::Kind::none;
    std::uint8_t version = 0;
    Claim claim;
    transaction::Transaction transaction = transaction::kNoTransaction;
    /// Records that it has sent in this transaction, and were acknowledged.
    std::uint8_t sent = 0;
    std::uint8_t commits = 0;
    std::uint8_t needs_bump = 0;
    /// By partition, in this epoch.
    std::array<std::uint8_t, transaction::kPartitions> next_sequence{};
    /// It was told to try again, and nothing has changed since.
    std::uint8_t holds_back = 0;

    [[nodiscard]] bool waits() const { return waits_for != Message::Kind::none; }
    [[nodiscard]] bool is_up() const {
        return phase != Phase::down && phase != Phase::fenced && phase != Phase::failed;
    }
    [[nodiscard]] bool may_start() const { return phase == Phase::down || phase == Phase::failed; }
    /// The partition of its next record. The second producer goes the other way round.
    [[nodiscard]] std::uint8_t next_partition(const transaction::Scope& scope, std::uint8_t producer) const {
        return producer == 0 ? sent : static_cast<std::uint8_t>(scope.partitions - 1 - sent);
    }

    void start(std::uint8_t its_version);
    /// Its process is gone.
    void stop();
    /// Requires: ready.
    void begin(transaction::Transaction number);
    /// Requires: open.
    void send_next();
    void end(bool commit);
    /// The delivery timeout of its record is over. Requires: producing.
    void give_up_record();

    /// What it must send now, kind none: nothing. The caller says that it was sent.
    [[nodiscard]] Message due(const transaction::Scope& scope, std::uint8_t producer) const;
    void sent_request(Message::Kind kind) { waits_for = kind; }
    /// Its request, or the answer, is lost.
    void timed_out() { waits_for = Message::Kind::none; }
    /// Requires: it waits for this kind of answer, or is not up.
    void answered(const Message& answer);

    friend bool operator==(const TransactionalProducer&, const TransactionalProducer&) = default;

  private:
    void take_error(Message::Kind kind, ErrorCode error);
    void take_claim(Claim given);
    void stop_for(Phase why);
};

/// Whether the same request may succeed later.
[[nodiscard]] bool is_retried(ErrorCode error);

}  // namespace highwater::model
