// Record batches and message sets: what is built is read back, what is damaged is refused, and no bytes whatever make
// a reader crash.
#include "proptests/prelude.h"

#include <limits>

#include "net/wire/record/legacy_message_set.h"
#include "net/wire/record/produce_validation.h"
#include "net/wire/record/record_parse.h"
#include "net/wire/record/record_stream.h"
#include "net/wire/record/testing.h"

namespace highwater::wire {
namespace {

using namespace testing;

constexpr std::size_t kLimit = std::size_t{4} << 20;

rc::Gen<std::string> text() {
    // Mostly short; some long enough to cross the pieces in which sections are decompressed.
    return rc::gen::mapcat(rc::gen::weightedElement<int>({{20, 0}, {1, 1}}), [](int large) {
        if (large == 0) return rc::gen::string<std::string>();
        return rc::gen::map(rc::gen::inRange(60'000, 140'000),
                            [](int size) { return std::string(static_cast<std::size_t>(size), 'x'); });
    });
}

rc::Gen<std::optional<std::string>> maybe_text() {
    return rc::gen::mapcat(rc::gen::inRange(0, 4), [](int pick) {
        if (pick == 0) return rc::gen::just(std::optional<std::string>());
        return rc::gen::map(text(), [](std::string value) { return std::optional(std::move(value)); });
    });
}

rc::Gen<OwnedRecord> record() {
    using Headers = decltype(OwnedRecord::headers);
    const auto header = rc::gen::pair(
        rc::gen::string<std::string>(),
        rc::gen::map(rc::gen::maybe(rc::gen::string<std::string>()),
                     [](rc::Maybe<std::string> value) { return value ? std::optional(*value) : std::nullopt; }));
    return rc::gen::build<OwnedRecord>(
        rc::gen::set(&OwnedRecord::key, maybe_text()), rc::gen::set(&OwnedRecord::value, maybe_text()),
        rc::gen::set(&OwnedRecord::timestamp, rc::gen::inRange<std::int64_t>(-1, 2'000'000'000'000)),
        rc::gen::set(&OwnedRecord::headers, rc::gen::mapcat(rc::gen::inRange<std::size_t>(0, 3), [=](std::size_t n) {
            return rc::gen::container<Headers>(n, header);
        })));
}

rc::Gen<std::vector<OwnedRecord>> records() {
    return rc::gen::map(rc::gen::nonEmpty(rc::gen::container<std::vector<OwnedRecord>>(record())),
                        [](std::vector<OwnedRecord> all) {
                            for (std::size_t i = 0; i < all.size(); ++i) all[i].offset = static_cast<std::int64_t>(i);
                            return all;
                        });
}

rc::Gen<CompressionCodec> any_codec() {
    return rc::gen::elementOf(std::vector(std::begin(kEveryCodec), std::end(kEveryCodec)));
}

rc::Gen<CompressionCodec> legacy_codec() {
    return rc::gen::element(CompressionCodec::none, CompressionCodec::gzip, CompressionCodec::snappy,
                            CompressionCodec::lz4);
}

rc::Gen<RecordBuffer> any_bytes() {
    return rc::gen::map(rc::gen::arbitrary<std::string>(), [](const std::string& bytes) {
        const auto view = bytes_of(bytes);
        return RecordBuffer(view.begin(), view.end());
    });
}

/// No batch of these tests is too large, early or late.
ProduceRules lenient() {
    return {.max_message_bytes = std::uint32_t{1} << 30,
            .timestamp_after_max_ms = std::numeric_limits<std::int64_t>::max(),
            .produce_version = 9};
}

RC_GTEST_PROP(Records, WhatIsBuiltIsReadBackAndAccepted, ()) {
    const auto written = *records();
    const auto codec = *any_codec();
    RC_CLASSIFY(codec != CompressionCodec::none, "compressed");
    const RecordBuffer bytes = a_batch(written, {.compression = {codec}});
    const auto batch = read_batch(bytes);
    RC_ASSERT(batch.has_value());
    RC_ASSERT(check_batch(*batch).has_value());
    RC_ASSERT(read_all(*batch) == std::optional(written));

    RecordScratch scratch;
    const auto accepted = validate_produce(bytes, lenient(), scratch);
    RC_ASSERT(accepted.has_value());
    RC_ASSERT(!accepted->rewritten.has_value());
    RC_ASSERT(!accepted->timestamp_change.has_value());
    RC_ASSERT(accepted->record_count == static_cast<std::int32_t>(written.size()));
}

RC_GTEST_PROP(Records, RecompressionKeepsEveryRecord, ()) {
    const auto written = *records();
    ProduceRules rules = lenient();
    rules.compression = CompressionChoice{*any_codec()};
    const RecordBuffer bytes = a_batch(written, {.compression = {*any_codec()}});
    RecordScratch scratch;
    const auto accepted = validate_produce(bytes, rules, scratch);
    // Only the size may speak against it: text that took little room compressed.
    if (!accepted) {
        RC_ASSERT(accepted.error().error == ErrorCode::message_too_large);
        return;
    }
    RecordBuffer stored(accepted->facts.size_bytes);
    write_accepted_batch(*accepted, bytes, Offset{0}, LeaderEpoch{0}, stored);
    const auto batch = read_batch(stored);
    RC_ASSERT(check_batch(*batch).has_value());
    RC_ASSERT(batch->header.codec() == rules.compression->codec);
    RC_ASSERT(read_all(*batch) == std::optional(written));
}

RC_GTEST_PROP(Records, OneFlippedBitUnderTheChecksumIsRefused, ()) {
    RecordBuffer bytes = a_batch(*records(), {.compression = {*any_codec()}});
    const auto bit = *rc::gen::inRange(kCrcCoverageStart * 8, bytes.size() * 8);
    bytes[bit / 8] ^= static_cast<std::byte>(1U << (bit % 8));
    RC_ASSERT(!check_batch(*read_batch(bytes)).has_value());
    RecordScratch scratch;
    RC_ASSERT(validate_produce(bytes, lenient(), scratch).error().error == ErrorCode::corrupt_message);
}

RC_GTEST_PROP(Records, BatchesInARowAreAllFoundAndNothingElse, ()) {
    const auto batches = *rc::gen::container<std::vector<std::vector<OwnedRecord>>>(records());
    RecordBuffer bytes;
    std::vector<std::size_t> ends;
    for (const auto& batch : batches) {
        append_bytes(bytes, a_batch(batch));
        ends.push_back(bytes.size());
    }
    const auto cut = *rc::gen::inRange<std::size_t>(0, bytes.size() + 1);
    BatchReader reader(RecordBytes(bytes).first(cut));
    std::size_t found = 0;
    while (const auto batch = reader.next()) {
        RC_ASSERT(reader.position() == ends[found]);
        RC_ASSERT(read_all(*batch) == std::optional(batches[found]));
        ++found;
    }
    const auto whole = static_cast<std::size_t>(std::upper_bound(ends.begin(), ends.end(), cut) - ends.begin());
    RC_ASSERT(found == whole);
    const bool at_border = cut == 0 || (whole > 0 && ends[whole - 1] == cut);
    RC_ASSERT(reader.end() == (at_border ? BatchesEnd::complete : BatchesEnd::truncated));
}

// The walker of whole sections and the walker of pieces are two parsers of one format.
RC_GTEST_PROP(Records, BothWalkersJudgeAnySectionAlike, ()) {
    RecordBuffer section = *any_bytes();
    std::int32_t count = *rc::gen::inRange(0, 5);
    if (*rc::gen::arbitrary<bool>()) {
        const auto written = *records();
        const RecordBuffer batch = a_batch(written);
        section.assign(batch.begin() + kBatchHeaderBytes, batch.end());
        count = static_cast<std::int32_t>(written.size());
        // Mostly near the front, where the lengths are.
        const auto at = *rc::gen::inRange<std::size_t>(0, std::min<std::size_t>(section.size(), 40));
        section[at] = static_cast<std::byte>(*rc::gen::inRange(0, 256));
    }
    RecordReader reader(section, count);
    Decompressor decompressor;
    RecordStream stream(decompressor, CompressionCodec::none, section, count, kLimit);
    int seen = 0;
    while (true) {
        const auto record = reader.next();
        const auto outline = stream.next();
        RC_ASSERT(record.has_value() == outline.has_value());
        if (!record) break;
        ++seen;
        RC_ASSERT(*outline == (RecordOutline{record->timestamp_delta, record->offset_delta, record->key.has_value(),
                                             record->value.has_value()}));
    }
    RC_ASSERT(reader.defect().has_value() == stream.defect().has_value());
    int outlined = 0;
    RC_ASSERT(reader.defect() == outline_section(section, count, [&](const RecordOutline&) { return ++outlined > 0; }));
    RC_ASSERT(outlined == seen);
    RC_CLASSIFY(reader.defect().has_value(), "refused");
    RC_CLASSIFY(seen > 0, "has records");
}

RC_GTEST_PROP(Records, AnyBytesAreRefusedOrReadButNeverCrash, ()) {
    const auto codec = *any_codec();
    const RecordBuffer noise = *any_bytes();
    const RecordBuffer around = batch_around(noise, *rc::gen::inRange(1, 4), codec);
    RecordScratch scratch;
    ProduceRules rules = lenient();
    for (const std::int16_t version : {2, 9}) {
        rules.produce_version = version;
        RC_ASSERT(!validate_produce(noise, rules, scratch).has_value());
        static_cast<void>(validate_produce(around, rules, scratch));
    }
    BatchReader reader(noise);
    RC_ASSERT(!reader.next().has_value());
    RC_ASSERT(reader.position() == 0U);
}

// Produce 2 into the log and Fetch 2 out of it: what an old client wrote is what an old client reads.
RC_GTEST_PROP(MessageSets, SurviveTheWayThroughMagicTwo, ()) {
    auto written = *records();
    for (auto& each : written) each.headers.clear();
    const std::int8_t magic = *rc::gen::element<std::int8_t>(0, 1);
    const auto base = *rc::gen::inRange<std::int64_t>(0, 1'000'000);
    RecordBuffer bytes = a_batch(written, {.compression = {*legacy_codec()}, .base_offset = Offset{base}});
    const auto skipped = *rc::gen::inRange<std::size_t>(0, written.size());

    Decompressor decompressor;
    Compressor compressor;
    const auto down = down_convert(bytes, magic, Offset{base + static_cast<std::int64_t>(skipped)}, kLimit,
                                   decompressor, compressor, kLimit);
    RC_ASSERT(down.has_value());
    RC_ASSERT(down->consumed_bytes == bytes.size());
    std::vector<std::int64_t> offsets;
    const auto walked =
        for_each_legacy_message(down->message_set, decompressor, kLimit,
                                [&](const LegacyMessage& message) { offsets.push_back(message.offset.value()); });
    RC_ASSERT(walked.has_value());

    const auto up = up_convert(down->message_set, decompressor, compressor, kLimit);
    RC_ASSERT(up.has_value());
    const auto batch = read_batch(*up);
    RC_ASSERT(check_batch(*batch).has_value());
    std::vector<OwnedRecord> expected(written.begin() + static_cast<std::ptrdiff_t>(skipped), written.end());
    std::vector<std::int64_t> expected_offsets;
    for (auto& each : expected) {
        expected_offsets.push_back(base + each.offset);
        each.offset -= static_cast<std::int64_t>(skipped);
        if (magic == 0) each.timestamp = -1;
    }
    RC_ASSERT(offsets == expected_offsets);
    RC_ASSERT(read_all(*batch) == std::optional(expected));
    RC_ASSERT(batch->header.codec() == read_batch(bytes)->header.codec());
}

RC_GTEST_PROP(MessageSets, DamagedOnesAreRefusedOrReadButNeverCrash, ()) {
    Decompressor decompressor;
    Compressor compressor;
    const RecordBuffer bytes = a_batch(*records(), {.compression = {*legacy_codec()}});
    auto set =
        down_convert(bytes, *rc::gen::element<std::int8_t>(0, 1), Offset{0}, kLimit, decompressor, compressor, kLimit)
            ->message_set;
    const auto bit = *rc::gen::inRange<std::size_t>(0, set.size() * 8);
    set[bit / 8] ^= static_cast<std::byte>(1U << (bit % 8));
    const auto walked = for_each_legacy_message(set, decompressor, kLimit, [](const LegacyMessage&) {});
    // Offset and size of an entry are outside of its checksum.
    if (bit / 8 >= 12 && bit / 8 < load_big_endian<std::uint32_t>(set.data() + 8)) RC_ASSERT(!walked.has_value());
}

}  // namespace
}  // namespace highwater::wire
