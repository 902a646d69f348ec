#include "net/wire/internal/group_metadata_records.h"

#include "net/wire/codec_instantiate.h"

namespace highwater::wire {

template struct Codec<GroupMetadataKey>;
template const MessageEntry& message_entry<GroupMetadataKey>();

template struct Codec<GroupMetadataValue::MemberMetadata>;
template struct Codec<GroupMetadataValue>;
template const MessageEntry& message_entry<GroupMetadataValue>();

}  // namespace highwater::wire
