#include "net/wire/message/list_groups.h"

#include "net/wire/codec_instantiate.h"

namespace highwater::wire {

template struct Codec<ListGroupsRequest>;
template const MessageEntry& message_entry<ListGroupsRequest>();

template struct Codec<ListGroupsResponse::ListedGroup>;
template struct Codec<ListGroupsResponse>;
template const MessageEntry& message_entry<ListGroupsResponse>();

}  // namespace highwater::wire
