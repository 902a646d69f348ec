// An exploration of the replicated partition whose process is killed, and that goes on from its checkpoint.
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "model/abstract/generations.h"
#include "model/abstract/replication.h"
#include "model/cluster/cluster_world.h"
#include "model/explore/exhaustive.h"
#include "model/scenarios/replication.h"

namespace highwater::model::cluster {
namespace {

namespace fs = std::filesystem;

/// Its process is killed (SIGKILL) with a step, or while it saves.
class MortalWorld : public ClusterWorld {
  public:
    MortalWorld(const Scope& scope, std::int64_t steps, bool dies_saving)
        : ClusterWorld(scope), steps_(steps), dies_saving_(dies_saving) {}

    [[nodiscard]] std::optional<Violation> apply(State& state, Action action, Coverage& coverage) const {
        if (--steps_ == 0) std::raise(SIGKILL);
        return ClusterWorld::apply(state, action, coverage);
    }
    void save(std::vector<std::byte>& out) const {
        if (dies_saving_ && steps_ < 0) std::raise(SIGKILL);
        ClusterWorld::save(out);
    }

  private:
    mutable std::atomic<std::int64_t> steps_;
    bool dies_saving_;
};
static_assert(Restorable<MortalWorld>);

class Checkpoint : public testing::Test {
  protected:
    Checkpoint() {
        std::string pattern = (fs::temp_directory_path() / "highwater-checkpoint-XXXXXX").string();
        directory_ = mkdtemp(pattern.data());
    }
    ~Checkpoint() override { fs::remove_all(directory_); }

    [[nodiscard]] ExhaustiveOptions options(const std::string& identity = "this") const {
        return {.threads = 2, .checkpoint = {.directory = directory_, .every_states = 10'000, .identity = identity}};
    }

    /// Explores in a process of its own, which is killed with its `steps`-th step, or when it saves for the first time.
    void explore_until_killed(std::int64_t steps, bool dies_saving = false) const {
        const pid_t child = fork();
        ASSERT_GE(child, 0);
        if (child == 0) {
            const MortalWorld world(scope_, dies_saving ? -1 : steps, dies_saving);
            static_cast<void>(explore_exhaustively(world, options()));
            std::_Exit(1);
        }
        int status = 0;
        ASSERT_EQ(waitpid(child, &status, 0), child);
        ASSERT_TRUE(WIFSIGNALED(status)) << "it came to an end";
        ASSERT_EQ(WTERMSIG(status), SIGKILL);
    }

    [[nodiscard]] auto explore_whole(const std::string& identity = "this") const {
        return explore_exhaustively(ClusterWorld(scope_), options(identity));
    }

    /// The checkpoints there are, the newest first.
    [[nodiscard]] std::vector<int> depths() const {
        std::vector<int> depths;
        for (const auto& entry : fs::directory_iterator(directory_)) {
            const std::string name = entry.path().filename().string();
            if (name.starts_with("checkpoint-")) depths.push_back(std::stoi(name.substr(11)));
        }
        std::sort(depths.rbegin(), depths.rend());
        return depths;
    }

    void change_byte(const std::string& name, std::streamoff at) const {
        std::fstream file(directory_ + "/" + name, std::ios::in | std::ios::out | std::ios::binary);
        ASSERT_TRUE(file.seekg(at));
        const int byte = file.get();
        ASSERT_GE(byte, 0);
        file.seekp(at);
        file.put(static_cast<char>(byte ^ 1));
    }

    void expect_as_if_never_killed(const Exploration<Action>& run) const {
        static const auto kWhole = explore_exhaustively(ClusterWorld(scope_), {});
        EXPECT_EQ(run.failure, "");
        EXPECT_TRUE(run.complete);
        EXPECT_EQ(run.states, kWhole.states);
        EXPECT_EQ(run.steps, kWhole.steps);
        EXPECT_EQ(run.depth, kWhole.depth);
        EXPECT_EQ(run.coverage, kWhole.coverage);
    }

    const Scope scope_ = find_scenario("replication-retries")->find(ScopeSize::small)->scope;
    std::string directory_;
};

TEST_F(Checkpoint, IsGoneOnFromHoweverOftenTheProcessWasKilled) {
    explore_until_killed(1);
    EXPECT_TRUE(depths().empty());
    for (const std::int64_t steps : {70'000, 50'001, 33'333}) explore_until_killed(steps);
    explore_until_killed(0, true);
    explore_until_killed(90'000);
    EXPECT_EQ(depths().size(), 2U);
    const auto run = explore_whole();
    EXPECT_GT(run.known_states, 10'000U);
    expect_as_if_never_killed(run);
    EXPECT_TRUE(fs::is_empty(directory_));
}

// States that are bytes as they are need no restored system.
TEST_F(Checkpoint, FindsTheSameWayToAViolation) {
    const Generation& generation = *find_generation("kip320-unfenced-truncation");
    const ReplicationModel model(generation.scopes.front().bounds, generation.rules, kIsrProperties);
    const auto uninterrupted = explore_exhaustively(model, {});
    ASSERT_TRUE(uninterrupted.counterexample);
    ASSERT_GT(uninterrupted.states, 1'000U);
    ExhaustiveOptions stopped = options();
    stopped.checkpoint.every_states = uninterrupted.states / 10;
    stopped.max_states = uninterrupted.states / 2;
    EXPECT_FALSE(explore_exhaustively(model, stopped).complete);
    ASSERT_FALSE(depths().empty());
    stopped.max_states = 0;
    const auto resumed = explore_exhaustively(model, stopped);
    ASSERT_TRUE(resumed.counterexample) << resumed.failure;
    EXPECT_GT(resumed.known_states, 0U);
    EXPECT_EQ(resumed.counterexample->actions, uninterrupted.counterexample->actions);
    EXPECT_EQ(resumed.states, uninterrupted.states);
}

TEST_F(Checkpoint, OfSomethingElseIsRefused) {
    explore_until_killed(200'000);
    const auto run = explore_whole("that");
    EXPECT_FALSE(run.complete);
    EXPECT_EQ(run.states, 0U);
    EXPECT_NE(run.failure.find("a checkpoint of\n  this\nand this is\n  that"), std::string::npos) << run.failure;
}

TEST_F(Checkpoint, ThatIsDamagedGivesWayToTheOneBefore) {
    for (const char* damaged : {"frontier", "system", "checkpoint"}) {
        explore_until_killed(200'000);
        const auto there = depths();
        ASSERT_EQ(there.size(), 2U);
        change_byte(damaged + std::string("-") + std::to_string(there[0]), 40);
        expect_as_if_never_killed(explore_whole());
    }
    explore_until_killed(200'000);
    const std::string newest = directory_ + "/frontier-" + std::to_string(depths()[0]);
    fs::resize_file(newest, fs::file_size(newest) - 1);
    expect_as_if_never_killed(explore_whole());
}

TEST_F(Checkpoint, IsRefusedWhenWhatAllShareIsDamaged) {
    for (const char* damaged : {"fingerprints", "discoveries"}) {
        explore_until_killed(200'000);
        change_byte(damaged, 100);
        const auto run = explore_whole();
        EXPECT_FALSE(run.complete);
        EXPECT_NE(run.failure.find("no checkpoint in"), std::string::npos) << run.failure;
        fs::remove_all(directory_);
    }
}

}  // namespace
}  // namespace highwater::model::cluster
