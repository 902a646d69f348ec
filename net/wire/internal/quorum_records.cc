#include "net/wire/internal/quorum_records.h"

#include "net/wire/codec_instantiate.h"

namespace highwater::wire {

template struct Codec<LeaderChangeMessage::Voter>;
template struct Codec<LeaderChangeMessage>;
template const MessageEntry& message_entry<LeaderChangeMessage>();

template struct Codec<SnapshotHeaderRecord>;
template const MessageEntry& message_entry<SnapshotHeaderRecord>();

template struct Codec<SnapshotFooterRecord>;
template const MessageEntry& message_entry<SnapshotFooterRecord>();

template struct Codec<KRaftVersionRecord>;
template const MessageEntry& message_entry<KRaftVersionRecord>();

template struct Codec<VotersRecord::Endpoint>;
template struct Codec<VotersRecord::KRaftVersionFeature>;
template struct Codec<VotersRecord::Voter>;
template struct Codec<VotersRecord>;
template const MessageEntry& message_entry<VotersRecord>();

}  // namespace highwater::wire
