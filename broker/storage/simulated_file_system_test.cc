#include "broker/storage/simulated_file_system.h"

#include <array>

#include <gtest/gtest.h>

namespace highwater::storage {
namespace {

struct SimulatedDisk : ::testing::Test {
    SimulatedFileSystem files;
    std::shared_ptr<File> file;

    void SetUp() override {
        ASSERT_TRUE(files.create_directories("d").has_value());
        ASSERT_TRUE(files.sync_directory("").has_value());
        file = files.open("d/f", OpenMode::create).value();
    }
    void write(std::uint64_t position, std::string_view text) {
        const std::array<Bytes, 1> pieces{std::as_bytes(std::span(text.data(), text.size()))};
        ASSERT_TRUE(file->write_at(position, pieces).has_value());
    }
    std::string text() {
        const auto bytes = files.content("d/f");
        return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
    }
    /// Every choice is the largest.
    static CrashChoice keep_what_can_be_kept() {
        return [](std::uint32_t bound) { return bound == 4 ? 1 : bound - 1; };
    }
};

TEST_F(SimulatedDisk, AProcessKillKeepsEverythingButTheOpenFiles) {
    write(0, "hello");
    files.crash(CrashKind::process_kill, keep_nothing());
    EXPECT_EQ(text(), "hello");
    std::array<std::byte, 1> byte{};
    EXPECT_EQ(file->read_at(0, byte).error().error_number, EBADF);
}

TEST_F(SimulatedDisk, APowerLossKeepsWhatWasSyncedIfItsNameWasSyncedToo) {
    write(0, "hello");
    ASSERT_TRUE(file->sync_data().has_value());
    ASSERT_TRUE(files.sync_directory("d").has_value());
    write(5, " world");
    files.crash(CrashKind::power_loss, keep_nothing());
    EXPECT_EQ(text(), "hello");
}

TEST_F(SimulatedDisk, APowerLossLosesAFileWhoseNameWasNotSynced) {
    write(0, "hello");
    ASSERT_TRUE(file->sync_data().has_value());
    files.crash(CrashKind::power_loss, keep_nothing());
    EXPECT_FALSE(files.exists("d/f").value());
}

TEST_F(SimulatedDisk, AnUnsyncedRenameIsUndone) {
    write(0, "new");
    ASSERT_TRUE(file->sync_data().has_value());
    ASSERT_TRUE(files.sync_directory("d").has_value());
    ASSERT_TRUE(files.rename("d/f", "d/g").has_value());
    files.crash(CrashKind::power_loss, keep_nothing());
    EXPECT_TRUE(files.exists("d/f").value());
    EXPECT_FALSE(files.exists("d/g").value());
}

TEST_F(SimulatedDisk, APowerLossMayKeepAnUnsyncedWrite) {
    ASSERT_TRUE(files.sync_directory("d").has_value());
    write(0, "hello");
    files.crash(CrashKind::power_loss, keep_what_can_be_kept());
    EXPECT_EQ(text(), "hello");
}

TEST_F(SimulatedDisk, APowerLossTearsWritesAtSectors) {
    ASSERT_TRUE(files.sync_directory("d").has_value());
    write(0, std::string(512 * 8, 'x'));
    ASSERT_TRUE(file->sync_data().has_value());
    write(0, std::string(512 * 8, 'y'));
    const auto unsynced = files.image();
    bool torn = false;
    for (std::uint64_t seed = 0; seed < 20; ++seed) {
        SimulatedFileSystem other;
        ASSERT_TRUE(other.create_directories("d").has_value());
        auto other_file = other.open("d/f", OpenMode::create).value();
        const std::string x(512 * 8, 'x');
        const std::string y(512 * 8, 'y');
        const std::array<Bytes, 1> first{std::as_bytes(std::span(x))};
        const std::array<Bytes, 1> second{std::as_bytes(std::span(y))};
        ASSERT_TRUE(other_file->write_at(0, first).has_value());
        ASSERT_TRUE(other_file->sync_data().has_value());
        ASSERT_TRUE(other.sync_directory("d").has_value());
        ASSERT_TRUE(other.sync_directory("").has_value());
        ASSERT_TRUE(other_file->write_at(0, second).has_value());
        other.crash(CrashKind::power_loss, seeded_choice(seed));
        const auto bytes = other.content("d/f");
        ASSERT_EQ(bytes.size(), 512U * 8);
        for (std::size_t sector = 0; sector < 8; ++sector) {
            for (std::size_t i = 1; i < 512; ++i) ASSERT_EQ(bytes[sector * 512 + i], bytes[sector * 512]);
            torn |= bytes[sector * 512] != bytes[0];
        }
    }
    EXPECT_TRUE(torn);
}

// fsyncgate: after a failed sync the system believes that the pages are clean.
TEST_F(SimulatedDisk, ASyncAfterAFailedOneLies) {
    ASSERT_TRUE(files.sync_directory("d").has_value());
    write(0, "hello");
    files.fail_matching("sync", "d/f", EIO);
    EXPECT_FALSE(file->sync_data().has_value());
    files.heal();
    EXPECT_TRUE(file->sync_data().has_value());
    files.crash(CrashKind::power_loss, keep_nothing());
    EXPECT_EQ(text(), "");
}

TEST_F(SimulatedDisk, FailsTheCallOfThatNumber) {
    files.fail_call(files.calls() + 2, EIO, false);
    write(0, "a");
    const std::array<Bytes, 1> pieces{std::as_bytes(std::span("bb", 2))};
    EXPECT_EQ(file->write_at(1, pieces).error().error_number, EIO);
    write(1, "c");
    EXPECT_EQ(text(), "ac");
}

TEST_F(SimulatedDisk, AFullDiskRefusesToGrow) {
    files.set_capacity(4);
    write(0, "1234");
    write(0, "5678");
    const std::array<Bytes, 1> pieces{std::as_bytes(std::span("9", 1))};
    EXPECT_EQ(file->write_at(4, pieces).error().error_number, ENOSPC);
}

TEST_F(SimulatedDisk, ALockIsHeldOnce) {
    auto lock = files.lock("d/.lock");
    ASSERT_TRUE(lock.has_value());
    EXPECT_EQ(files.lock("d/.lock").error().held_by, 0);
    lock->reset();
    EXPECT_TRUE(files.lock("d/.lock").has_value());
}

TEST_F(SimulatedDisk, ReplacingAFileLeavesTheOldOneOrTheNewOne) {
    ASSERT_TRUE(replace_file(files, "d/c", std::string_view("old")).has_value());
    for (std::uint64_t call = 1; call <= 5; ++call) {
        files.fail_call(files.calls() + call, EIO, true);
        EXPECT_FALSE(replace_file(files, "d/c", std::string_view("new")).has_value());
        files.heal();
        files.crash(CrashKind::power_loss, seeded_choice(call));
        const auto content = read_text(files, "d/c", 10);
        ASSERT_TRUE(content.has_value());
        EXPECT_TRUE(*content == "old" || *content == "new") << *content;
        ASSERT_TRUE(replace_file(files, "d/c", std::string_view("old")).has_value());
    }
}

}  // namespace
}  // namespace highwater::storage
