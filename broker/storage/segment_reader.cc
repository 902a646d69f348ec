#include "broker/storage/segment_reader.h"

#include <algorithm>

#include <fmt/format.h>

#include "broker/storage/byte_order.h"

namespace highwater::storage {

using wire::BatchHeader;
using wire::BatchView;
using wire::RecordDefect;
using wire::RecordFault;

IoResult<wire::RecordBytes> SegmentReader::view(std::uint64_t position, std::size_t length) {
    if (position >= limit_) return wire::RecordBytes{};
    length = static_cast<std::size_t>(std::min<std::uint64_t>(length, limit_ - position));
    if (position < buffer_position_ || position + length > buffer_position_ + buffer_size_) {
        const auto wanted =
            static_cast<std::size_t>(std::min<std::uint64_t>(std::max(length, chunk_bytes_), limit_ - position));
        if (buffer_.size() < wanted) buffer_.resize(wanted);
        buffer_size_ = 0;
        auto read = file_->read_at(position, std::span(buffer_.data(), wanted));
        if (!read) return refuse(read.error());
        buffer_position_ = position;
        buffer_size_ = *read;
    }
    const auto begin = static_cast<std::size_t>(position - buffer_position_);
    return wire::RecordBytes(buffer_.data() + begin, std::min(length, buffer_size_ - begin));
}

IoResult<std::optional<Result<BatchHeader, RecordDefect>>> SegmentReader::header_at(std::uint64_t position) {
    using Answer = std::optional<Result<BatchHeader, RecordDefect>>;
    if (position >= limit_) return Answer{};
    const auto bytes = view(position, wire::kBatchHeaderBytes);
    if (!bytes) return refuse(bytes.error());
    auto header = wire::read_batch_header(*bytes);
    if (!header) return Answer{header};
    if (auto sound = wire::check_batch_header(*header); !sound)
        return Answer{Result<BatchHeader, RecordDefect>(refuse(sound.error()))};
    if (header->size_bytes() > limit_ - position) {
        return Answer{Result<BatchHeader, RecordDefect>(refuse(RecordDefect{
            .fault = RecordFault::truncated, .what = "the batch is longer than the file", .position = 8}))};
    }
    return Answer{header};
}

IoResult<std::optional<Result<BatchView, RecordDefect>>> SegmentReader::batch_at(std::uint64_t position) {
    using Answer = std::optional<Result<BatchView, RecordDefect>>;
    const auto header = header_at(position);
    if (!header) return refuse(header.error());
    if (!*header) return Answer{};
    if (!**header) return Answer{Result<BatchView, RecordDefect>(refuse((*header)->error()))};
    const auto bytes = view(position, (*header)->value().size_bytes());
    if (!bytes) return refuse(bytes.error());
    auto batch = wire::read_batch(*bytes);
    if (batch) {
        if (auto sound = wire::check_batch(*batch); !sound)
            return Answer{Result<BatchView, RecordDefect>(refuse(sound.error()))};
    }
    return Answer{batch};
}

IoResult<std::uint64_t> walk_headers(SegmentReader& reader, std::uint64_t position, std::string_view path,
                                     const std::function<bool(const BatchHeader&, std::uint64_t)>& visit) {
    std::optional<Offset> previous;
    for (;;) {
        const auto header = reader.header_at(position);
        if (!header) return refuse(header.error());
        if (!*header) return position;
        if (!**header) return damaged(path, fmt::format("{} at byte {}", (*header)->error().what, position));
        const BatchHeader& batch = (*header)->value();
        if (previous && batch.base_offset <= *previous)
            return damaged(path, fmt::format("offset {} after {} at byte {}", batch.base_offset, *previous, position));
        previous = batch.last_offset();
        if (!visit(batch, position)) return position;
        position += batch.size_bytes();
    }
}

IoResult<std::optional<std::uint64_t>> find_intact_batch(SegmentReader& reader, std::uint64_t position, Offset minimum,
                                                         Offset below) {
    constexpr std::size_t kWindowBytes = std::size_t{64} * 1024;
    // Bytes that look like headers may each claim the rest of the file: what they cost together is bounded.
    const std::uint64_t rest = position < reader.limit() ? reader.limit() - position : 0;
    std::uint64_t budget = 4 * rest + kWindowBytes;
    while (position + wire::kBatchHeaderBytes <= reader.limit()) {
        const auto window = reader.view(position, kWindowBytes);
        if (!window) return refuse(window.error());
        if (window->size() < wire::kBatchHeaderBytes) return std::nullopt;
        std::optional<std::size_t> candidate;
        std::uint64_t candidate_bytes = 0;
        const std::size_t last = window->size() - wire::kBatchHeaderBytes;
        for (std::size_t at = 0; at <= last && !candidate; ++at) {
            if ((*window)[at + wire::BatchLayout::kMagic] != std::byte{2}) continue;
            const auto header = wire::read_batch_header(window->subspan(at));
            if (!header || !wire::check_batch_header(*header)) continue;
            if (header->base_offset < minimum || header->last_offset() >= below) continue;
            if (header->size_bytes() > reader.limit() - position - at) continue;
            candidate = at;
            candidate_bytes = header->size_bytes();
        }
        if (!candidate) {
            position += last + 1;
            continue;
        }
        position += *candidate;
        if (candidate_bytes > budget) return std::nullopt;
        budget -= candidate_bytes;
        const auto batch = reader.batch_at(position);
        if (!batch) return refuse(batch.error());
        if (*batch && **batch) return position;
        ++position;
    }
    return std::nullopt;
}

}  // namespace highwater::storage
