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

/// Links what a transaction coordinator said of a transaction to the append that it allows (KIP-890); chosen by the
/// driver, never twice for one partition.
struct VerificationGuard : StrongType<VerificationGuard, std::uint64_t> {
    using StrongType::StrongType;
};

}  // namespace highwater
