#pragma once

#include "core/base/strong_type.h"

namespace highwater {

/// Names a produce request's part for one partition; chosen by the driver, returned in the reply.
struct ProduceToken : StrongType<ProduceToken, std::uint64_t> {
    using StrongType::StrongType;
};

/// Names a fetch request's part for one partition; chosen by the driver, returned in the reply.
struct FetchToken : StrongType<FetchToken, std::uint64_t> {
    using StrongType::StrongType;
};

/// Names an append the machine has asked for; chosen by the machine, returned by AppendDone and AppendFailed.
struct AppendToken : StrongType<AppendToken, std::uint64_t> {
    using StrongType::StrongType;
};

/// Names a DeleteRecords request's part for one partition; chosen by the driver, returned in the reply.
struct DeleteRecordsToken : StrongType<DeleteRecordsToken, std::uint64_t> {
    using StrongType::StrongType;
};

}  // namespace highwater
