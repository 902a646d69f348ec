#include "net/wire/message/leave_group.h"

#include "net/wire/codec_instantiate.h"

namespace highwater::wire {

template struct Codec<LeaveGroupRequest::MemberIdentity>;
template struct Codec<LeaveGroupRequest>;
template const MessageEntry& message_entry<LeaveGroupRequest>();

template struct Codec<LeaveGroupResponse::MemberResponse>;
template struct Codec<LeaveGroupResponse>;
template const MessageEntry& message_entry<LeaveGroupResponse>();

}  // namespace highwater::wire
