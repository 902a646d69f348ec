#include "net/wire/message/sync_group.h"

#include "net/wire/codec_instantiate.h"

namespace highwater::wire {

template struct Codec<SyncGroupRequest::SyncGroupRequestAssignment>;
template struct Codec<SyncGroupRequest>;
template const MessageEntry& message_entry<SyncGroupRequest>();

template struct Codec<SyncGroupResponse>;
template const MessageEntry& message_entry<SyncGroupResponse>();

}  // namespace highwater::wire
