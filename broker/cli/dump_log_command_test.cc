#include "broker/cli/dump_log_command.h"

#include <cstdio>
#include <memory>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "broker/cli/exit_code.h"
#include "broker/storage/testing.h"

namespace highwater::cli {
namespace {

using namespace storage::testing;
using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

struct DumpLogCommand : ::testing::Test {
    storage::SimulatedFileSystem files;
    std::string out;
    std::string errors;

    int dump(DumpLogOptions options) {
        const auto text_of = [](std::FILE* file) {
            std::string text(static_cast<std::size_t>(std::ftell(file)), ' ');
            std::rewind(file);
            text.resize(std::fread(text.data(), 1, text.size(), file));
            std::fclose(file);
            return text;
        };
        std::FILE* out_file = std::tmpfile();
        std::FILE* error_file = std::tmpfile();
        const int code = dump_log(files, options, out_file, error_file);
        out = text_of(out_file);
        errors = text_of(error_file);
        return code;
    }

    /// A closed log with a transaction that was aborted.
    void a_log() {
        auto [log, state] = open_log(files);
        append(*log, a_batch(Offset{0}, {.records = 2, .producer = stamp(7, 0), .transactional = true}));
        append(*log, a_marker(Offset{2}, ProducerId{7}, ProducerEpoch{0}, false));
        append_batches(*log, 6, {.value_bytes = 100, .epoch = LeaderEpoch{1}});
        ASSERT_TRUE(log->close().has_value());
    }
};

// The keys are those of Kafka's DumpLogSegments.
TEST_F(DumpLogCommand, PrintsBatchesAndRecordsInKafkasWords) {
    a_log();
    EXPECT_EQ(dump({.files = {file(Offset{0}, ".log")}, .print_data_log = true, .json = false, .deep = false}),
              kSuccess);
    EXPECT_THAT(out, HasSubstr("baseOffset: 0 lastOffset: 1 count: 2 baseSequence: 0 lastSequence: 1 producerId: 7 "
                               "producerEpoch: 0 partitionLeaderEpoch: 0 isTransactional: true isControl: false"));
    EXPECT_THAT(out, HasSubstr("position: 0 CreateTime: 1700000000001 size: "));
    EXPECT_THAT(out, HasSubstr("| offset: 1 CreateTime: 1700000000001 keySize: -1 valueSize: 10 sequence: 1"));
    EXPECT_THAT(out, HasSubstr("endTxnMarker: ABORT coordinatorEpoch: 0"));
    EXPECT_THAT(errors, IsEmpty());
}

TEST_F(DumpLogCommand, PrintsEveryKindOfFileAsOneJsonObjectALine) {
    a_log();
    const auto first_line = [&] { return out.substr(0, out.find('\n')); };
    const auto json = [&](const std::string& path) {
        return dump({.files = {path}, .print_data_log = false, .json = true, .deep = false});
    };
    EXPECT_EQ(json(file(Offset{0}, ".txnindex")), kSuccess);
    EXPECT_EQ(first_line(), R"({"version":0,"producerId":7,"firstOffset":0,"lastOffset":2,"lastStableOffset":3})");
    EXPECT_EQ(json(file(Offset{9}, ".snapshot")), kSuccess);
    EXPECT_THAT(first_line(), HasSubstr(R"("producerId":7,"producerEpoch":0,"coordinatorEpoch":0)"));
    EXPECT_EQ(json(file(Offset{0}, ".timeindex")), kSuccess);
    EXPECT_THAT(first_line(), HasSubstr(R"({"timestamp":1700000000)"));
    EXPECT_EQ(json(file(Offset{0}, ".index")), kSuccess);
    EXPECT_THAT(first_line(), HasSubstr(R"("position":)"));
    EXPECT_EQ(json(storage::join(kPath, "leader-epoch-checkpoint")), kSuccess);
    EXPECT_EQ(out, "{\"leaderEpoch\":0,\"startOffset\":0}\n{\"leaderEpoch\":1,\"startOffset\":3}\n");
}

TEST_F(DumpLogCommand, NamesThePositionOfDamageAndGoesOnWithTheNextFile) {
    a_log();
    const std::string path = file(Offset{0}, ".log");
    const std::uint64_t second =
        a_batch(Offset{0}, {.records = 2, .producer = stamp(7, 0), .transactional = true}).bytes.size();
    files.flip_bit(path, second + 70, 0);
    EXPECT_EQ(
        dump({.files = {path, file(Offset{9}, ".snapshot")}, .print_data_log = false, .json = true, .deep = true}),
        kFailure);
    EXPECT_THAT(errors, EndsWith(fmt::format("position {}: the CRC does not match\n", second)));
    EXPECT_THAT(out, HasSubstr(R"("isvalid":false)"));
    EXPECT_THAT(out, HasSubstr(R"("lastTimestamp")"));
    files.set_content(path, storage::Bytes(files.content(path)).first(second + 20));
    EXPECT_EQ(dump({.files = {path}, .print_data_log = false, .json = true, .deep = false}), kFailure);
    EXPECT_THAT(errors, HasSubstr(fmt::format("position {}", second)));
    EXPECT_EQ(dump({.files = {"data/missing.log"}, .print_data_log = false, .json = false, .deep = false}), kFailure);
    EXPECT_THAT(errors, HasSubstr("No such file"));
}

}  // namespace
}  // namespace highwater::cli
