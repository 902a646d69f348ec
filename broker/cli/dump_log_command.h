#pragma once

#include <cstdio>
#include <functional>
#include <string>
#include <vector>

namespace CLI {
class App;
}

namespace highwater::storage {
class FileSystem;
}

namespace highwater::cli {

struct DumpLogOptions {
    std::vector<std::string> files;
    /// Print the records of each batch, not only its header.
    bool print_data_log = false;
    /// One JSON object a line instead of Kafka's "key: value" lines.
    bool json = false;
    /// Decompress and read the records of each batch also when they are not printed.
    bool deep = false;
    /// Print the records, those of this coordinator's topic by their fields: __consumer_offsets or __transaction_state.
    std::string coordinator_topic{};
};

/// Prints what is in files of a partition directory (.log, .checkpoint, .index, .timeindex, .txnindex, .snapshot,
/// leader-epoch-checkpoint) to `out`. What is damaged is named with its position on `errors`, and the next file is
/// read. Returns an exit code: 0, or 1 when anything was damaged or could not be read.
int dump_log(storage::FileSystem& files, const DumpLogOptions& options, std::FILE* out, std::FILE* errors);

/// `highwater dump-log FILE...`. Sets `run` when chosen.
void add_dump_log_command(CLI::App& app, std::function<int()>& run);

}  // namespace highwater::cli
