#include "core/transaction/verification.h"

namespace highwater {

ErrorCode told_of_verification(ErrorCode error, TransactionVersion version) {
    switch (error) {
        case ErrorCode::producer_fenced:
            return ErrorCode::invalid_producer_epoch;
        case ErrorCode::transaction_abortable:
            return bumps_epoch_at_end(version) ? ErrorCode::transaction_abortable : ErrorCode::invalid_txn_state;
        case ErrorCode::concurrent_transactions:
        case ErrorCode::coordinator_load_in_progress:
        case ErrorCode::coordinator_not_available:
        case ErrorCode::not_coordinator:
            return ErrorCode::not_enough_replicas;
        default:
            return error;
    }
}

}  // namespace highwater
