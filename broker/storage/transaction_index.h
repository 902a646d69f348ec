#pragma once

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "broker/storage/file_system.h"
#include "core/log/transactions.h"

namespace highwater::storage {

/// Bytes of one entry of a `%020d.txnindex` file, which lists the aborted transactions with a marker in that segment.
inline constexpr std::size_t kTransactionIndexEntryBytes = 34;

std::vector<std::byte> encode_transaction_index(std::span<const AbortedTransaction> aborted);
/// Damage: a partial entry, an unknown version, or a marker that is not above the one before.
IoResult<std::vector<AbortedTransaction>> decode_transaction_index(Bytes content, std::string_view path);

}  // namespace highwater::storage
