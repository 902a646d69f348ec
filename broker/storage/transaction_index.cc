#include "broker/storage/transaction_index.h"

#include <fmt/format.h>

#include "broker/storage/byte_order.h"

namespace highwater::storage {

std::vector<std::byte> encode_transaction_index(std::span<const AbortedTransaction> aborted) {
    std::vector<std::byte> out;
    out.reserve(aborted.size() * kTransactionIndexEntryBytes);
    for (const AbortedTransaction& transaction : aborted) {
        append<std::int16_t>(out, 0);
        append<std::int64_t>(out, transaction.producer.value());
        append<std::int64_t>(out, transaction.first_offset.value());
        append<std::int64_t>(out, transaction.marker_offset.value());
        append<std::int64_t>(out, transaction.last_stable_offset.value());
    }
    return out;
}

IoResult<std::vector<AbortedTransaction>> decode_transaction_index(Bytes content, std::string_view path) {
    if (content.size() % kTransactionIndexEntryBytes != 0) return damaged(path, "ends within an entry");
    std::vector<AbortedTransaction> aborted;
    aborted.reserve(content.size() / kTransactionIndexEntryBytes);
    for (std::size_t at = 0; at < content.size(); at += kTransactionIndexEntryBytes) {
        if (const auto version = load<std::int16_t>(content, at); version != 0)
            return damaged(path, fmt::format("entry of version {} at byte {}", version, at));
        const AbortedTransaction transaction{.producer = ProducerId{load<std::int64_t>(content, at + 2)},
                                             .first_offset = Offset{load<std::int64_t>(content, at + 10)},
                                             .marker_offset = Offset{load<std::int64_t>(content, at + 18)},
                                             .last_stable_offset = Offset{load<std::int64_t>(content, at + 26)}};
        const bool ascending = aborted.empty() || aborted.back().marker_offset < transaction.marker_offset;
        if (!ascending || transaction.producer.value() < 0 || transaction.first_offset.value() < 0 ||
            transaction.marker_offset <= transaction.first_offset)
            return damaged(path, fmt::format("impossible entry at byte {}", at));
        aborted.push_back(transaction);
    }
    return aborted;
}

}  // namespace highwater::storage
