#pragma once

#include <optional>
#include <string>
#include <utility>

#include "core/group/consumer_group.h"

namespace highwater {

/// A consumer group as it will be when the records that are being made are committed. Nothing is copied before the
/// first of them.
class ConsumerGroupDraft {
  public:
    /// `base` outlives the draft; nullptr: there is no such group yet.
    ConsumerGroupDraft(std::string id, const ConsumerGroup* base) : id_(std::move(id)), base_(base) {}

    [[nodiscard]] const std::string& id() const { return id_; }
    [[nodiscard]] const ConsumerGroup& group() const {
        static const ConsumerGroup kNew;
        if (changed_) return *changed_;
        return base_ == nullptr ? kNew : *base_;
    }
    [[nodiscard]] const GroupRecords& records() const { return records_; }
    [[nodiscard]] GroupRecords take_records() { return std::move(records_); }

    template <ConsumerGroupRecord Record>
    void add(Record record) {
        if (!changed_) changed_ = group();
        highwater::apply(*changed_, record);
        records_.push_back(std::move(record));
    }
    void add(GroupRecords records) {
        for (GroupRecord& record : records) {
            std::visit([this](auto& one) { add(std::move(one)); }, record);
        }
    }
    /// Of a classic group: what becomes of it is the coordinator's to apply.
    void add(GroupMetadataRecord record) { records_.push_back(std::move(record)); }
    void add(OffsetCommitRecord record) { records_.push_back(std::move(record)); }

  private:
    std::string id_;
    const ConsumerGroup* base_;
    std::optional<ConsumerGroup> changed_;
    GroupRecords records_;
};

}  // namespace highwater
