#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "broker/storage/file_system.h"
#include "core/base/offset.h"
#include "core/base/producer.h"

namespace highwater::storage {

/// An aborted transaction, as a `%020d.txnindex` file of the segment with its marker lists it.
struct AbortedTransaction {
    ProducerId producer_id;
    /// Of its first record.
    Offset first_offset;
    /// Of its abort marker (inclusive).
    Offset last_offset;
    /// Where the last stable offset stood once this one was complete.
    Offset last_stable_offset;
    friend auto operator<=>(const AbortedTransaction&, const AbortedTransaction&) = default;
};

/// Size of one entry in the file.
inline constexpr std::size_t kTransactionIndexEntryBytes = 34;

std::vector<std::byte> encode_transaction_index(const std::vector<AbortedTransaction>& aborted);
/// Damage: a partial entry, an unknown version, or a last offset that is not above the one before.
IoResult<std::vector<AbortedTransaction>> decode_transaction_index(Bytes content, std::string_view path);

}  // namespace highwater::storage
