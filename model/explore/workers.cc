#include "model/explore/workers.h"

#include <utility>

namespace highwater::model {

Workers::Workers(unsigned threads) {
    for (unsigned number = 1; number < threads; ++number) {
        helpers_.emplace_back([this, number] { help(number); });
    }
}

Workers::~Workers() {
    stopping_ = true;
    ++round_;
    round_.notify_all();
}

void Workers::run(const std::function<void(unsigned)>& work) {
    work_ = &work;
    busy_ = static_cast<std::uint32_t>(helpers_.size());
    ++round_;
    round_.notify_all();
    carry_out(0);
    for (std::uint32_t left = busy_; left != 0; left = busy_) busy_.wait(left);
    if (thrown_) std::rethrow_exception(std::exchange(thrown_, nullptr));
}

void Workers::help(unsigned number) {
    for (std::uint32_t round = 0;; ++round) {
        round_.wait(round);
        if (stopping_) return;
        carry_out(number);
        if (--busy_ == 0) busy_.notify_one();
    }
}

void Workers::carry_out(unsigned number) {
    try {
        (*work_)(number);
    } catch (...) {
        const std::scoped_lock lock(mutex_);
        if (!thrown_) thrown_ = std::current_exception();
    }
}

}  // namespace highwater::model
