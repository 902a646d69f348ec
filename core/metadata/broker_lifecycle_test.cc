// A broker's side of its registration (KIP-631, KIP-841, KIP-966), input by input.
#include "core/metadata/broker_lifecycle.h"

#include <gtest/gtest.h>

#include "core/base/testing.h"

namespace highwater {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

static_assert(describes_every_member<BrokerHeartbeatAnswered>);
static_assert(describes_every_member<SendBrokerHeartbeat>);
static_assert(describes_every_member<SendBrokerRegistration>);
static_assert(describes_every_member<BrokerLifecycleSettings>);

constexpr Uuid kIncarnation{{9}};
constexpr BrokerEpoch kEpoch{40};

/// The machine and its clock. Tokens count up from 0, one per request.
struct Broker {
    explicit Broker(std::optional<BrokerEpoch> previous = std::nullopt) : machine({}, kIncarnation, previous) {}

    LifecycleEffects hears(const LifecycleInput& input) {
        LifecycleEffects effects;
        machine.step(now, input, effects);
        for (const LifecycleEffect& effect : effects) {
            if (const auto* sent = std::get_if<SendBrokerRegistration>(&effect)) token = sent->token;
            if (const auto* sent = std::get_if<SendBrokerHeartbeat>(&effect)) token = sent->token;
        }
        return effects;
    }
    LifecycleEffects waits(Duration duration) {
        now = now + duration;
        return hears(LifecycleDeadlineReached{});
    }
    LifecycleEffects is_registered(BrokerEpoch epoch = kEpoch) {
        return hears(BrokerRegistrationAnswered{token, ErrorCode::none, epoch});
    }
    LifecycleEffects is_refused(ErrorCode error) {
        return machine.broker_epoch() ? hears(BrokerHeartbeatAnswered{token, error, false, true, false})
                                      : hears(BrokerRegistrationAnswered{token, error, {}});
    }
    LifecycleEffects is_answered(bool caught_up, bool fenced, bool should_shut_down = false) {
        return hears(BrokerHeartbeatAnswered{token, ErrorCode::none, caught_up, fenced, should_shut_down});
    }

    BrokerLifecycle machine;
    Time now{1000};
    LifecycleToken token;
};

Broker a_running_broker() {
    Broker broker;
    broker.hears(StartBroker{});
    broker.hears(LogsLoaded{});
    broker.hears(MetadataApplied{Offset{50}});
    broker.is_registered();
    broker.is_answered(true, true);
    broker.is_answered(true, false);
    EXPECT_TRUE(broker.machine.is_running());
    return broker;
}

template <class Sent>
std::optional<Sent> sent(const LifecycleEffects& effects) {
    for (const LifecycleEffect& effect : effects) {
        if (const auto* found = std::get_if<Sent>(&effect)) return *found;
    }
    return std::nullopt;
}

TEST(BrokerLifecycle, RegistersWithTheEpochOfItsLastCleanShutdown) {
    Broker broker{BrokerEpoch{7}};
    EXPECT_EQ(broker.hears(StartBroker{}),
              (LifecycleEffects{SendBrokerRegistration{LifecycleToken{0}, kIncarnation, BrokerEpoch{7}},
                                WakeLifecycleAt{broker.now + seconds{9}}}));
    EXPECT_EQ(broker.machine.broker_epoch(), std::nullopt);
}

TEST(BrokerLifecycle, AdoptsTheEpochAndStaysFencedUntilItIsReady) {
    Broker broker;
    broker.hears(StartBroker{});
    EXPECT_EQ(broker.is_registered(),
              (LifecycleEffects{AdoptBrokerEpoch{kEpoch},
                                SendBrokerHeartbeat{LifecycleToken{1}, kEpoch, std::nullopt, true, false}}));
    EXPECT_EQ(broker.machine.broker_epoch(), kEpoch);
}

TEST(BrokerLifecycle, AsksToBeUnfencedOnceItIsCaughtUpAndItsLogsAreLoaded) {
    Broker broker;
    broker.hears(StartBroker{});
    broker.is_registered();
    broker.is_answered(true, true);
    EXPECT_TRUE(sent<SendBrokerHeartbeat>(broker.waits(seconds{2}))->want_fence) << "no logs";
    broker.is_answered(true, true);
    const auto asked = sent<SendBrokerHeartbeat>(broker.hears(LogsLoaded{}));
    ASSERT_TRUE(asked) << "at once";
    EXPECT_FALSE(asked->want_fence);
    EXPECT_EQ(broker.is_answered(true, false).front(), (LifecycleEffect{BrokerUnfenced{}}));
    EXPECT_EQ(broker.machine.state(), (BrokerState{BrokerRunning{kEpoch}}));
}

TEST(BrokerLifecycle, WithItsLogsLoadedItStillWaitsUntilItIsCaughtUp) {
    Broker broker;
    broker.hears(StartBroker{});
    broker.hears(LogsLoaded{});
    EXPECT_TRUE(sent<SendBrokerHeartbeat>(broker.is_registered())->want_fence);
    broker.is_answered(false, true);
    EXPECT_TRUE(sent<SendBrokerHeartbeat>(broker.waits(seconds{2}))->want_fence);
    const auto asked = sent<SendBrokerHeartbeat>(broker.is_answered(true, true));
    ASSERT_TRUE(asked) << "at once";
    EXPECT_FALSE(asked->want_fence);
}

TEST(BrokerLifecycle, TellsAtOnceThatItHasAppliedItsOwnRegistration) {
    Broker broker;
    broker.hears(StartBroker{});
    broker.is_registered();
    broker.is_answered(false, true);
    EXPECT_EQ(sent<SendBrokerHeartbeat>(broker.hears(MetadataApplied{Offset{39}})), std::nullopt);
    const auto told = sent<SendBrokerHeartbeat>(broker.hears(MetadataApplied{Offset{40}}));
    ASSERT_TRUE(told);
    EXPECT_EQ(told->current_metadata_offset, Offset{40});
}

TEST(BrokerLifecycle, WhatItAppliedWhileAHeartbeatWasUnderWayIsToldNext) {
    Broker broker;
    broker.hears(StartBroker{});
    broker.is_registered();
    EXPECT_TRUE(broker.hears(MetadataApplied{Offset{45}}).empty());
    EXPECT_EQ(sent<SendBrokerHeartbeat>(broker.is_answered(false, true))->current_metadata_offset, Offset{45});
}

TEST(BrokerLifecycle, KeepsItsSessionAliveWithHeartbeats) {
    Broker broker = a_running_broker();
    EXPECT_TRUE(broker.waits(milliseconds{1999}).empty());
    const LifecycleEffects effects = broker.waits(milliseconds{1});
    EXPECT_EQ(effects, (LifecycleEffects{SendBrokerHeartbeat{LifecycleToken{3}, kEpoch, Offset{50}, false, false},
                                         WakeLifecycleAt{broker.now + seconds{9}}}));
    EXPECT_EQ(broker.is_answered(true, false), (LifecycleEffects{WakeLifecycleAt{broker.now + seconds{2}}}));
}

TEST(BrokerLifecycle, AfterFailuresItWaitsLongerEachTimeUpToTheSessionTimeout) {
    Broker broker = a_running_broker();
    broker.waits(seconds{2});
    for (std::int64_t pause : {100, 200, 400, 800, 1600, 3200, 6400, 9000, 9000}) {
        broker.is_refused(ErrorCode::not_controller);
        EXPECT_FALSE(sent<SendBrokerHeartbeat>(broker.waits(milliseconds{pause - 1}))) << pause;
        EXPECT_TRUE(sent<SendBrokerHeartbeat>(broker.waits(milliseconds{1}))) << pause;
    }
    broker.is_answered(true, false);
    broker.waits(seconds{2});
    EXPECT_EQ(broker.is_refused(ErrorCode::network_exception),
              (LifecycleEffects{WakeLifecycleAt{broker.now + milliseconds{100}}}));
    EXPECT_TRUE(broker.machine.is_running());
}

TEST(BrokerLifecycle, AnAnswerThatIsOverdueHasFailedAndIsIgnoredWhenItComes) {
    Broker broker = a_running_broker();
    broker.waits(seconds{2});
    const LifecycleToken late = broker.token;
    broker.waits(seconds{9});
    ASSERT_TRUE(sent<SendBrokerHeartbeat>(broker.waits(milliseconds{100})));
    const BrokerLifecycle before = broker.machine;
    EXPECT_TRUE(broker.hears(BrokerHeartbeatAnswered{late, ErrorCode::stale_broker_epoch, false, true, false}).empty());
    EXPECT_EQ(broker.machine, before);
    EXPECT_EQ(hash_of(broker.machine), hash_of(before));
}

TEST(BrokerLifecycle, IsRefusedWhileItsPredecessorsSessionLivesAndTriesAgain) {
    Broker broker{BrokerEpoch{7}};
    broker.hears(StartBroker{});
    broker.is_refused(ErrorCode::duplicate_broker_registration);
    EXPECT_EQ(sent<SendBrokerRegistration>(broker.waits(milliseconds{100}))->previous_broker_epoch, BrokerEpoch{7});
}

TEST(BrokerLifecycle, GivesUpWhenItsFirstRegistrationTakesTooLong) {
    Broker broker;
    broker.hears(StartBroker{});
    EXPECT_TRUE(sent<StopBroker>(broker.waits(seconds{59})) == std::nullopt);
    EXPECT_EQ(broker.waits(seconds{1}), (LifecycleEffects{StopBroker{std::nullopt, ErrorCode::request_timed_out}}));
    EXPECT_TRUE(broker.machine.is_shut_down());
}

// KIP-903: from here on it is another incarnation to everybody, and the mark of the clean shutdown is used up.
TEST(BrokerLifecycle, RegistersAnewWhenTheControllerDoesNotKnowItsEpoch) {
    for (ErrorCode error : {ErrorCode::stale_broker_epoch, ErrorCode::broker_id_not_registered}) {
        Broker broker = a_running_broker();
        broker.waits(seconds{2});
        const auto again = sent<SendBrokerRegistration>(broker.is_refused(error));
        ASSERT_TRUE(again);
        EXPECT_EQ(again->incarnation_id, kIncarnation);
        EXPECT_EQ(again->previous_broker_epoch, std::nullopt);
        EXPECT_EQ(broker.machine.broker_epoch(), std::nullopt);
        for (int i = 0; i < 100; ++i) broker.waits(seconds{9});
        EXPECT_EQ(broker.machine.state(), (BrokerState{BrokerRegistering{}})) << "for as long as it takes";
        const LifecycleEffects registered = broker.is_registered(BrokerEpoch{77});
        ASSERT_FALSE(registered.empty());
        EXPECT_EQ(registered.front(), (LifecycleEffect{AdoptBrokerEpoch{BrokerEpoch{77}}}));
        EXPECT_EQ(sent<SendBrokerHeartbeat>(registered)->want_fence, true) << "it has to catch up again";
    }
}

TEST(ControlledShutdown, IsAskedForUntilItIsGranted) {
    Broker broker = a_running_broker();
    const auto asked = sent<SendBrokerHeartbeat>(broker.hears(ShutDownBroker{}));
    ASSERT_TRUE(asked) << "at once";
    EXPECT_EQ(*asked, (SendBrokerHeartbeat{LifecycleToken{3}, kEpoch, Offset{50}, false, true}));
    broker.is_answered(true, false);
    EXPECT_TRUE(sent<SendBrokerHeartbeat>(broker.waits(milliseconds{50}))->want_shut_down);
    EXPECT_EQ(broker.is_answered(true, true, true), (LifecycleEffects{StopBroker{kEpoch, ErrorCode::none}}));
    EXPECT_TRUE(broker.machine.is_shut_down());
}

TEST(ControlledShutdown, DoesNotWaitForTheHeartbeatThatIsUnderWay) {
    Broker broker = a_running_broker();
    broker.waits(seconds{2});
    const LifecycleToken before = broker.token;
    EXPECT_TRUE(sent<SendBrokerHeartbeat>(broker.hears(ShutDownBroker{}))->want_shut_down);
    EXPECT_TRUE(broker.hears(BrokerHeartbeatAnswered{before, ErrorCode::none, true, false, false}).empty());
}

TEST(ControlledShutdown, EndsAfterItsTimeAtTheLatest) {
    Broker broker = a_running_broker();
    broker.hears(ShutDownBroker{});
    EXPECT_EQ(broker.waits(std::chrono::minutes{5}),
              (LifecycleEffects{StopBroker{kEpoch, ErrorCode::request_timed_out}}));
}

// Somebody else has the id, or nobody: there is nothing to hand over.
TEST(ControlledShutdown, EndsWhenTheRegistrationIsGone) {
    Broker broker = a_running_broker();
    broker.hears(ShutDownBroker{});
    EXPECT_EQ(broker.is_refused(ErrorCode::stale_broker_epoch),
              (LifecycleEffects{StopBroker{kEpoch, ErrorCode::none}}));
}

TEST(ControlledShutdown, IsNotNeededBeforeTheBrokerRuns) {
    Broker idle;
    EXPECT_EQ(idle.hears(ShutDownBroker{}), (LifecycleEffects{StopBroker{std::nullopt, ErrorCode::none}}));
    Broker registering;
    registering.hears(StartBroker{});
    EXPECT_EQ(registering.hears(ShutDownBroker{}), (LifecycleEffects{StopBroker{std::nullopt, ErrorCode::none}}));
    Broker fenced;
    fenced.hears(StartBroker{});
    fenced.is_registered();
    EXPECT_EQ(fenced.hears(ShutDownBroker{}), (LifecycleEffects{StopBroker{kEpoch, ErrorCode::none}}));
}

TEST(BrokerLifecycle, ShutDownTakesNothingAnyMore) {
    Broker broker = a_running_broker();
    broker.hears(ShutDownBroker{});
    broker.is_answered(true, true, true);
    for (const LifecycleInput& input : std::initializer_list<LifecycleInput>{
             StartBroker{}, LifecycleDeadlineReached{}, ShutDownBroker{},
             BrokerRegistrationAnswered{broker.token, ErrorCode::none, kEpoch},
             BrokerHeartbeatAnswered{broker.token, ErrorCode::none, true, false, false}}) {
        broker.now = broker.now + std::chrono::hours{1};
        EXPECT_TRUE(broker.hears(input).empty());
        EXPECT_TRUE(broker.machine.is_shut_down());
    }
}

}  // namespace
}  // namespace highwater
