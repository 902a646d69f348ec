#include "net/wire/message/init_producer_id.h"

#include "net/wire/codec_instantiate.h"

namespace highwater::wire {

template struct Codec<InitProducerIdRequest>;
template const MessageEntry& message_entry<InitProducerIdRequest>();

template struct Codec<InitProducerIdResponse>;
template const MessageEntry& message_entry<InitProducerIdResponse>();

}  // namespace highwater::wire
