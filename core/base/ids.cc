#include "core/base/ids.h"

namespace highwater {
namespace {

constexpr std::string_view kAlphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

}  // namespace

std::string to_text(const Uuid& uuid) {
    std::string text;
    text.reserve(22);
    std::uint32_t bits = 0;
    int count = 0;
    for (auto byte : uuid.bytes) {
        bits = (bits << 8) | byte;
        count += 8;
        while (count >= 6) {
            count -= 6;
            text.push_back(kAlphabet[(bits >> count) & 63]);
        }
    }
    text.push_back(kAlphabet[(bits << (6 - count)) & 63]);
    return text;
}

std::optional<Uuid> uuid_from_text(std::string_view text) {
    if (text.size() != 22) return std::nullopt;
    Uuid uuid;
    std::uint32_t bits = 0;
    int count = 0;
    std::size_t at = 0;
    for (char c : text) {
        const auto digit = kAlphabet.find(c);
        if (digit == std::string_view::npos) return std::nullopt;
        bits = (bits << 6) | static_cast<std::uint32_t>(digit);
        count += 6;
        if (count >= 8) {
            count -= 8;
            uuid.bytes[at++] = static_cast<std::uint8_t>(bits >> count);
        }
    }
    return uuid;
}

}  // namespace highwater
