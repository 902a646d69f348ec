#include "net/wire/testing.h"

#include <algorithm>
#include <filesystem>
#include <fstream>

#include <gtest/gtest.h>

namespace highwater::wire::testing {

std::vector<std::byte> from_hex(std::string_view hex) {
    std::string digits(hex);
    std::erase(digits, ' ');
    EXPECT_EQ(digits.size() % 2, 0U) << hex;
    std::vector<std::byte> bytes;
    for (std::size_t i = 0; i + 1 < digits.size(); i += 2) {
        bytes.push_back(static_cast<std::byte>(std::stoi(digits.substr(i, 2), nullptr, 16)));
    }
    return bytes;
}

std::string hex_of(std::span<const std::byte> bytes) {
    std::string hex;
    for (std::byte byte : bytes) {
        constexpr std::string_view kDigits = "0123456789abcdef";
        hex += kDigits[std::to_integer<unsigned>(byte) >> 4U];
        hex += kDigits[std::to_integer<unsigned>(byte) & 15U];
    }
    return hex;
}

const std::vector<Golden>& goldens() {
    static const std::vector<Golden> all = [] {
        std::vector<std::filesystem::path> paths;
        for (const auto& file : std::filesystem::directory_iterator(HIGHWATER_SOURCE_DIR "/net/wire/testdata")) {
            if (file.path().extension() == ".jsonl") paths.push_back(file.path());
        }
        std::ranges::sort(paths);
        std::vector<Golden> lines;
        for (const auto& path : paths) {
            std::ifstream in(path);
            for (std::string line; std::getline(in, line);) {
                const auto json = parse_json(line);
                EXPECT_TRUE(json.has_value()) << path << ": " << line;
                if (!json) continue;
                lines.push_back({std::get<std::string>(json->find("message")->value),
                                 static_cast<std::int16_t>(std::get<std::int64_t>(json->find("version")->value)),
                                 *json->find("body"), from_hex(std::get<std::string>(json->find("hex")->value))});
            }
        }
        return lines;
    }();
    return all;
}

}  // namespace highwater::wire::testing
