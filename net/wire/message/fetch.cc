#include "net/wire/message/fetch.h"

#include "net/wire/codec_instantiate.h"

namespace highwater::wire {

template struct Codec<FetchRequest::ReplicaState>;
template struct Codec<FetchRequest::FetchPartition>;
template struct Codec<FetchRequest::FetchTopic>;
template struct Codec<FetchRequest::ForgottenTopic>;
template struct Codec<FetchRequest>;
template const MessageEntry& message_entry<FetchRequest>();

template struct Codec<FetchResponse::EpochEndOffset>;
template struct Codec<FetchResponse::LeaderIdAndEpoch>;
template struct Codec<FetchResponse::SnapshotId>;
template struct Codec<FetchResponse::AbortedTransaction>;
template struct Codec<FetchResponse::PartitionData>;
template struct Codec<FetchResponse::FetchableTopicResponse>;
template struct Codec<FetchResponse::NodeEndpoint>;
template struct Codec<FetchResponse>;
template const MessageEntry& message_entry<FetchResponse>();

}  // namespace highwater::wire
