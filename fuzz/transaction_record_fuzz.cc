// Claim: a record of `__transaction_state` is refused, or what was decoded encodes, and that decodes to the same.
// Input: a byte with the key's length, the key, then nothing for a tombstone, or any byte and the value.

#include <cstdint>

#include "core/base/describe.h"
#include "core/base/invariant.h"
#include "net/wire/record/transaction_records_codec.h"

using namespace highwater;
using namespace highwater::wire;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size == 0 || size - 1 < data[0]) return 0;
    const auto bytes = std::as_bytes(std::span(data, size)).subspan(1);
    const auto key = bytes.first(data[0]);
    const auto rest = bytes.subspan(key.size());
    const auto value = rest.empty() ? std::nullopt : std::optional<RecordBytes>(rest.subspan(1));
    const auto record = decode_transaction_record(key, value);
    if (!record) return 0;
    const auto again = encode_transaction_record(*record, kTransactionV2);
    HIGHWATER_INVARIANT(again.has_value(), "{} does not encode: {}", print(*record), to_text(again.error()));
    const auto back = decode_transaction_record(again->key, again->value);
    HIGHWATER_INVARIANT(back && *back == *record, "{} comes back differently", print(*record));
    return 0;
}
