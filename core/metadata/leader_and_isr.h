#pragma once

#include <vector>

#include "core/metadata/image.h"
#include "core/metadata/records.h"
#include "core/metadata/replication_rules.h"

// What becomes of partitions when a broker or a setting changes: the changes that go into the same batch as the record
// of the cause. They are decided from the image before it. None where nothing changes.

namespace highwater {

/// `broker` is fenced, enters controlled shutdown, is unregistered, or came back after a clean shutdown: it leaves
/// every ISR (where it is the last, see change_partition) and leads nothing (KIP-631, KIP-841).
[[nodiscard]] std::vector<MetadataRecord> leader_and_isr_without(const MetadataImage& image, NodeId broker,
                                                                 const ReplicationDefaults& defaults);

/// `broker` came back and may have lost what it had not flushed: it leaves every ISR and every ELR (KIP-966). Without
/// eligible leader replicas as leader_and_isr_without().
[[nodiscard]] std::vector<MetadataRecord> leader_and_isr_after_unclean_shutdown(const MetadataImage& image,
                                                                                NodeId broker,
                                                                                const ReplicationDefaults& defaults);

/// `broker` is unfenced: partitions without a leader may find one in it.
[[nodiscard]] std::vector<MetadataRecord> leader_and_isr_after_unfencing(const MetadataImage& image, NodeId broker,
                                                                         const ReplicationDefaults& defaults);

/// `configs` are about to be written. Where they change min.insync.replicas or unclean.leader.election.enable, the
/// partitions that they concern are looked at under the new rules: with a lower minimum the ISR may be enough, and the
/// ELR ends before anything is committed without it (KIP-966: Kafka writes a ClearElrRecord, which clears also where
/// the ISR is still too small); with unclean elections a partition without a leader may get one.
[[nodiscard]] std::vector<MetadataRecord> leader_and_isr_after_configs(const MetadataImage& image,
                                                                       const std::vector<MetadataRecord>& configs,
                                                                       const ReplicationDefaults& defaults);

}  // namespace highwater
