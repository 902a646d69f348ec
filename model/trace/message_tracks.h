#pragma once

#include <cstddef>
#include <string>
#include <utility>

#include "model/trace/picture.h"

namespace highwater::model {

/// Draws messages while a run goes by. A message is named by its place in Picture::messages.
class MessageTracks {
  public:
    explicit MessageTracks(Picture& picture) : picture_(picture) {}

    /// The frame in which what follows happens.
    void in_frame(std::size_t frame) { frame_ = frame; }
    [[nodiscard]] std::size_t frame() const { return frame_; }

    std::size_t sent(std::size_t from, std::size_t to, std::string label) {
        picture_.messages.push_back({.from = from, .to = to, .label = std::move(label), .sent_in = frame_});
        return picture_.messages.size() - 1;
    }
    /// A copy of it goes its own way.
    std::size_t repeated(std::size_t message) {
        picture_.messages[message].repeated = true;
        DrawnMessage copy = picture_.messages[message];
        copy.ended_in.reset();
        copy.fate = MessageFate::under_way;
        picture_.messages.push_back(std::move(copy));
        return picture_.messages.size() - 1;
    }
    void late(std::size_t message) { picture_.messages[message].late = true; }
    void arrived(std::size_t message) { end(message, MessageFate::arrived); }
    void lost(std::size_t message) { end(message, MessageFate::lost); }
    /// Sent and there in one step.
    void at_once(std::size_t from, std::size_t to, std::string label) { arrived(sent(from, to, std::move(label))); }

    DrawnMessage& operator[](std::size_t message) { return picture_.messages[message]; }

  private:
    void end(std::size_t message, MessageFate fate) {
        picture_.messages[message].ended_in = frame_;
        picture_.messages[message].fate = fate;
    }

    Picture& picture_;
    std::size_t frame_ = 0;
};

}  // namespace highwater::model
