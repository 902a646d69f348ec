#include "net/wire/message/produce.h"

#include "net/wire/codec_instantiate.h"

namespace highwater::wire {

template struct Codec<ProduceRequest::PartitionProduceData>;
template struct Codec<ProduceRequest::TopicProduceData>;
template struct Codec<ProduceRequest>;
template const MessageEntry& message_entry<ProduceRequest>();

template struct Codec<ProduceResponse::BatchIndexAndErrorMessage>;
template struct Codec<ProduceResponse::LeaderIdAndEpoch>;
template struct Codec<ProduceResponse::PartitionProduceResponse>;
template struct Codec<ProduceResponse::TopicProduceResponse>;
template struct Codec<ProduceResponse::NodeEndpoint>;
template struct Codec<ProduceResponse>;
template const MessageEntry& message_entry<ProduceResponse>();

}  // namespace highwater::wire
