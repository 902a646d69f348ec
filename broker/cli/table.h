#pragma once

#include <string>
#include <vector>

namespace highwater::cli {

/// Rows of words under a heading, every column as wide as its widest word.
class Table {
  public:
    explicit Table(std::vector<std::string> heading) : rows_{std::move(heading)} {}
    /// As many words as the heading has.
    void add(std::vector<std::string> row) { rows_.push_back(std::move(row)); }
    void print() const;

  private:
    std::vector<std::vector<std::string>> rows_;
};

}  // namespace highwater::cli
