#include "net/wire/message/create_topics.h"

#include "net/wire/codec_instantiate.h"

namespace highwater::wire {

template struct Codec<CreateTopicsRequest::CreatableReplicaAssignment>;
template struct Codec<CreateTopicsRequest::CreatableTopicConfig>;
template struct Codec<CreateTopicsRequest::CreatableTopic>;
template struct Codec<CreateTopicsRequest>;
template const MessageEntry& message_entry<CreateTopicsRequest>();

template struct Codec<CreateTopicsResponse::CreatableTopicConfigs>;
template struct Codec<CreateTopicsResponse::CreatableTopicResult>;
template struct Codec<CreateTopicsResponse>;
template const MessageEntry& message_entry<CreateTopicsResponse>();

}  // namespace highwater::wire
