#include "broker/io/posix_file_system.h"

#include <array>
#include <filesystem>

#include <sys/wait.h>
#include <unistd.h>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace highwater::io {
namespace {

using storage::Bytes;
using storage::DirectoryEntry;
using storage::OpenMode;
using ::testing::ElementsAre;

struct PosixFiles : ::testing::Test {
    PosixFileSystem files;
    std::string directory;

    void SetUp() override {
        std::string pattern = ::testing::TempDir() + "highwater-files-XXXXXX";
        ASSERT_NE(::mkdtemp(pattern.data()), nullptr);
        directory = pattern;
    }
    void TearDown() override { std::filesystem::remove_all(directory); }
    std::string path(std::string_view name) const { return storage::join(directory, name); }
};

TEST_F(PosixFiles, WritesManyPiecesOneAfterAnother) {
    auto file = files.open(path("f"), OpenMode::create).value();
    std::string expected = "....";
    std::vector<std::string> texts;
    for (int i = 0; i < 200; ++i)
        texts.push_back(std::string(static_cast<std::size_t>(i % 7), static_cast<char>('a' + i % 26)));
    std::vector<Bytes> pieces;
    for (const std::string& text : texts) {
        pieces.push_back(std::as_bytes(std::span(text)));
        expected += text;
    }
    const std::array<Bytes, 1> first{std::as_bytes(std::span("....", 4))};
    ASSERT_TRUE(file->write_at(0, first).has_value());
    ASSERT_TRUE(file->write_at(4, pieces).has_value());
    ASSERT_TRUE(file->sync_data().has_value());
    EXPECT_EQ(storage::read_text(files, path("f"), 10000).value(), expected);
    EXPECT_EQ(file->size().value(), expected.size());
    ASSERT_TRUE(file->truncate(2).has_value());
    EXPECT_EQ(files.file_size(path("f")).value(), 2U);
    ASSERT_TRUE(file->allocate(1 << 20).has_value());
    EXPECT_EQ(file->size().value(), 2U);
}

TEST_F(PosixFiles, SaysWhatFailedWhere) {
    const auto missing = files.open(path("missing"), OpenMode::read);
    ASSERT_FALSE(missing.has_value());
    EXPECT_TRUE(missing.error().is_not_found());
    EXPECT_EQ(missing.error().path, path("missing"));
    EXPECT_FALSE(files.remove(path("missing")).has_value());
    EXPECT_FALSE(files.exists(path("missing")).value());
    EXPECT_TRUE(files.remove_all(path("missing")).has_value());
}

TEST_F(PosixFiles, ListsSortedNames) {
    ASSERT_TRUE(files.create_directories(path("b/c")).has_value());
    ASSERT_TRUE(files.open(path("a"), OpenMode::create).has_value());
    EXPECT_THAT(files.list(directory).value(), ElementsAre(DirectoryEntry{"a", false}, DirectoryEntry{"b", true}));
    ASSERT_TRUE(files.rename(path("b"), path("d")).has_value());
    ASSERT_TRUE(files.sync_directory(directory).has_value());
    EXPECT_TRUE(files.exists(path("d/c")).value());
    EXPECT_GT(files.space(directory)->total_bytes, files.space(directory)->usable_bytes / 2);
}

TEST_F(PosixFiles, ALockIsRefusedInTheSameProcess) {
    auto lock = files.lock(path(".lock"));
    ASSERT_TRUE(lock.has_value());
    const auto second = files.lock(path(".lock"));
    ASSERT_FALSE(second.has_value());
    EXPECT_EQ(second.error().held_by, 0);
    lock->reset();
    EXPECT_TRUE(files.lock(path(".lock")).has_value());
}

// storage-faults S23: the refusal names who holds the directory.
TEST_F(PosixFiles, ALockIsRefusedToAnotherProcessWithTheHoldersId) {
    std::array<int, 2> locked{};
    std::array<int, 2> done{};
    ASSERT_EQ(::pipe(locked.data()), 0);
    ASSERT_EQ(::pipe(done.data()), 0);
    const pid_t child = ::fork();
    char byte = 0;
    if (child == 0) {
        ::close(done[1]);
        const auto held = files.lock(path(".lock"));
        const bool told = held.has_value() && ::write(locked[1], "x", 1) == 1;
        const bool ended = ::read(done[0], &byte, 1) == 0;  // the parent's end closes
        ::_exit(told && ended ? 0 : 1);
    }
    ::close(locked[1]);
    ASSERT_EQ(::read(locked[0], &byte, 1), 1);
    const auto refused = files.lock(path(".lock"));
    ::close(done[1]);
    int status = 0;
    ASSERT_EQ(::waitpid(child, &status, 0), child);
    EXPECT_EQ(WEXITSTATUS(status), 0);
    ASSERT_FALSE(refused.has_value());
    EXPECT_EQ(refused.error().held_by, child);
    EXPECT_TRUE(files.lock(path(".lock")).has_value());
    ::close(locked[0]);
    ::close(done[0]);
}

}  // namespace
}  // namespace highwater::io
