#include "net/wire/message/join_group.h"

#include "net/wire/codec_instantiate.h"

namespace highwater::wire {

template struct Codec<JoinGroupRequest::JoinGroupRequestProtocol>;
template struct Codec<JoinGroupRequest>;
template const MessageEntry& message_entry<JoinGroupRequest>();

template struct Codec<JoinGroupResponse::JoinGroupResponseMember>;
template struct Codec<JoinGroupResponse>;
template const MessageEntry& message_entry<JoinGroupResponse>();

}  // namespace highwater::wire
