#include "net/wire/message/delete_topics.h"

#include "net/wire/codec_instantiate.h"

namespace highwater::wire {

template struct Codec<DeleteTopicsRequest::DeleteTopicState>;
template struct Codec<DeleteTopicsRequest>;
template const MessageEntry& message_entry<DeleteTopicsRequest>();

template struct Codec<DeleteTopicsResponse::DeletableTopicResult>;
template struct Codec<DeleteTopicsResponse>;
template const MessageEntry& message_entry<DeleteTopicsResponse>();

}  // namespace highwater::wire
