#include "net/wire/internal/offset_commit_records.h"

#include "net/wire/codec_instantiate.h"

namespace highwater::wire {

template struct Codec<OffsetCommitKey>;
template const MessageEntry& message_entry<OffsetCommitKey>();

template struct Codec<OffsetCommitValue>;
template const MessageEntry& message_entry<OffsetCommitValue>();

}  // namespace highwater::wire
