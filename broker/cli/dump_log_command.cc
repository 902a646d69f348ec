#include "broker/cli/dump_log_command.h"

#include <algorithm>
#include <limits>
#include <memory>
#include <optional>
#include <string_view>

#include <fmt/format.h>
#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include "broker/cli/coordinator_record_lines.h"
#include "broker/cli/exit_code.h"
#include "broker/io/posix_file_system.h"
#include "broker/storage/leader_epoch_checkpoint.h"
#include "broker/storage/offset_index.h"
#include "broker/storage/producer_snapshot.h"
#include "broker/storage/segment_files.h"
#include "broker/storage/segment_reader.h"
#include "broker/storage/time_index.h"
#include "broker/storage/transaction_index.h"
#include "net/wire/record/compression/decompressor.h"
#include "net/wire/record/control_record.h"
#include "net/wire/record/record.h"
#include "net/wire/schema.h"

namespace highwater::cli {

namespace {

using storage::IoResult;
using Line = nlohmann::ordered_json;

constexpr std::uint64_t kLargestSideFile = std::uint64_t{2} << 30;
constexpr std::size_t kReadAtATime = std::size_t{1} << 20;
constexpr std::size_t kLargestClearBytes = std::size_t{1} << 30;

/// Readable text as it is, anything else as hex.
std::string text_of(wire::RecordBytes bytes) {
    std::string text(reinterpret_cast<const char*>(bytes.data()), bytes.size());
    const bool is_plain = std::ranges::all_of(text, [](char c) { return static_cast<unsigned char>(c) >= ' '; });
    // The dump checks UTF-8: it throws where the text is none, unless told to drop it, and then it is another text.
    if (is_plain && Line(text).dump(-1, ' ', false, Line::error_handler_t::ignore).size() >= text.size() + 2)
        return text;
    std::string hex = "0x";
    for (const std::byte byte : bytes) hex += fmt::format("{:02x}", static_cast<unsigned>(byte));
    return hex;
}

Line nullable(const std::optional<wire::RecordBytes>& bytes) {
    return bytes ? Line(text_of(*bytes)) : Line(nullptr);
}

Line batch_line(const wire::BatchView& batch, std::uint64_t position, bool is_valid) {
    const wire::BatchHeader& header = batch.header;
    const auto codec = header.codec();
    return {{"baseOffset", header.base_offset.value()},
            {"lastOffset", header.last_offset().value()},
            {"count", header.record_count},
            {"baseSequence", header.base_sequence.value()},
            {"lastSequence", header.base_sequence.value() < 0
                                 ? -1
                                 : header.base_sequence.plus(std::max(0, header.last_offset_delta)).value()},
            {"producerId", header.producer_id.value()},
            {"producerEpoch", header.producer_epoch.value()},
            {"partitionLeaderEpoch", header.leader_epoch.value()},
            {"isTransactional", header.is_transactional()},
            {"isControl", header.is_control()},
            {"deleteHorizonMs", header.has_delete_horizon() ? Line(header.base_timestamp.value()) : Line(nullptr)},
            {"position", position},
            {header.timestamp_type() == wire::TimestampType::create_time ? "CreateTime" : "LogAppendTime",
             header.max_timestamp.value()},
            {"size", header.size_bytes()},
            {"magic", 2},
            {"compresscodec", codec ? std::string(wire::codec_name(*codec)) : "unknown"},
            {"crc", header.crc},
            {"isvalid", is_valid}};
}

Line record_line(const wire::BatchHeader& header, const wire::RecordView& record) {
    Line line{{"offset", header.base_offset.value() + record.offset_delta},
              {header.timestamp_type() == wire::TimestampType::create_time ? "CreateTime" : "LogAppendTime",
               wire::record_timestamp(header, record).value()},
              {"keySize", record.key ? static_cast<std::int64_t>(record.key->size()) : -1},
              {"valueSize", record.value ? static_cast<std::int64_t>(record.value->size()) : -1}};
    if (header.base_sequence.value() >= 0) line["sequence"] = header.base_sequence.plus(record.offset_delta).value();
    Line headers = Line::array();
    for (wire::RecordHeaders all(record); const auto one = all.next();)
        headers.push_back({{"key", text_of(one->key)}, {"value", nullable(one->value)}});
    line["headers"] = headers;
    if (header.is_control()) {
        const auto key = record.key ? wire::read_control_key(*record.key) : std::nullopt;
        line["controlType"] = key ? Line(key->type) : Line(nullptr);
        const auto marker =
            record.key && record.value ? wire::read_transaction_marker(*record.key, *record.value) : std::nullopt;
        if (marker) {
            line["endTxnMarker"] = marker->commit ? "COMMIT" : "ABORT";
            line["coordinatorEpoch"] = marker->coordinator_epoch.value();
        }
    }
    line["key"] = nullable(record.key);
    line["payload"] = nullable(record.value);
    return line;
}

class Dump {
  public:
    Dump(storage::FileSystem& files, const DumpLogOptions& options, std::FILE* out, std::FILE* errors)
        : files_(files), options_(options), out_(out), errors_(errors) {}

    int run() {
        for (const std::string& path : options_.files) {
            path_ = path;
            if (!options_.json) fmt::print(out_, "Dumping {}\n", path);
            dump_file();
        }
        return exit_code_;
    }

  private:
    void print(const Line& line, std::string_view indent = "") {
        if (options_.json) {
            fmt::print(out_, "{}\n", line.dump(-1, ' ', false, Line::error_handler_t::replace));
            return;
        }
        std::string text;
        for (const auto& [key, value] : line.items()) {
            if (!text.empty()) text += ' ';
            text += fmt::format("{}: {}", key,
                                value.is_string() ? value.get<std::string>()
                                                  : value.dump(-1, ' ', false, Line::error_handler_t::replace));
        }
        fmt::print(out_, "{}{}\n", indent, text);
    }

    void complain(std::string_view what) {
        fmt::print(errors_, "{}: {}\n", path_, what);
        exit_code_ = kFailure;
    }

    void dump_file() {
        const std::string_view path = path_;
        const std::string_view name = path.substr(path.rfind('/') + 1);
        const auto ends = [&](std::string_view suffix) { return name.ends_with(suffix); };
        if (ends(".log") || ends(".checkpoint") || ends(".cut") || ends(".log.deleted") || ends(".log.swap"))
            return dump_batches();
        if (name == storage::kLeaderEpochFile) return dump_epochs();
        const auto content = storage::read_file(files_, path_, kLargestSideFile);
        if (!content) return complain(content.error().text());
        if (ends(".index")) return dump_offset_index(*content, name);
        if (ends(".timeindex")) return dump_time_index(*content, name);
        if (ends(".txnindex")) return dump_transaction_index(*content);
        if (ends(".snapshot")) return dump_producers(*content);
        complain(
            "not a file that dump-log knows: .log, .index, .timeindex, .txnindex, .snapshot, .checkpoint or "
            "leader-epoch-checkpoint");
    }

    void dump_batches() {
        const auto file = files_.open(path_, storage::OpenMode::read);
        if (!file) return complain(file.error().text());
        const auto size = (*file)->size();
        if (!size) return complain(size.error().text());
        storage::SegmentReader reader(**file, *size, kReadAtATime);
        for (std::uint64_t position = 0; position < *size;) {
            const auto header = reader.header_at(position);
            if (!header) return complain(header.error().text());
            if (!**header) {
                return complain(fmt::format("position {}: {} ({} bytes are left)", position, (*header)->error().what,
                                            *size - position));
            }
            const auto bytes = reader.view(position, (*header)->value().size_bytes());
            if (!bytes) return complain(bytes.error().text());
            const wire::BatchView batch{.header = (*header)->value(), .bytes = *bytes};
            const bool is_valid = batch.crc_matches();
            print(batch_line(batch, position, is_valid));
            if (!is_valid) complain(fmt::format("position {}: the CRC does not match", position));
            if (is_valid && (prints_records() || options_.deep)) dump_records(batch, position);
            position += batch.header.size_bytes();
        }
    }

    void dump_records(const wire::BatchView& batch, std::uint64_t position) {
        const auto records = wire::clear_records(batch, decompressor_, kLargestClearBytes, scratch_);
        if (!records) return complain(fmt::format("position {}: {}", position, records.error().what));
        wire::RecordReader reader(*records, batch.header.record_count);
        while (const auto record = reader.next()) {
            if (!prints_records()) continue;
            Line line = record_line(batch.header, *record);
            if (!options_.coordinator_topic.empty() && !batch.header.is_control()) tell_fields(*record, line);
            print(line, "| ");
        }
        if (reader.defect()) {
            complain(fmt::format("position {}: {} at byte {} of the records", position, reader.defect()->what,
                                 reader.defect()->position));
        }
    }

    [[nodiscard]] bool prints_records() const { return options_.print_data_log || !options_.coordinator_topic.empty(); }

    /// Puts the fields of a coordinator's record in place of its bytes, where it is one.
    void tell_fields(const wire::RecordView& record, Line& line) {
        if (!record.key) return complain(fmt::format("offset {}: a record without a key", line["offset"].dump()));
        const auto lines = coordinator_record_lines(options_.coordinator_topic, *record.key, record.value);
        if (!lines) {
            return complain(fmt::format("offset {}: {}", line["offset"].dump(), wire::to_text(lines.error())));
        }
        if (!*lines) return;
        line["key"] = (*lines)->key;
        line["payload"] = (*lines)->payload;
    }

    void dump_offset_index(storage::Bytes content, std::string_view name) {
        const auto base = base_of(name, storage::kOffsetIndexSuffix);
        if (!base) return;
        const auto index =
            storage::OffsetIndex::decode(*base, content, std::numeric_limits<std::uint64_t>::max(), path_);
        if (!index) return complain(index.error().text());
        for (const auto& entry : index->entries())
            print({{"offset", entry.last_offset.value()}, {"position", entry.position}});
    }

    void dump_time_index(storage::Bytes content, std::string_view name) {
        const auto base = base_of(name, storage::kTimeIndexSuffix);
        if (!base) return;
        const auto index = storage::TimeIndex::decode(*base, content, path_);
        if (!index) return complain(index.error().text());
        for (const auto& entry : index->entries())
            print({{"timestamp", entry.timestamp.value()}, {"offset", entry.last_offset.value()}});
    }

    void dump_transaction_index(storage::Bytes content) {
        const auto aborted = storage::decode_transaction_index(content, path_);
        if (!aborted) return complain(aborted.error().text());
        for (const AbortedTransaction& one : *aborted) {
            print({{"version", 0},
                   {"producerId", one.producer.value()},
                   {"firstOffset", one.first_offset.value()},
                   {"lastOffset", one.marker_offset.value()},
                   {"lastStableOffset", one.last_stable_offset.value()}});
        }
    }

    void dump_producers(storage::Bytes content) {
        const auto producers = storage::decode_producer_snapshot(content, path_);
        if (!producers) return complain(producers.error().text());
        for (const ProducerState& producer : *producers) {
            const SequencedBatch* last = producer.batches.empty() ? nullptr : &producer.batches.back();
            const auto or_minus_one = [](const auto& number) { return number ? number->value() : -1; };
            print({{"producerId", producer.id.value()},
                   {"producerEpoch", producer.epoch.value()},
                   {"coordinatorEpoch", or_minus_one(producer.coordinator_epoch)},
                   {"currentTxnFirstOffset", or_minus_one(producer.transaction_first_offset)},
                   {"lastTimestamp", or_minus_one(producer.last_timestamp)},
                   {"firstSequence", last ? last->first_sequence().value() : -1},
                   {"lastSequence", last ? last->last_sequence.value() : -1},
                   {"lastOffset", last ? last->last_offset.value() : -1},
                   {"offsetDelta", last ? last->offset_delta : 0}});
        }
    }

    void dump_epochs() {
        const auto text = storage::read_text(files_, path_, kLargestSideFile);
        if (!text) return complain(text.error().text());
        const auto entries = storage::decode_leader_epochs(*text, path_);
        if (!entries) return complain(entries.error().text());
        for (const EpochEntry& entry : *entries)
            print({{"leaderEpoch", entry.epoch.value()}, {"startOffset", entry.start_offset.value()}});
    }

    std::optional<Offset> base_of(std::string_view name, std::string_view suffix) {
        const auto base = storage::offset_of_file(name, suffix);
        if (!base) complain("its name is not an offset of twenty digits, which its entries count from");
        return base;
    }

    storage::FileSystem& files_;
    const DumpLogOptions& options_;
    std::FILE* out_;
    std::FILE* errors_;
    std::string path_;
    int exit_code_ = kSuccess;
    wire::Decompressor decompressor_;
    wire::RecordBuffer scratch_;
};

}  // namespace

int dump_log(storage::FileSystem& files, const DumpLogOptions& options, std::FILE* out, std::FILE* errors) {
    return Dump(files, options, out, errors).run();
}

void add_dump_log_command(CLI::App& app, std::function<int()>& run) {
    auto options = std::make_shared<DumpLogOptions>();
    CLI::App* command = app.add_subcommand(
        "dump-log", "Print the batches of segments, and indexes, snapshots and epochs; exit code 1 if any is damaged");
    command->add_option("FILE", options->files, "Files of a partition directory")->required();
    command->add_flag("--print-data-log", options->print_data_log, "Print the records too");
    auto* offsets = command->add_flag_callback(
        "--offsets-decoder", [options] { options->coordinator_topic = wire::kConsumerOffsetsTopic; },
        "Print the records, by the fields of those of __consumer_offsets");
    command
        ->add_flag_callback(
            "--transaction-log-decoder", [options] { options->coordinator_topic = wire::kTransactionStateTopic; },
            "Print the records, by the fields of those of __transaction_state")
        ->excludes(offsets);
    command->add_flag("--json", options->json, "One JSON object a line");
    command->add_flag("--deep", options->deep, "Decompress and check the records even if they are not printed");
    command->callback([options, &run] {
        run = [options] {
            io::PosixFileSystem files;
            return dump_log(files, *options, stdout, stderr);
        };
    });
}

}  // namespace highwater::cli
