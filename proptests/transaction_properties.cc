// A transaction coordinator and producers that behave and misbehave, while writes are slow, fail, and the coordinator
// changes: each answer, record and marker is what a naive specification says (KIP-98, KIP-360, KIP-890).
#include "proptests/prelude.h"

#include <algorithm>
#include <array>
#include <deque>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "core/transaction/transaction_testing.h"
#include "proptests/commands/naive_transactions.h"
#include "proptests/commands/named_property.h"

namespace highwater::property {
namespace {

using std::chrono::hours;
using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;

std::size_t pick(std::size_t below) {
    return *rc::gen::resize(rc::kNominalSize, rc::gen::inRange<std::size_t>(0, below));
}
bool one_in(std::size_t chances) {
    return pick(chances) == 0;
}
template <class Range>
const auto& one_of(const Range& range) {
    return *std::next(range.begin(), static_cast<std::ptrdiff_t>(pick(range.size())));
}

const std::array<std::string, 3> kIds{"pay", "bill", ""};
const std::array<TopicPartition, 3> kPartitions{testing::at("a"), testing::at("a", 1), testing::at("b")};

/// The moves that Kafka's `TransactionMetadata` allows; nullopt: the id is not there.
bool is_legal(const std::optional<TransactionMetadata>& from, const std::optional<TransactionMetadata>& to) {
    using S = TransactionState;
    const bool was_idle = !from || from->state == S::empty || is_complete(from->state);
    if (!to) return from && was_idle;
    switch (to->state) {
        case S::empty:
            return was_idle;
        case S::ongoing:
            return from && (was_idle || from->state == S::ongoing);
        case S::prepare_commit:
            return from && from->state == S::ongoing;
        case S::prepare_abort:
            return from && (was_idle || from->state == S::ongoing);
        case S::complete_commit:
            return from && from->state == S::prepare_commit;
        case S::complete_abort:
            return from && from->state == S::prepare_abort;
    }
    return false;
}

class World {
  public:
    World() {
        t_.hold_writes = true;
        naive_.wall = t_.wall;
        if (one_in(2)) return;
        // As it stands after many transactions.
        TransactionMetadata known;
        known.producer_id = ProducerId{7};
        known.producer_epoch = ProducerEpoch{static_cast<std::int16_t>(32'763 + pick(4))};
        known.timeout = seconds{60};
        known.last_update = t_.wall;
        append({kIds[0], known});
        fail_over();
    }

    void do_something() {
        const std::size_t what = pick(20);
        RC_LOG() << "action " << what << ", of " << print(t_.machine.transactions()) << "\n";
        switch (what) {
            case 0:
            case 1:
                init();
                break;
            case 2:
            case 3:
            case 4:
                add();
                break;
            case 5:
                verify();
                break;
            case 6:
            case 7:
            case 8:
                end();
                break;
            case 9:
            case 10:
            case 11:
            case 12:
                if (!in_flight_.empty()) settle(one_in(8));
                break;
            case 13:
            case 14:
            case 15:
                if (!sent_.empty()) answer_marker();
                break;
            case 16:
                grant();
                break;
            case 17:
                pass(one_of(std::array<Duration, 6>{milliseconds{1}, milliseconds{100}, seconds{1}, seconds{10},
                                                    minutes{1}, hours{8 * 24}}));
                break;
            case 18:
                give(ExpireTransactionalIds{}, [&] { naive_.expire(); });
                break;
            default:
                if (one_in(3)) fail_over();
                break;
        }
    }

    /// Time passes, everything is written and every marker gets through: nobody is left without an answer, and nothing
    /// stays undecided.
    void come_to_rest() {
        fail_over();  // where a fenced coordinator's successor is this one
        for (int i = 0; i < 8; ++i) {
            while (!in_flight_.empty()) settle(false);
            for (const SendMarkers& sent : std::exchange(sent_, {})) {
                for (const TopicPartition& partition : sent.partitions) answered(sent, partition, ErrorCode::none);
            }
            pass(minutes{20});
        }
        judge("EveryRequestIsAnswered", waiting_.empty(), "{} wait", waiting_.size());
        for (const auto& [id, known] : t_.machine.transactions()) {
            judge("DecisionsGetToTheirPartitions", !is_prepared(known.state) && known.partitions.empty(), "{} is {}",
                  id, name_of(known.state));
        }
    }

    void tag() const {
        RC_CLASSIFY(seen_.contains("commit"), "a transaction was committed");
        RC_CLASSIFY(seen_.contains("timeout"), "a transaction was aborted by nobody who waits");
        RC_CLASSIFY(seen_.contains("repeated"), "an answer was repeated to whoever asked again");
        RC_CLASSIFY(seen_.contains("rotated"), "epochs were exhausted and a new producer id took over");
        RC_CLASSIFY(seen_.contains("expired"), "an id expired");
        RC_CLASSIFY(seen_.contains("failed"), "a record did not get into the log");
        RC_CLASSIFY(seen_.contains("resigned"), "the coordinator changed with records on their way");
    }

  private:
    // ---- requests --------------------------------------------------------------------------------------------------

    TransactionToken fresh() {
        const TransactionToken token{t_.next_token++};
        waiting_.insert(token);
        return token;
    }
    std::string an_id() { return one_in(30) ? kIds[2] : kIds[pick(2)]; }
    /// Mostly who holds the id; or who held it, or nobody that ever was.
    ProducerClaim a_claim(const std::string& id) {
        const TransactionMetadata* known = t_.machine.find(id);
        if (known == nullptr || one_in(8)) return heard_.empty() ? ProducerClaim{} : one_of(heard_);
        ProducerClaim claim = known->producer();
        if (!one_in(4)) return claim;
        switch (pick(3)) {
            case 0:
                return {claim.id, ProducerEpoch{static_cast<std::int16_t>(std::max(0, claim.epoch.value() - 1))}};
            case 1:
                return {claim.id, ProducerEpoch{static_cast<std::int16_t>(std::min(32'767, claim.epoch.value() + 1))}};
            default:
                return {known->previous_producer_id.value_or(claim.id), ProducerEpoch{32'766}};
        }
    }
    std::set<TopicPartition> some_partitions() {
        std::set<TopicPartition> partitions{one_of(kPartitions)};
        if (one_in(2)) partitions.insert(one_of(kPartitions));
        return partitions;
    }
    TransactionVersion a_version() { return TransactionVersion{static_cast<std::int16_t>(1 + pick(2))}; }

    template <class Request>
    void ask(const Request& request) {
        RC_LOG() << print(request) << "\n";
        give(request, [&] { naive_.hear(request); });
    }
    void init() {
        const std::string id = an_id();
        InitProducerIdReceived request{.token = fresh(), .transactional_id = id, .timeout = {}, .expected = {}};
        request.timeout = one_in(10)
                              ? one_of(std::array<Duration, 3>{Duration{0}, minutes{15}, minutes{15} + milliseconds{1}})
                              : one_of(std::array<Duration, 2>{seconds{1}, minutes{1}});
        if (one_in(2)) request.expected = a_claim(id);
        ask(request);
    }
    void add() {
        const std::string id = an_id();
        ask(AddPartitionsReceived{.token = fresh(),
                                  .transactional_id = id,
                                  .producer = a_claim(id),
                                  .partitions = some_partitions(),
                                  .version = a_version()});
    }
    void verify() {
        const std::string id = an_id();
        ask(VerifyPartitionsReceived{
            .token = fresh(), .transactional_id = id, .producer = a_claim(id), .partitions = some_partitions()});
    }
    void end() {
        const std::string id = an_id();
        ask(EndTransactionReceived{.token = fresh(),
                                   .transactional_id = id,
                                   .producer = a_claim(id),
                                   .commit = one_in(2),
                                   .version = a_version()});
    }

    // ---- the log, markers, time and leadership ---------------------------------------------------------------------

    void append(const TransactionRecord& record) {
        std::optional<TransactionMetadata>& before = last_[record.transactional_id];
        judge("LegalMoves", is_legal(before, record.value), "{} from {} to {}", record.transactional_id, print(before),
              print(record.value));
        if (before && record.value && before->producer_id == record.value->producer_id) {
            judge("EpochsRise", before->producer_epoch <= record.value->producer_epoch, "from {} to {}",
                  before->producer_epoch, record.value->producer_epoch);
        }
        if (before && record.value && before->producer_id != record.value->producer_id) seen_.insert("rotated");
        if (!record.value) seen_.insert("expired");
        before = record.value;
        t_.log.push_back(record);
    }
    void settle(bool fails) {
        const WriteTransactionRecord write = in_flight_.front();
        in_flight_.pop_front();
        const std::string& id = write.record.transactional_id;
        if (fails) {
            seen_.insert("failed");
            const auto& [error, told] = one_of(
                std::map<ErrorCode, ErrorCode>{{ErrorCode::not_enough_replicas, ErrorCode::coordinator_not_available},
                                               {ErrorCode::not_leader_or_follower, ErrorCode::not_coordinator},
                                               {ErrorCode::message_too_large, ErrorCode::unknown_server_error}});
            give(TransactionWriteFailed{write.write, error}, [&] { naive_.failed(id, told); });
            return;
        }
        append(write.record);
        give(TransactionWriteCommitted{write.write}, [&] { naive_.committed(id); });
        judge_replayed();
    }
    /// A coordinator that loads what is in the log so far knows what this one knows for good.
    void judge_replayed() {
        TransactionCoordinator other{t_.config};
        TransactionEffects none;
        for (const TransactionRecord& record : t_.log) {
            other.step(t_.now, t_.wall, TransactionRecordLoaded{record}, none);
        }
        judge("ReplayedEqualsLive", print(other.transactions()) == print(t_.machine.transactions()), "{}, not {}",
              print(other.transactions()), print(t_.machine.transactions()));
    }
    void answer_marker() {
        const std::size_t number = pick(sent_.size());
        const SendMarkers sent = sent_[number];  // which may be answered again, later
        answered(sent, one_of(sent.partitions),
                 one_in(4)
                     ? one_of(std::array{ErrorCode::not_leader_or_follower, ErrorCode::invalid_producer_epoch,
                                         ErrorCode::not_enough_replicas, ErrorCode::transaction_coordinator_fenced})
                     : ErrorCode::none);
    }
    void answered(const SendMarkers& sent, const TopicPartition& partition, ErrorCode error) {
        const std::string& id = sent.transactional_id;
        give(MarkerAnswered{id, sent.round, partition, error}, [&] {
            if (newest_round_[id] == sent.round) naive_.marker_answered(id, partition, error);
        });
    }
    void grant() {
        if (!t_.machine.wants_producer_id()) return;
        naive_.spare = ProducerId{t_.next_producer_id};
        t_.grant();
    }
    void pass(Duration time) {
        naive_.now = naive_.now + time;
        t_.pass(time);
        naive_.wall = t_.wall;
        naive_.pass();
        const std::size_t before = in_flight_.size();
        hear();
        for (std::size_t i = before; i < in_flight_.size(); ++i) {
            const auto& value = in_flight_[i].record.value;
            if (value && value->state == TransactionState::prepare_abort) seen_.insert("timeout");
        }
    }
    /// Another coordinator, or this one once more, with all of what was on its way, a part of it, or nothing.
    void fail_over() {
        const std::size_t arrived = pick(in_flight_.size() + 1);
        const std::deque<WriteTransactionRecord> lost = std::exchange(in_flight_, {});
        if (!lost.empty()) seen_.insert("resigned");
        for (std::size_t i = 0; i < arrived; ++i) append(lost[i].record);
        sent_.clear();
        newest_round_.clear();
        ++epoch_;
        if (one_in(2)) {
            give(TransactionsUnloaded{}, [&] { naive_.resign(); });
            naive_.take_over(CoordinatorEpoch{epoch_}, t_.log);
            t_.load(epoch_);
            hear();
            for (const WriteTransactionRecord& write : lost) give(TransactionWriteCommitted{write.write}, [] {});
        } else {
            waiting_.clear();  // they had asked the coordinator that is no more
            naive_.spare.reset();
            naive_.take_over(CoordinatorEpoch{epoch_}, t_.log);
            t_.fail_over(epoch_);
            hear();
        }
        judge_replayed();
    }

    // ---- judging ---------------------------------------------------------------------------------------------------

    template <class Specify>
    void give(const TransactionInput& input, const Specify& specify) {
        specify();
        t_.give(input);
        hear();
    }
    void hear() {
        Said said;
        for (WriteTransactionRecord& write : std::exchange(t_.writes, {})) {
            said.insert(said_record(write.record.transactional_id, write.record.value));
            in_flight_.push_back(std::move(write));
        }
        for (SendMarkers& sent : std::exchange(t_.markers, {})) {
            said.insert(said_marker(sent.transactional_id, sent.producer, sent.commit, sent.coordinator_epoch,
                                    sent.version, sent.partitions));
            newest_round_[sent.transactional_id] = sent.round;
            if (sent.commit) seen_.insert("commit");
            sent_.push_back(std::move(sent));
        }
        for (const TransactionEffect& effect : std::exchange(t_.answers, {})) {
            if (const auto* init = std::get_if<InitProducerIdAnswer>(&effect)) {
                told(said, init->token, init->error, init->producer);
            } else if (const auto* ended = std::get_if<EndTransactionAnswer>(&effect)) {
                told(said, ended->token, ended->error, ended->producer);
            } else if (const auto* partitions = std::get_if<PartitionsAnswer>(&effect)) {
                waiting_.erase(partitions->token);
                said.insert(said_answer(partitions->token, partitions->error, {}, partitions->missing));
            }
        }
        const Said expected = std::exchange(naive_.said, {});
        judge("AsSpecified", said == expected, "it said {}, not {}", print(std::vector(said.begin(), said.end())),
              print(std::vector(expected.begin(), expected.end())));
    }
    void told(Said& said, TransactionToken token, ErrorCode error, const ProducerClaim& producer) {
        waiting_.erase(token);
        said.insert(said_answer(token, error, error == ErrorCode::none ? std::optional(producer) : std::nullopt, {}));
        if (error != ErrorCode::none) return;
        judge("NobodyIsGivenTheEpochOfFences", producer.epoch <= NaiveTransactions::kLastGiven, "{}", print(producer));
        if (!heard_.insert(producer).second) seen_.insert("repeated");
    }

    testing::Transactions t_;
    NaiveTransactions naive_;
    std::map<std::string, std::optional<TransactionMetadata>> last_;
    std::deque<WriteTransactionRecord> in_flight_;
    std::vector<SendMarkers> sent_;
    std::map<std::string, MarkerRound> newest_round_;
    std::set<ProducerClaim> heard_;
    std::set<TransactionToken> waiting_;
    std::set<std::string> seen_;
    std::int32_t epoch_ = 0;
};

RC_GTEST_PROP(Transactions, AnswerAsTheSpecificationAndAreReplayedFromTheirRecords, ()) {
    World world;
    const std::size_t steps = *rc::gen::inRange<std::size_t>(1, 200);
    for (std::size_t i = 0; i < steps; ++i) world.do_something();
    world.come_to_rest();
    world.tag();
}

}  // namespace
}  // namespace highwater::property
