#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

namespace highwater::wire {

/// The value of a `string` field. A decoded one is a view into the frame and lives as long as the frame; one made from
/// a std::string owns its text. Copies share the text, whichever it is.
class String {
  public:
    /// The empty string.
    String() = default;
    /// From a literal: a view.
    template <std::size_t N>
    String(const char (&literal)[N]) : view_(literal, N - 1) {}  // NOLINT: as implicit as std::string's
    /// Owns the text.
    String(std::string text) {  // NOLINT: as implicit as std::string's
        auto keeper = std::make_shared<const std::string>(std::move(text));
        view_ = *keeper;
        keep_alive_ = std::move(keeper);
    }
    /// Owns a copy of the text.
    explicit String(std::string_view text) : String(std::string(text)) {}

    /// A view: the caller keeps the text alive for as long as this and its copies.
    static String borrowed(std::string_view text) {
        String result;
        result.view_ = text;
        return result;
    }

    /// Valid as long as the text is kept alive.
    [[nodiscard]] std::string_view view() const { return view_; }
    /// A copy.
    [[nodiscard]] std::string to_string() const { return std::string(view_); }
    /// In bytes of UTF-8.
    [[nodiscard]] std::size_t size() const { return view_.size(); }
    [[nodiscard]] bool empty() const { return view_.empty(); }

    operator std::string_view() const { return view_; }  // NOLINT: it is text

    friend bool operator==(const String& a, const String& b) { return a.view_ == b.view_; }
    /// Text in any other form: a literal, std::string or std::string_view.
    template <class Text>
        requires(std::is_convertible_v<const Text&, std::string_view> && !std::is_same_v<Text, String>)
    friend bool operator==(const String& a, const Text& b) {
        return a.view_ == std::string_view(b);
    }

  private:
    std::string_view view_;
    std::shared_ptr<const void> keep_alive_;
};

}  // namespace highwater::wire
