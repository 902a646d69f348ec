#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace highwater::bench {

/// CRC32C of `size` bytes, as record batches carry it.
std::uint32_t crc32c(const char* data, std::size_t size);

/// What a produce request of the load is made of.
struct ProduceShape {
    std::string topic = "load";
    std::int32_t partition = 0;
    std::int16_t acks = -1;
    int records = 1;
    int record_bytes = 100;
    std::int64_t producer_id = -1;  ///< -1: not idempotent
    std::int16_t producer_epoch = -1;
};

/// A request encoded once, with its length in front. A send only patches what differs from one request to the next,
/// all of it in the first `head_size()` bytes: the correlation id, and of an idempotent batch the sequence and CRC.
/// The rest can go out from one shared buffer for all connections.
class RequestTemplate {
  public:
    /// Produce, version 9 (the first flexible one), one batch for one partition.
    static RequestTemplate produce(const ProduceShape& shape);

    /// Fetch, version 12 (the last that names topics by name), one partition, without a session.
    static RequestTemplate fetch(const std::string& topic, std::int32_t partition, std::int32_t max_bytes,
                                 std::int32_t min_bytes, std::int32_t max_wait_ms);

    const std::string& bytes() const { return bytes_; }
    std::size_t head_size() const { return head_size_; }

    /// `head` points at the first head_size() bytes of this request or of a copy.
    void set_correlation(char* head, std::int32_t correlation) const;
    void set_fetch_offset(char* head, std::int64_t offset) const;

    /// Also puts the CRC right: it is linear in the sequence's bits, so it takes a few XORs and not a pass over the
    /// batch.
    void set_sequence(char* head, std::int32_t sequence) const;

    /// Where the produce reply (with its length in front) has the partition's error code, and the fetch reply its two.
    std::size_t produce_reply_error_at() const { return reply_error_at_; }
    std::size_t fetch_reply_error_at() const { return reply_error_at_; }
    static constexpr std::size_t kFetchReplyTopErrorAt = 4 + 4 + 1 + 4;

  private:
    std::string bytes_;
    std::size_t head_size_ = 0;
    std::size_t fetch_offset_at_ = 0;
    std::size_t crc_at_ = 0;
    std::size_t sequence_at_ = 0;
    std::size_t reply_error_at_ = 0;
    std::uint32_t crc_of_sequence_zero_ = 0;
    std::array<std::uint32_t, 32> crc_change_of_bit_{};
};

/// CreateTopics, version 2, with its length in front; one partition count, replication factor 1.
std::string create_topic_request(const std::string& topic, std::int32_t partitions, std::int32_t correlation);

/// The error code in its reply (with its length in front).
std::int16_t create_topic_reply_error(std::string_view reply, const std::string& topic);

/// InitProducerId, version 0, and from its reply the error code, id and epoch.
std::string init_producer_id_request(std::int32_t correlation);
struct ProducerIdentity {
    std::int16_t error;
    std::int64_t id;
    std::int16_t epoch;
};
ProducerIdentity init_producer_id_reply(std::string_view reply);

std::int16_t read_int16(const char* at);
std::int32_t read_int32(const char* at);
std::int64_t read_int64(const char* at);

}  // namespace highwater::bench
