#include "core/transaction/verification.h"

#include <gtest/gtest.h>

namespace highwater {
namespace {

TEST(ToldOfVerification, IsAnErrorThatClientsOfItsVersionGoOnFrom) {
    EXPECT_EQ(told_of_verification(ErrorCode::none, kTransactionV1), ErrorCode::none);
    EXPECT_EQ(told_of_verification(ErrorCode::transaction_abortable, kTransactionV1), ErrorCode::invalid_txn_state);
    EXPECT_EQ(told_of_verification(ErrorCode::transaction_abortable, kTransactionV2), ErrorCode::transaction_abortable);
    EXPECT_EQ(told_of_verification(ErrorCode::producer_fenced, kTransactionV2), ErrorCode::invalid_producer_epoch);
    EXPECT_EQ(told_of_verification(ErrorCode::concurrent_transactions, kTransactionV2), ErrorCode::not_enough_replicas);
    EXPECT_EQ(told_of_verification(ErrorCode::not_coordinator, kTransactionV1), ErrorCode::not_enough_replicas);
}

}  // namespace
}  // namespace highwater
