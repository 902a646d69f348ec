#include "core/transaction/transaction_record.h"

namespace highwater {

std::string_view name_of(TransactionState state) {
    switch (state) {
        case TransactionState::empty:
            return "Empty";
        case TransactionState::ongoing:
            return "Ongoing";
        case TransactionState::prepare_commit:
            return "PrepareCommit";
        case TransactionState::prepare_abort:
            return "PrepareAbort";
        case TransactionState::complete_commit:
            return "CompleteCommit";
        case TransactionState::complete_abort:
            return "CompleteAbort";
    }
    return "";
}

}  // namespace highwater
