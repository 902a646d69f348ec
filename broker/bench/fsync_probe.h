#pragma once

#include <atomic>
#include <string>
#include <thread>

#include "broker/bench/histogram.h"

namespace highwater::bench {

/// Measures what one durable write costs on a file system while something else uses it: 20 times a second one 4 KiB
/// O_DIRECT|O_DSYNC overwrite of a block that exists already. A durable latency means nothing without the probe's of
/// the same interval beside it.
class FsyncProbe {
  public:
    /// Probes in `folder` until stop(). Throws std::system_error if the folder cannot be written with O_DIRECT.
    explicit FsyncProbe(const std::string& folder);
    ~FsyncProbe();
    FsyncProbe(const FsyncProbe&) = delete;
    FsyncProbe& operator=(const FsyncProbe&) = delete;

    /// Ends the probing and returns the durations.
    const Histogram& stop();

  private:
    void work();

    std::string path_;
    int file_ = -1;
    std::atomic<bool> stopping_{false};
    Histogram durations_;
    std::thread thread_;
};

}  // namespace highwater::bench
