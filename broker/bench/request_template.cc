#include "broker/bench/request_template.h"

#include <isa-l/crc.h>
#include <nmmintrin.h>

#include <chrono>
#include <cstring>

namespace highwater::bench {
namespace {

constexpr std::int16_t kProduceKey = 0;
constexpr std::int16_t kProduceVersion = 9;
constexpr std::int16_t kFetchKey = 1;
constexpr std::int16_t kFetchVersion = 12;
constexpr std::size_t kCorrelationAt = 8;

template <typename Integer>
void put(std::string& out, Integer value) {
    for (int shift = static_cast<int>(sizeof(Integer)) * 8 - 8; shift >= 0; shift -= 8) {
        out.push_back(static_cast<char>(static_cast<std::uint64_t>(value) >> shift));
    }
}

template <typename Integer>
void put_at(char* at, Integer value) {
    for (int shift = static_cast<int>(sizeof(Integer)) * 8 - 8; shift >= 0; shift -= 8) {
        *at++ = static_cast<char>(static_cast<std::uint64_t>(value) >> shift);
    }
}

void put_unsigned_varint(std::string& out, std::uint64_t value) {
    while (value >= 0x80) {
        out.push_back(static_cast<char>(value | 0x80));
        value >>= 7;
    }
    out.push_back(static_cast<char>(value));
}

void put_varint(std::string& out, std::int64_t value) {
    put_unsigned_varint(out, (static_cast<std::uint64_t>(value) << 1) ^ static_cast<std::uint64_t>(value >> 63));
}

void put_compact_string(std::string& out, std::string_view text) {
    put_unsigned_varint(out, text.size() + 1);
    out.append(text);
}

void put_string(std::string& out, std::string_view text) {
    put(out, static_cast<std::int16_t>(text.size()));
    out.append(text);
}

void put_header(std::string& out, std::int16_t key, std::int16_t version, std::int32_t correlation) {
    put(out, std::int32_t{0});  // the length, set by finish()
    put(out, key);
    put(out, version);
    put(out, correlation);
    put_string(out, "load");
}

void finish(std::string& request) {
    put_at(request.data(), static_cast<std::int32_t>(request.size() - 4));
}

std::string records_of(const ProduceShape& shape) {
    std::string records;
    for (int i = 0; i < shape.records; ++i) {
        std::string record;
        record.push_back(0);     // attributes
        put_varint(record, 0);   // timestamp delta
        put_varint(record, i);   // offset delta
        put_varint(record, -1);  // no key
        put_varint(record, shape.record_bytes);
        for (int byte = 0; byte < shape.record_bytes; ++byte) {
            record.push_back(static_cast<char>('a' + (i * 7 + byte * 3) % 26));
        }
        put_varint(record, 0);  // no headers
        put_varint(records, static_cast<std::int64_t>(record.size()));
        records += record;
    }
    return records;
}

__attribute__((target("sse4.2"))) std::uint32_t crc32c_short(const char* data, std::size_t size) {
    std::uint64_t crc = 0xFFFFFFFF;
    for (; size >= 8; data += 8, size -= 8) {
        std::uint64_t word = 0;
        std::memcpy(&word, data, 8);
        crc = _mm_crc32_u64(crc, word);
    }
    auto rest = static_cast<std::uint32_t>(crc);
    for (; size > 0; ++data, --size) {
        rest = _mm_crc32_u8(rest, static_cast<unsigned char>(*data));
    }
    return ~rest;
}

}  // namespace

std::uint32_t crc32c(const char* data, std::size_t size) {
    if (size < 256) {
        return crc32c_short(data, size);
    }
    return ~crc32_iscsi(reinterpret_cast<unsigned char*>(const_cast<char*>(data)), static_cast<int>(size), 0xFFFFFFFF);
}

std::int16_t read_int16(const char* at) {
    return static_cast<std::int16_t>(static_cast<unsigned char>(at[0]) << 8 | static_cast<unsigned char>(at[1]));
}

std::int32_t read_int32(const char* at) {
    std::uint32_t value = 0;
    std::memcpy(&value, at, 4);
    return static_cast<std::int32_t>(__builtin_bswap32(value));
}

std::int64_t read_int64(const char* at) {
    std::uint64_t value = 0;
    std::memcpy(&value, at, 8);
    return static_cast<std::int64_t>(__builtin_bswap64(value));
}

RequestTemplate RequestTemplate::produce(const ProduceShape& shape) {
    RequestTemplate result;
    std::string& out = result.bytes_;
    put_header(out, kProduceKey, kProduceVersion, 0);
    out.push_back(0);             // header tags
    put_unsigned_varint(out, 0);  // no transactional id
    put(out, shape.acks);
    put(out, std::int32_t{30000});  // timeout, ms
    put_unsigned_varint(out, 2);    // one topic
    put_compact_string(out, shape.topic);
    put_unsigned_varint(out, 2);  // one partition
    put(out, shape.partition);

    const std::string records = records_of(shape);
    // Records of another time would be taken away by retention.
    const std::int64_t now =
        std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::system_clock::now().time_since_epoch())
            .count();
    constexpr std::size_t kBatchHeader = 61;
    put_unsigned_varint(out, kBatchHeader + records.size() + 1);
    const std::size_t batch_at = out.size();
    put(out, std::int64_t{0});                                                // base offset
    put(out, static_cast<std::int32_t>(kBatchHeader - 12 + records.size()));  // batch length
    put(out, std::int32_t{-1});                                               // partition leader epoch
    out.push_back(2);                                                         // magic
    result.crc_at_ = out.size();
    put(out, std::int32_t{0});
    const std::size_t checked_from = out.size();
    put(out, std::int16_t{0});                               // attributes
    put(out, static_cast<std::int32_t>(shape.records - 1));  // last offset delta
    put(out, now);                                           // base timestamp
    put(out, now);                                           // max timestamp
    put(out, shape.producer_id);
    put(out, shape.producer_epoch);
    result.sequence_at_ = out.size();
    put(out, static_cast<std::int32_t>(shape.producer_id < 0 ? -1 : 0));
    put(out, static_cast<std::int32_t>(shape.records));
    result.head_size_ = batch_at + kBatchHeader;
    out += records;
    const std::size_t checked_size = out.size() - checked_from;
    const auto crc_now = [&] { return crc32c(out.data() + checked_from, checked_size); };
    result.crc_of_sequence_zero_ = crc_now();
    if (shape.producer_id >= 0) {
        for (std::size_t bit = 0; bit < 32; ++bit) {
            put_at(out.data() + result.sequence_at_, std::uint32_t{1} << bit);
            result.crc_change_of_bit_[bit] = crc_now() ^ result.crc_of_sequence_zero_;
        }
        put_at(out.data() + result.sequence_at_, std::uint32_t{0});
    }
    put_at(out.data() + result.crc_at_, result.crc_of_sequence_zero_);
    out.push_back(0);  // partition tags
    out.push_back(0);  // topic tags
    out.push_back(0);  // request tags
    finish(out);
    // length, correlation id, header tags, one topic, its name, one partition, its index; then the error code
    result.reply_error_at_ = 4 + 4 + 1 + 1 + 1 + shape.topic.size() + 1 + 4;
    return result;
}

RequestTemplate RequestTemplate::fetch(const std::string& topic, std::int32_t partition, std::int32_t max_bytes,
                                       std::int32_t min_bytes, std::int32_t max_wait_ms) {
    RequestTemplate result;
    std::string& out = result.bytes_;
    put_header(out, kFetchKey, kFetchVersion, 0);
    out.push_back(0);            // header tags
    put(out, std::int32_t{-1});  // replica id: a consumer
    put(out, max_wait_ms);
    put(out, min_bytes);
    put(out, max_bytes);
    out.push_back(0);            // isolation level: read uncommitted
    put(out, std::int32_t{0});   // session id
    put(out, std::int32_t{-1});  // session epoch: none wanted
    put_unsigned_varint(out, 2);
    put_compact_string(out, topic);
    put_unsigned_varint(out, 2);
    put(out, partition);
    put(out, std::int32_t{-1});  // current leader epoch
    result.fetch_offset_at_ = out.size();
    put(out, std::int64_t{0});
    put(out, std::int32_t{-1});  // last fetched epoch
    put(out, std::int64_t{-1});  // log start offset
    put(out, max_bytes);
    out.push_back(0);             // partition tags
    out.push_back(0);             // topic tags
    put_unsigned_varint(out, 1);  // no forgotten topics
    put_compact_string(out, "");  // rack
    out.push_back(0);             // request tags
    finish(out);
    result.head_size_ = out.size();
    // length, correlation id, header tags, throttle, error, session, one topic, its name, one partition, its index
    result.reply_error_at_ = 4 + 4 + 1 + 4 + 2 + 4 + 1 + 1 + topic.size() + 1 + 4;
    return result;
}

void RequestTemplate::set_correlation(char* head, std::int32_t correlation) const {
    put_at(head + kCorrelationAt, correlation);
}

void RequestTemplate::set_fetch_offset(char* head, std::int64_t offset) const {
    put_at(head + fetch_offset_at_, offset);
}

void RequestTemplate::set_sequence(char* head, std::int32_t sequence) const {
    std::uint32_t crc = crc_of_sequence_zero_;
    for (auto bits = static_cast<std::uint32_t>(sequence); bits != 0; bits &= bits - 1) {
        crc ^= crc_change_of_bit_[static_cast<std::size_t>(__builtin_ctz(bits))];
    }
    put_at(head + sequence_at_, sequence);
    put_at(head + crc_at_, crc);
}

std::string create_topic_request(const std::string& topic, std::int32_t partitions, std::int32_t correlation) {
    std::string out;
    put_header(out, 19, 2, correlation);
    put(out, std::int32_t{1});
    put_string(out, topic);
    put(out, partitions);
    put(out, std::int16_t{1});
    put(out, std::int32_t{0});  // no assignments
    put(out, std::int32_t{0});  // no configs
    put(out, std::int32_t{30000});
    out.push_back(0);  // not only to validate
    finish(out);
    return out;
}

std::int16_t create_topic_reply_error(std::string_view reply, const std::string& topic) {
    const std::size_t at = 4 + 4 + 4 + 4 + 2 + topic.size();
    return reply.size() < at + 2 ? std::int16_t{-1} : read_int16(reply.data() + at);
}

std::string init_producer_id_request(std::int32_t correlation) {
    std::string out;
    put_header(out, 22, 0, correlation);
    put(out, std::int16_t{-1});  // no transactional id
    put(out, std::int32_t{60000});
    finish(out);
    return out;
}

ProducerIdentity init_producer_id_reply(std::string_view reply) {
    constexpr std::size_t kErrorAt = 4 + 4 + 4;
    if (reply.size() < kErrorAt + 12) {
        return {.error = -1, .id = -1, .epoch = -1};
    }
    const char* at = reply.data() + kErrorAt;
    return {.error = read_int16(at), .id = read_int64(at + 2), .epoch = read_int16(at + 10)};
}

}  // namespace highwater::bench
