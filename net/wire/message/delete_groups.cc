#include "net/wire/message/delete_groups.h"

#include "net/wire/codec_instantiate.h"

namespace highwater::wire {

template struct Codec<DeleteGroupsRequest>;
template const MessageEntry& message_entry<DeleteGroupsRequest>();

template struct Codec<DeleteGroupsResponse::DeletableGroupResult>;
template struct Codec<DeleteGroupsResponse>;
template const MessageEntry& message_entry<DeleteGroupsResponse>();

}  // namespace highwater::wire
