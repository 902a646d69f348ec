#include "model/cluster/broker.h"

#include <xxhash.h>

#include "core/base/hash.h"
#include "model/cluster/broker_turn.h"

namespace highwater::model::cluster {
namespace {

void finish(const Scope& scope, std::uint8_t id, Broker& broker) {
    broker.hash = XXH3_64bits_withSeed(&broker.driver, sizeof(Broker::Driver), id);
    if (broker.replica) broker.hash = mix_bits(broker.hash ^ mix_bits(broker.replica->hash()));
    broker.view = view_of(scope, id, broker);
}

}  // namespace

Broker new_broker(const Scope& scope, std::uint8_t id) {
    Broker broker;
    finish(scope, id, broker);
    return broker;
}

BrokerOutput step(const Scope& scope, std::uint8_t id, Broker& broker, const BrokerInput& input) {
    using Kind = BrokerInput::Kind;
    BrokerOutput output;
    Turn turn(scope, id, broker, output);
    switch (input.kind) {
        case Kind::start:
            turn.start(input.broker_epoch);
            break;
        case Kind::kill:
            turn.kill();
            break;
        case Kind::shut_down:
            turn.begin_to_stop();
            break;
        case Kind::stop:
            turn.stop_cleanly(input.broker_epoch);
            break;
        case Kind::power_loss:
            turn.lose_power(input.keep);
            break;
        case Kind::wipe:
            turn.lose_disk();
            break;
        case Kind::metadata:
            turn.learn(input.metadata, input.skipped_a_change != 0);
            break;
        case Kind::message:
            turn.receive(input.message);
            break;
        case Kind::alter_timeout:
            turn.alter_timed_out();
            break;
        case Kind::flush_done:
            turn.flush_done();
            break;
        case Kind::produce:
            turn.produce(input.batch);
            break;
        case Kind::delete_records:
            turn.delete_records();
            break;
        case Kind::clock_jump:
            turn.jump();
            break;
    }
    finish(scope, id, broker);
    return output;
}

}  // namespace highwater::model::cluster
