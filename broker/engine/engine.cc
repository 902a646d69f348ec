#include "broker/engine/engine.h"

#include "broker/engine/node.h"

namespace highwater::engine {

Engine::Engine(std::unique_ptr<Node> node) : node_(std::move(node)) {}

Engine::~Engine() = default;

Result<std::unique_ptr<Engine>, StartError> Engine::start(EngineConfig config, storage::FileSystem& files,
                                                          Outbox& outbox, RandomSeed seed, Moment now) {
    auto node = Node::start(std::move(config), files, outbox, seed, now);
    if (!node) return refuse(node.error());
    return std::unique_ptr<Engine>(new Engine(*std::move(node)));
}

void Engine::connection_opened(ConnectionId connection, ConnectionInfo info) {
    node_->connection_opened(connection, std::move(info));
}

void Engine::frame_received(ConnectionId connection, std::span<const std::byte> frame, Moment now) {
    node_->frame_received(connection, frame, now);
}

void Engine::connection_closed(ConnectionId connection, Moment now) {
    node_->connection_closed(connection, now);
}

void Engine::compaction_completed(CompactionOutcome outcome, Moment now) {
    node_->compaction_completed(std::move(outcome), now);
}
void Engine::flush_completed(const FlushResult& result, Moment now) {
    node_->flush_completed(result, now);
}

void Engine::end_of_turn(Moment now) {
    node_->end_of_turn(now);
}

std::optional<Time> Engine::next_deadline() const {
    return node_->next_deadline();
}

void Engine::deadline_reached(Moment now) {
    node_->deadline_reached(now);
}

void Engine::shutdown(Moment now) {
    node_->shutdown(now);
}

const std::string& Engine::cluster_id() const {
    return node_->config().cluster_id;
}

}  // namespace highwater::engine
