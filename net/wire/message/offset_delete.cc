#include "net/wire/message/offset_delete.h"

#include "net/wire/codec_instantiate.h"

namespace highwater::wire {

template struct Codec<OffsetDeleteRequest::OffsetDeleteRequestPartition>;
template struct Codec<OffsetDeleteRequest::OffsetDeleteRequestTopic>;
template struct Codec<OffsetDeleteRequest>;
template const MessageEntry& message_entry<OffsetDeleteRequest>();

template struct Codec<OffsetDeleteResponse::OffsetDeleteResponsePartition>;
template struct Codec<OffsetDeleteResponse::OffsetDeleteResponseTopic>;
template struct Codec<OffsetDeleteResponse>;
template const MessageEntry& message_entry<OffsetDeleteResponse>();

}  // namespace highwater::wire
