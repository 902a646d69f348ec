// Claim: whatever stands where a message set of magic 0 or 1 is expected, it is refused or read, in bounded memory,
// without a crash; what reads becomes a sound magic 2 batch with the same messages. The mutator repairs the sizes and
// checksums of the outer messages, so that mutations reach what is behind them.

#include <cstdint>
#include <cstdlib>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "net/wire/record/crc32c.h"
#include "net/wire/record/legacy_message_set.h"
#include "net/wire/record/record.h"
#include "net/wire/record/record_batch.h"

extern "C" std::size_t LLVMFuzzerMutate(std::uint8_t* data, std::size_t size, std::size_t max_size);

namespace {

using namespace highwater;
using namespace highwater::wire;

constexpr std::size_t kLimit = 1 << 20;

void require(bool holds) {
    if (!holds) std::abort();
}

using Contents = std::pair<std::optional<std::string>, std::optional<std::string>>;

std::optional<std::string> text(const std::optional<RecordBytes>& bytes) {
    if (!bytes) return std::nullopt;
    return std::string(reinterpret_cast<const char*>(bytes->data()), bytes->size());
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    static Decompressor decompressor;
    static Compressor compressor;
    const RecordBytes input = std::as_bytes(std::span(data, size));
    std::vector<Contents> messages;
    const auto walked = for_each_legacy_message(input, decompressor, kLimit, [&](const LegacyMessage& message) {
        messages.emplace_back(text(message.key), text(message.value));
    });
    const auto batch = up_convert(input, decompressor, compressor, kLimit);
    if (!walked) {
        require(!batch.has_value());
        return 0;
    }
    // A readable set may still be no batch: it is empty, or of both magics.
    if (!batch) return 0;
    const auto view = read_batch(*batch);
    require(view.has_value() && check_batch(*view).has_value());
    require(view->header.record_count == static_cast<std::int32_t>(messages.size()));
    RecordBuffer scratch;
    const auto section = clear_records(*view, decompressor, 4 * kLimit, scratch);
    require(section.has_value());
    std::vector<Contents> again;
    RecordReader reader(*section, view->header.record_count);
    while (const auto record = reader.next()) again.emplace_back(text(record->key), text(record->value));
    require(!reader.defect() && again == messages);
    return 0;
}

extern "C" std::size_t LLVMFuzzerCustomMutator(std::uint8_t* data, std::size_t size, std::size_t max_size,
                                               unsigned seed) {
    size = LLVMFuzzerMutate(data, size, max_size);
    if (seed % 8 == 0) return size;
    constexpr std::size_t kSize = 8, kCrc = 12, kMagic = 16;
    for (std::size_t at = 0; size - at > kMagic + 10;) {
        std::uint8_t* const entry = data + at;
        const std::size_t left = size - at - kCrc;
        std::size_t length = load_big_endian<std::uint32_t>(entry + kSize);
        if (length < 14 || length > left) {
            length = left;
            store_big_endian(entry + kSize, static_cast<std::uint32_t>(length));
        }
        entry[kMagic] &= 1;
        store_big_endian(entry + kCrc, crc32_ieee(std::as_bytes(std::span(entry + kMagic, length - 4))));
        at += kCrc + length;
    }
    return size;
}
