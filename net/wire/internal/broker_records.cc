#include "net/wire/internal/broker_records.h"

#include "net/wire/codec_instantiate.h"

namespace highwater::wire {

template struct Codec<RegisterBrokerRecord::BrokerEndpoint>;
template struct Codec<RegisterBrokerRecord::BrokerFeature>;
template struct Codec<RegisterBrokerRecord>;
template const MessageEntry& message_entry<RegisterBrokerRecord>();

template struct Codec<UnregisterBrokerRecord>;
template const MessageEntry& message_entry<UnregisterBrokerRecord>();

template struct Codec<FenceBrokerRecord>;
template const MessageEntry& message_entry<FenceBrokerRecord>();

template struct Codec<UnfenceBrokerRecord>;
template const MessageEntry& message_entry<UnfenceBrokerRecord>();

template struct Codec<BrokerRegistrationChangeRecord>;
template const MessageEntry& message_entry<BrokerRegistrationChangeRecord>();

}  // namespace highwater::wire
