#include "broker/cli/wire_command.h"

#include <algorithm>
#include <cstdio>
#include <iostream>
#include <iterator>
#include <memory>
#include <string>
#include <vector>

#include <fmt/format.h>
#include <CLI/CLI.hpp>

#include "broker/cli/exit_code.h"
#include "net/wire/message_registry.h"

namespace highwater::cli {

namespace {

using Bytes = std::vector<std::byte>;

struct Options {
    std::string message;
    std::int16_t version = 0;
    bool with_header = false;
    bool hex = false;
    bool text = false;
    bool markdown = false;
};

int refuse(int code, const std::string& why) {
    fmt::print(stderr, "highwater wire: {}\n", why);
    return code;
}

std::string read_all() {
    std::cin >> std::noskipws;
    return {std::istreambuf_iterator<char>(std::cin), std::istreambuf_iterator<char>()};
}

// Reads hex digits, between which white space may stand; false for anything else.
bool from_hex(std::string_view text, Bytes& out) {
    out.clear();
    int high = -1;
    for (char c : text) {
        if (c == ' ' || c == '\n' || c == '\r' || c == '\t') continue;
        const int digit = c >= '0' && c <= '9'   ? c - '0'
                          : c >= 'a' && c <= 'f' ? c - 'a' + 10
                          : c >= 'A' && c <= 'F' ? c - 'A' + 10
                                                 : -1;
        if (digit < 0) return false;
        if (high < 0) {
            high = digit;
        } else {
            out.push_back(static_cast<std::byte>(high << 4 | digit));
            high = -1;
        }
    }
    return high < 0;
}

std::string to_hex(std::span<const std::byte> bytes) {
    std::string hex;
    for (std::byte byte : bytes) fmt::format_to(std::back_inserter(hex), "{:02x}", std::to_integer<unsigned>(byte));
    return hex;
}

// The chosen message, or nullptr after saying what is wrong.
const wire::MessageEntry* chosen(const Options& options) {
    const wire::MessageEntry* entry = wire::find_message(options.message);
    if (!entry) {
        refuse(kUsageError, fmt::format("no message is called \"{}\" (see `highwater wire list`)", options.message));
        return nullptr;
    }
    const auto& info = entry->info;
    if (!info.versions.contains(options.version)) {
        refuse(kFailure, fmt::format("{} has no version {} (it has {} to {})", info.name, options.version,
                                     info.versions.first, info.versions.last));
        return nullptr;
    }
    const bool framed = info.kind == wire::MessageKind::request || info.kind == wire::MessageKind::response;
    if (options.with_header && !framed) {
        refuse(kUsageError, fmt::format("{} is neither a request nor a response: it has no header", info.name));
        return nullptr;
    }
    return entry;
}

int decode_command(const Options& options) {
    const wire::MessageEntry* entry = chosen(options);
    if (!entry) return wire::find_message(options.message) ? kFailure : kUsageError;
    const std::string input = read_all();
    Bytes bytes;
    if (options.hex) {
        if (!from_hex(input, bytes)) return refuse(kFailure, "the input is not hex");
    } else {
        const auto raw = std::as_bytes(std::span(input));
        bytes.assign(raw.begin(), raw.end());
    }
    if (options.text) {
        const auto text = entry->decode_text(bytes, options.version, wire::kToolDecodeOptions);
        if (!text) return refuse(kFailure, to_text(text.error()));
        fmt::print("{}\n", *text);
        return kSuccess;
    }
    wire::JsonValue json;
    if (options.with_header) {
        auto document = decode_json_with_header(*entry, bytes, options.version, wire::kToolDecodeOptions);
        if (!document) return refuse(kFailure, document.error());
        json = *std::move(document);
    } else {
        auto body = entry->decode_json(bytes, options.version, wire::kToolDecodeOptions);
        if (!body) return refuse(kFailure, to_text(body.error()));
        json = *std::move(body);
    }
    fmt::print("{}\n", to_text(json));
    return kSuccess;
}

int encode_command(const Options& options) {
    const wire::MessageEntry* entry = chosen(options);
    if (!entry) return wire::find_message(options.message) ? kFailure : kUsageError;
    const auto json = wire::parse_json(read_all());
    if (!json) return refuse(kFailure, json.error());
    const auto bytes = options.with_header ? encode_json_with_header(*entry, *json, options.version)
                                           : entry->encode_json(*json, options.version);
    if (!bytes) return refuse(kFailure, bytes.error());
    const Bytes flat = bytes->to_vector();
    if (options.hex) {
        fmt::print("{}\n", to_hex(flat));
    } else {
        std::fwrite(flat.data(), 1, flat.size(), stdout);
    }
    return std::fflush(stdout) == 0 ? kSuccess : refuse(kFailure, "cannot write the output");
}

// Checks one line {"message", "version", "body", "hex"} both ways; a null body says that the bytes are malformed.
std::string check_line(const std::string& line) {
    const auto json = wire::parse_json(line);
    if (!json) return json.error();
    const wire::JsonValue *name = json->find("message"), *version = json->find("version"), *body = json->find("body"),
                          *hex = json->find("hex");
    if (!name || !version || !body || !hex) return "a line has the keys message, version, body and hex";
    const auto* entry = wire::find_message(std::get<std::string>(name->value));
    if (!entry) return "no such message";
    const auto number = static_cast<std::int16_t>(std::get<std::int64_t>(version->value));
    Bytes bytes;
    if (!from_hex(std::get<std::string>(hex->value), bytes)) return "the hex is bad";
    const auto decoded = entry->decode_json(bytes, number, wire::kToolDecodeOptions);
    if (std::holds_alternative<std::nullptr_t>(body->value)) {
        return decoded ? "decodes, but should be refused: " + to_text(*decoded) : "";
    }
    if (!decoded) return "is refused: " + to_text(decoded.error());
    if (to_text(*decoded) != to_text(*body)) return "decodes to " + to_text(*decoded);
    const auto encoded = entry->encode_json(*body, number);
    if (!encoded) return "does not encode: " + encoded.error();
    // A line may hold bytes that decode but are not the canonical ones; then "canonical" has those.
    const wire::JsonValue* canonical = json->find("canonical");
    const std::string expected = canonical ? std::get<std::string>(canonical->value) : to_hex(bytes);
    if (to_hex(encoded->to_vector()) != expected) return "encodes to " + to_hex(encoded->to_vector());
    const auto again = entry->reencode(bytes, number, wire::kToolDecodeOptions);
    if (!again || to_hex(again->to_vector()) != expected) return "does not encode from its decoded form";
    return "";
}

int check_command() {
    std::size_t lines = 0, wrong = 0;
    for (std::string line; std::getline(std::cin, line);) {
        ++lines;
        if (auto why = check_line(line); !why.empty()) {
            ++wrong;
            fmt::print("line {}: {}\n  {}\n", lines, why, line);
        }
    }
    fmt::print("{} lines, {} wrong\n", lines, wrong);
    return wrong == 0 && lines > 0 ? kSuccess : kFailure;
}

}  // namespace

void add_wire_command(CLI::App& app, std::function<int()>& run) {
    auto options = std::make_shared<Options>();
    CLI::App* wire = app.add_subcommand("wire", "Bytes of the Kafka protocol to JSON and back");
    wire->require_subcommand(1);

    const auto add = [&](const char* name, const char* what, const char* hex) {
        CLI::App* command = wire->add_subcommand(name, what);
        command->add_option("--message", options->message, "Published name, e.g. FetchRequest")->required();
        command->add_option("--version", options->version, "Version of the message")->required();
        command->add_flag("--with-header", options->with_header, "Header and body, as in a frame without its length");
        command->add_flag("--hex", options->hex, hex);
        return command;
    };
    CLI::App* decode = add("decode", "Bytes on stdin to JSON on stdout; exit code 1 if they are malformed",
                           "The input is hex; white space does not matter");
    decode->add_flag("--text", options->text, "Print the body in one line for reading instead of JSON");
    decode->callback([options, &run] { run = [options] { return decode_command(*options); }; });
    add("encode", "JSON on stdin to bytes on stdout; exit code 1 if it is no such message", "Write hex")
        ->callback([options, &run] { run = [options] { return encode_command(*options); }; });

    CLI::App* list = wire->add_subcommand(
        "list", "Every message, tab-separated: key, name, kind, versions, first flexible version or \"none\"");
    list->add_flag("--markdown", options->markdown, "Write docs/protocol-support.md instead");
    list->callback([options, &run] {
        run = [options] {
            fmt::print("{}", options->markdown ? wire::protocol_support_markdown() : wire::list_messages());
            return kSuccess;
        };
    });

    wire->add_subcommand("check",
                         "Check JSON lines {\"message\", \"version\", \"body\", \"hex\"} on stdin both ways; a null "
                         "body means that the bytes must be refused")
        ->callback([&run] { run = check_command; });
}

}  // namespace highwater::cli
