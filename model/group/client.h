#pragma once

#include <cstdint>

#include "model/group/message.h"
#include "model/world/clients/async_consumer.h"
#include "model/world/clients/classic_consumer.h"

namespace highwater::model::group {

/// A consumer that speaks one of the two protocols of groups; the other machine stays as it is made.
class Client {
  public:
    Client() = default;
    explicit Client(bool speaks_consumer_protocol) : is_async_(speaks_consumer_protocol ? 1 : 0) {}

    [[nodiscard]] bool is_async() const { return is_async_ != 0; }
    [[nodiscard]] bool is_up() const { return is_async() ? async_.is_up() : classic_.is_up(); }
    [[nodiscard]] bool is_down() const {
        return is_async() ? async_.phase == AsyncConsumer::Phase::down : classic_.phase == ClassicConsumer::Phase::down;
    }
    /// It has a place, and may heartbeat and commit.
    [[nodiscard]] bool is_member() const {
        return is_async() ? async_.is_member() : classic_.phase == ClassicConsumer::Phase::member;
    }
    /// A member that has what it was told to have.
    [[nodiscard]] bool is_settled() const {
        return is_async() ? async_.phase == AsyncConsumer::Phase::member : is_member();
    }
    [[nodiscard]] bool is_refused() const {
        return is_async() ? async_.phase == AsyncConsumer::Phase::refused
                          : classic_.phase == ClassicConsumer::Phase::refused;
    }
    [[nodiscard]] bool waits() const { return waits_for() != Message::Kind::none; }
    [[nodiscard]] Message::Kind waits_for() const { return is_async() ? async_.waits_for : classic_.waits_for; }
    [[nodiscard]] Member member() const { return is_async() ? async_.member : classic_.member; }
    /// The coordinator may know it.
    [[nodiscard]] bool has_joined() const {
        return is_async() ? async_.epoch_plus_one != 0 : classic_.member != kNoMember;
    }
    /// Its generation or member epoch. 0: none.
    [[nodiscard]] std::uint8_t generation_plus_one() const {
        return is_async() ? async_.epoch_plus_one : classic_.generation_plus_one;
    }
    [[nodiscard]] Partitions owned() const { return is_async() ? async_.owned : classic_.owned; }
    /// It was told to have all that it owns.
    [[nodiscard]] bool keeps_what_it_owns() const { return !is_async() || (async_.owned & ~async_.assigned) == 0; }

    /// `fresh`: for whoever draws its id itself.
    void start(Member fresh) { is_async() ? async_.start(fresh) : classic_.start(); }
    void stop() { is_async() ? async_.stop() : classic_.stop(); }
    [[nodiscard]] Message due() const { return is_async() ? async_.due() : classic_.due(); }
    [[nodiscard]] Message heartbeat() const { return is_async() ? async_.heartbeat() : classic_.heartbeat(); }
    [[nodiscard]] Message leaving(bool is_static) const;
    void begin_commit(std::uint8_t offset) { is_async() ? async_.begin_commit(offset) : classic_.begin_commit(offset); }
    void sent(Message::Kind kind) { is_async() ? async_.sent(kind) : classic_.sent(kind); }
    [[nodiscard]] bool may_reconcile(const Scope& scope) const { return is_async() && async_.may_reconcile(scope); }
    void reconcile(const Scope& scope) { async_.reconcile(scope); }
    void timed_out(const Scope& scope) { is_async() ? async_.timed_out() : classic_.timed_out(scope); }
    void answered(const Scope& scope, const Message& answer) {
        is_async() ? async_.answered(answer) : classic_.answered(scope, answer);
    }

    [[nodiscard]] const ClassicConsumer& classic() const { return classic_; }
    [[nodiscard]] const AsyncConsumer& async() const { return async_; }

    friend bool operator==(const Client&, const Client&) = default;

  private:
    std::uint8_t is_async_ = 0;
    ClassicConsumer classic_;
    AsyncConsumer async_;
};

inline Message Client::leaving(bool is_static) const {
    if (is_async()) return async_.leaving(is_static);
    Message request;
    request.kind = Message::Kind::leave;
    request.member = classic_.member;
    return request;
}

}  // namespace highwater::model::group
