#include "net/transport/foreign_protocol.h"

#include <array>
#include <cstring>

namespace highwater::transport {

std::string_view foreign_protocol(std::span<const std::byte> first_bytes) {
    struct Prefix {
        std::string_view bytes;
        std::string_view protocol;
    };
    using namespace std::string_view_literals;
    static constexpr std::array kPrefixes{
        Prefix{"GET ", "HTTP"},          Prefix{"POST", "HTTP"},        Prefix{"PUT ", "HTTP"},
        Prefix{"HEAD", "HTTP"},          Prefix{"DELE", "HTTP"},        Prefix{"OPTI", "HTTP"},
        Prefix{"PATC", "HTTP"},          Prefix{"CONN", "HTTP"},        Prefix{"PRI ", "HTTP"},
        Prefix{"\x16\x03\x00"sv, "TLS"}, Prefix{"\x16\x03\x01", "TLS"}, Prefix{"\x16\x03\x02", "TLS"},
        Prefix{"\x16\x03\x03", "TLS"},   Prefix{"SSH-", "SSH"},         Prefix{"AMQP", "AMQP"},
        Prefix{"*1\r\n", "Redis"},       Prefix{"*2\r\n", "Redis"},     Prefix{"*3\r\n", "Redis"},
        Prefix{"PING", "Redis"},         Prefix{"PROX", "PROXY"},       Prefix{"\r\n\r\n", "PROXY"},
    };
    for (const Prefix& prefix : kPrefixes) {
        if (first_bytes.size() >= prefix.bytes.size() &&
            std::memcmp(first_bytes.data(), prefix.bytes.data(), prefix.bytes.size()) == 0)
            return prefix.protocol;
    }
    // MQTT's CONNECT: packet type 1, one length byte, then the length of the name "MQTT" as 16 bits.
    if (first_bytes.size() >= 4 && first_bytes[0] == std::byte{0x10} && first_bytes[2] == std::byte{0}) return "MQTT";
    return {};
}

}  // namespace highwater::transport
