#include "model/world/node.h"

#include <algorithm>
#include <utility>
#include <variant>

#include <fmt/format.h>

#include "core/base/invariant.h"
#include "model/world/occurrence.h"

namespace highwater::model {
namespace {

constexpr NodeId kBroker{1};

ProduceToken token_of(const Request& request) {
    return ProduceToken{static_cast<std::uint64_t>(request.batch.number()) << 8 | request.copy};
}

Request request_of(ProduceToken token) {
    const std::size_t number = static_cast<std::size_t>(token.value() >> 8);
    HIGHWATER_INVARIANT(number < kMaxProducers * kMaxBatches, "the machine made up the produce token {}", token);
    return {batch_of(number), static_cast<std::uint8_t>(token.value() & 0xff)};
}

std::uint8_t plus_one(ErrorCode error) {
    return narrow(static_cast<std::int64_t>(error) + 1);
}

void tell(StepContext& context, std::string line) {
    if (context.story != nullptr) context.story->push_back(std::move(line));
}

template <class... Cases>
struct Overloaded : Cases... {
    using Cases::operator()...;
};

}  // namespace

void Node::start(StepContext& context, Network& network) {
    auto log = recover(disk, driver.clock.now());
    HIGHWATER_INVARIANT(log.has_value(), "recovery refuses a log that the machine wrote: {}", log.error());
    if (!context.scope.controls.recovery_does_not_sync) {
        disk.durable_batches = static_cast<std::uint8_t>(disk.log.size());
    }
    disk.epochs.clear();
    for (const EpochEntry& entry : log->epochs().entries()) {
        disk.epochs.push_back({narrow(entry.epoch.value()), narrow(entry.start_offset.value())});
    }
    driver.up = true;
    context.events.started = true;
    if (context.story != nullptr) {
        tell(context,
             fmt::format("the broker starts: recovers {} batches, log end {}", disk.log.size(), disk.end_offset()));
    }
    replica.emplace(kBroker, context.scope.flush_mode, std::move(*log), Offset{disk.log_start}, 1);
    const std::uint8_t epoch = driver.next_leader_epoch++;
    if (context.story != nullptr) tell(context, fmt::format("the controller makes it leader, epoch {}", epoch));
    give(context, network, BecomeLeader{LeaderEpoch{epoch}, PartitionEpoch{epoch}, NodeIds{kBroker}, NodeIds{kBroker}});
}

void Node::receive(StepContext& context, Network& network, BatchId batch, std::uint8_t producer_epoch,
                   std::uint8_t base_sequence, bool connected) {
    Request request{batch, 0};
    while (std::ranges::find(driver.pending, request) != driver.pending.end()) ++request.copy;
    // An answered exchange may still wait for its turn on the connection.
    Connection& connection = network.connections[batch.producer];
    while (std::ranges::any_of(connection.exchanges, [&](const Exchange& e) { return e.request == request; })) {
        ++request.copy;
    }
    driver.pending.push_back(request);
    std::sort(driver.pending.begin(), driver.pending.end(), [](const Request& a, const Request& b) {
        return std::pair{a.batch.number(), a.copy} < std::pair{b.batch.number(), b.copy};
    });
    if (connected) connection.exchanges.push_back({request, false, 0});
    give(context, network,
         ProduceReceived{token_of(request), Acks::all, facts_of(batch, producer_epoch, base_sequence),
                         driver.clock.next_deadline()});
}

void Node::complete_append(StepContext& context, Network& network) {
    write(context, network);
}

void Node::write(StepContext& context, Network& network) {
    const QueuedEffect effect = driver.queue.front();
    driver.queue.erase(0);
    context.events.written.push_back({effect.stored, disk.end_offset()});
    disk.log.push_back(effect.stored);
    count(context.coverage, Occurrence::batch_appended);
    if (context.story != nullptr) {
        tell(context, fmt::format("the broker writes {} at offset {} (leader epoch {}, producer epoch {}, sequence {})",
                                  to_text(effect.stored.id), effect.stored.base_offset, effect.stored.leader_epoch,
                                  effect.stored.producer_epoch, effect.stored.base_sequence));
    }
    give(context, network, AppendDone{AppendToken{effect.append_token}});
}

void Node::fail_append(StepContext& context, Network& network) {
    const QueuedEffect failed = driver.queue.front();
    // Writes and flushes behind it fail with it: the driver never writes past a hole.
    for (std::size_t i = driver.queue.size(); i-- > 0;) {
        const auto kind = driver.queue[i].kind;
        if (kind == QueuedEffect::Kind::append || kind == QueuedEffect::Kind::flush) driver.queue.erase(i);
    }
    context.events.write_failed = true;
    count(context.coverage, Occurrence::write_failed);
    if (context.story != nullptr) tell(context, fmt::format("the write of {} fails", to_text(failed.stored.id)));
    give(context, network, AppendFailed{AppendToken{failed.append_token}});
}

void Node::complete_flush(StepContext& context, Network& network) {
    const std::uint8_t end = driver.flush_end;
    driver.flush_under_way = false;
    driver.flush_end = 0;
    disk.flushed(end);
    if (context.story != nullptr) tell(context, fmt::format("the flush is done: durable up to offset {}", end));
    give(context, network, FlushDone{Offset{end}});
}

void Node::fail_flush(StepContext& context, Network& network) {
    driver.flush_under_way = false;
    driver.flush_end = 0;
    disk.lost_from = std::min(disk.lost_from, disk.durable_batches);
    context.events.write_failed = true;
    count(context.coverage, Occurrence::write_failed);
    tell(context, "the flush fails");
    give(context, network, FlushFailed{});
}

void Node::reach_deadline(StepContext& context, Network& network) {
    driver.clock.reach_timer();
    tell(context, "the broker's clock reaches the deadline of the pending requests");
    give(context, network, DeadlineReached{});
}

void Node::retention(StepContext& context, Network& network) {
    if (context.story != nullptr) {
        tell(context, fmt::format("retention wants everything below offset {} gone", disk.end_offset()));
    }
    give(context, network, RetentionReached{Offset{disk.end_offset()}});
}

void Node::stop(StepContext& context, Network& network) {
    context.events.stopped = true;
    replica.reset();
    const std::uint8_t next_epoch = driver.next_leader_epoch;
    const Clock clock{driver.clock.tick, 0};
    driver = Driver{};
    driver.next_leader_epoch = next_epoch;
    driver.clock = clock;
    // What a failed flush left in memory is gone with the process: the worst that can be.
    if (disk.lost_from != 0xff) disk.cut_to_batches(disk.lost_from);
    disk.lost_from = 0xff;
    network.broker_stopped();
}

void Node::fetch(StepContext& context, std::uint8_t offset) {
    thread_local Effects effects;
    effects.clear();
    replica->step(driver.clock.now(), FetchReceived{FetchToken{1}, Offset{offset}, {}, {}, {}, {}}, effects);
    const auto* answer = effects.size() == 1 ? std::get_if<ReplyFetch>(&effects.front()) : nullptr;
    if (answer == nullptr) {
        context.events.contract_breach = fmt::format("a fetch that does not wait is given {} effects", effects.size());
        return;
    }
    context.events.fetch = {true, plus_one(answer->error), 0, 0, 0};
    if (answer->error != ErrorCode::none) return;
    context.events.fetch.readable_end = narrow(answer->readable_end.value());
    context.events.fetch.high_watermark = narrow(answer->high_watermark.value());
    context.events.fetch.log_start = narrow(answer->log_start_offset.value());
}

void Node::give(StepContext& context, Network& network, const Input& input) {
    thread_local Effects spare;
    Effects effects = std::move(spare);
    effects.clear();
    replica->step(driver.clock.now(), input, effects);
    for (const Effect& effect : effects) queue_effect(context, effect);
    spare = std::move(effects);
    carry_out(context, network);
}

void Node::queue_effect(StepContext& context, const Effect& effect) {
    using Kind = QueuedEffect::Kind;
    QueuedEffect queued;
    bool wanted = true;
    std::visit(
        Overloaded{
            [&](const AppendBatch& append) {
                queued.kind = Kind::append;
                queued.append_token = narrow(static_cast<std::int64_t>(append.token.value()));
                if (!append.produce || !append.facts.producer || !append.facts.producer->base_sequence) {
                    context.events.contract_breach = "an append that no client's batch asked for";
                    wanted = false;
                    return;
                }
                queued.request = request_of(*append.produce);
                queued.stored.id = queued.request.batch;
                context.events.asked_to_write.push_back(queued.request.batch);
                queued.stored.base_offset = narrow(append.facts.base_offset.value());
                queued.stored.leader_epoch = narrow(append.facts.leader_epoch.value());
                queued.stored.producer_epoch = narrow(append.facts.producer->epoch.value());
                queued.stored.base_sequence = narrow(append.facts.producer->base_sequence->value());
                if (append.facts != facts_of(queued.stored)) {
                    context.events.contract_breach =
                        fmt::format("the facts of {} changed on their way into the log", to_text(queued.stored.id));
                }
            },
            [&](const FlushUpTo& flush) {
                queued.kind = Kind::flush;
                queued.number = narrow(flush.end_offset.value());
            },
            [&](const TruncateTo& truncate) {
                queued.kind = Kind::truncate;
                queued.number = narrow(truncate.end_offset.value());
            },
            [&](const TruncateFullyAndStartAt&) {
                context.events.contract_breach = "a leader throws its log away";
                wanted = false;
            },
            [&](const EpochStarted& started) {
                queued.kind = Kind::start_epoch;
                queued.number = narrow(started.start_offset.value());
                queued.leader_epoch = narrow(started.leader_epoch.value());
            },
            [&](const AdvanceLogStart& advance) {
                queued.kind = Kind::advance_start;
                queued.number = narrow(advance.log_start_offset.value());
            },
            [&](const HighWatermarkAdvanced&) { wanted = false; },  // the checkpoint is never written: the worst case
            [&](const ReplyProduce& reply) {
                queued.kind = Kind::reply;
                queued.request = request_of(reply.token);
                queued.error_plus_one = plus_one(reply.error);
                queued.number = reply.base_offset ? narrow(reply.base_offset->value() + 1) : std::uint8_t{0};
                queued.duplicate = reply.duplicate;
                if (reply.error == ErrorCode::none) {
                    context.events.told_to_acknowledge.push_back(queued.request.batch);
                }
            },
            [&](const AlterPartition&) {
                context.events.contract_breach = "a leader without followers asks for another ISR";
                wanted = false;
            },
            [&](const WakeAt& wake) {
                Clock timer;
                timer.set_timer(wake.time);
                queued.kind = Kind::set_timer;
                queued.number = timer.timer;
            },
            [&](const TakeOffline&) { queued.kind = Kind::go_offline; },
            [&](const auto&) {
                context.events.contract_breach = "an answer to a request that nobody sent";
                wanted = false;
            },
        },
        effect);
    if (wanted) driver.queue.push_back(queued);
}

void Node::carry_out(StepContext& context, Network& network) {
    using Kind = QueuedEffect::Kind;
    for (std::size_t next = 0; next < driver.queue.size();) {
        const QueuedEffect effect = driver.queue[next];
        if (effect.kind == Kind::append) {
            if (!context.scope.appends_take_time) return write(context, network);  // and comes back here
            ++next;
            continue;
        }
        if (effect.kind == Kind::truncate && next > 0) return;
        driver.queue.erase(next);
        switch (effect.kind) {
            case Kind::append:
                break;
            case Kind::flush:
                if (driver.flush_under_way) {
                    context.events.contract_breach = "a second flush is asked for while one is under way";
                }
                driver.flush_under_way = true;
                driver.flush_end = effect.number;
                break;
            case Kind::truncate:
                while (!disk.log.empty() && disk.end_offset() > effect.number) {
                    disk.cut_to_batches(disk.log.size() - 1);
                }
                break;
            case Kind::start_epoch:
                // KIP-101: an epoch that starts here or before took over from those.
                while (!disk.epochs.empty() && (disk.epochs.back().epoch >= effect.leader_epoch ||
                                                disk.epochs.back().start_offset >= effect.number)) {
                    disk.epochs.erase(disk.epochs.size() - 1);
                }
                disk.epochs.push_back({effect.leader_epoch, effect.number});
                break;
            case Kind::advance_start:
                count(context.coverage, Occurrence::log_start_advanced);
                if (context.story != nullptr) {
                    tell(context, fmt::format("the broker's log start offset becomes {}", effect.number));
                }
                while (!disk.log.empty() && disk.log.front().end_offset() <= effect.number) {
                    disk.log.erase(0);
                    if (disk.durable_batches > 0) --disk.durable_batches;
                }
                disk.log_start = effect.number;
                break;
            case Kind::reply:
                reply(context, network, effect);
                break;
            case Kind::set_timer:
                driver.clock.timer = effect.number;
                break;
            case Kind::go_offline:
                tell(context, "the log directory is offline: the broker stops");
                stop(context, network);
                return;
        }
    }
}

void Node::reply(StepContext& context, Network& network, const QueuedEffect& effect) {
    const Request& request = effect.request;
    const auto* waiting = std::ranges::find(driver.pending, request);
    if (waiting == driver.pending.end()) {
        context.events.contract_breach = fmt::format("{} is answered twice", to_text(request.batch));
        return;
    }
    driver.pending.erase(static_cast<std::size_t>(waiting - driver.pending.begin()));
    context.events.answers.push_back({request, effect.error_plus_one, effect.number, effect.duplicate});
    const auto error = static_cast<ErrorCode>(effect.error_plus_one - 1);
    if (error == ErrorCode::none) {
        count(context.coverage,
              effect.duplicate ? Occurrence::retry_acknowledged_as_duplicate : Occurrence::produce_acknowledged);
    } else if (error == ErrorCode::request_timed_out) {
        count(context.coverage, Occurrence::produce_timed_out);
    } else if (error == ErrorCode::invalid_producer_epoch) {
        count(context.coverage, Occurrence::old_epoch_fenced);
    } else if (error == ErrorCode::out_of_order_sequence_number) {
        count(context.coverage, Occurrence::overtaking_request_refused);
    }
    bool heard = false;
    for (Exchange& exchange : network.connections[request.batch.producer].exchanges) {
        if (!(exchange.request == request) || exchange.answered) continue;
        exchange.answered = true;
        exchange.error_plus_one = effect.error_plus_one;
        heard = true;
        break;
    }
    if (context.story != nullptr) {
        tell(context, fmt::format("the broker answers {}: {}{}{}{}", to_text(request.batch), error,
                                  effect.number != 0 ? fmt::format(", offset {}", effect.number - 1) : "",
                                  effect.duplicate ? ", a duplicate" : "",
                                  heard ? "" : " (the connection is gone: nobody hears it)"));
    }
}

}  // namespace highwater::model
