#include "broker/config/listeners.h"

#include <algorithm>
#include <charconv>

#include <fmt/format.h>

namespace highwater::config {

namespace {

std::string_view trimmed(std::string_view text) {
    while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
    while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
    return text;
}

Result<ListenerAddress, std::string> parse_listener(std::string_view text) {
    const auto bad = [&](std::string_view why) {
        return unexpected(
            fmt::format("\"{}\" {}; write NAME://host:port, for example PLAINTEXT://127.0.0.1:9092", text, why));
    };
    const std::size_t scheme = text.find("://");
    if (scheme == std::string_view::npos || scheme == 0) return bad("has no listener name");
    ListenerAddress listener;
    for (const char c : text.substr(0, scheme)) {
        const bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
        if (!letter && !(c >= '0' && c <= '9') && c != '_' && c != '-') return bad("has a bad listener name");
        listener.name += c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
    }
    std::string_view rest = text.substr(scheme + 3);
    std::size_t colon = rest.rfind(':');
    if (rest.starts_with('[')) {
        const std::size_t bracket = rest.find(']');
        if (bracket == std::string_view::npos) return bad("has an unclosed bracket");
        if (bracket + 1 >= rest.size() || rest[bracket + 1] != ':') return bad("has no port");
        listener.host = rest.substr(1, bracket - 1);
        colon = bracket + 1;
    } else {
        if (colon == std::string_view::npos) return bad("has no port");
        listener.host = rest.substr(0, colon);
        if (listener.host.find(':') != std::string::npos) return bad("needs brackets around its IPv6 address");
    }
    for (const char c : listener.host) {
        if (static_cast<unsigned char>(c) <= ' ' || c == '/' || c == '@') return bad("has a bad host");
    }
    const std::string_view port = rest.substr(colon + 1);
    const auto [end, error] = std::from_chars(port.data(), port.data() + port.size(), listener.port);
    if (error != std::errc{} || end != port.data() + port.size() || port.empty())
        return bad("has a bad port (0 to 65535)");
    return listener;
}

}  // namespace

std::vector<std::string> split_list(std::string_view text) {
    std::vector<std::string> parts;
    while (!text.empty()) {
        const std::size_t comma = std::min(text.find(','), text.size());
        if (const std::string_view part = trimmed(text.substr(0, comma)); !part.empty()) parts.emplace_back(part);
        text.remove_prefix(std::min(comma + 1, text.size()));
    }
    return parts;
}

Result<std::vector<ListenerAddress>, std::string> parse_listeners(std::string_view text) {
    std::vector<ListenerAddress> listeners;
    for (const std::string& part : split_list(text)) {
        auto listener = parse_listener(part);
        if (!listener) return unexpected(std::move(listener.error()));
        const auto same = std::ranges::find(listeners, listener->name, &ListenerAddress::name);
        if (same != listeners.end()) return unexpected(fmt::format("listener {} is named twice", listener->name));
        listeners.push_back(std::move(*listener));
    }
    if (listeners.empty()) return unexpected(std::string("needs at least one NAME://host:port"));
    return listeners;
}

std::string to_text(const ListenerAddress& listener) {
    if (listener.host.find(':') != std::string::npos)
        return fmt::format("{}://[{}]:{}", listener.name, listener.host, listener.port);
    return fmt::format("{}://{}:{}", listener.name, listener.host, listener.port);
}

}  // namespace highwater::config
