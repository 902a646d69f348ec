#include "net/wire/message/write_txn_markers.h"

#include "net/wire/codec_instantiate.h"

namespace highwater::wire {

template struct Codec<WriteTxnMarkersRequest::WritableTxnMarkerTopic>;
template struct Codec<WriteTxnMarkersRequest::WritableTxnMarker>;
template struct Codec<WriteTxnMarkersRequest>;
template const MessageEntry& message_entry<WriteTxnMarkersRequest>();

template struct Codec<WriteTxnMarkersResponse::WritableTxnMarkerPartitionResult>;
template struct Codec<WriteTxnMarkersResponse::WritableTxnMarkerTopicResult>;
template struct Codec<WriteTxnMarkersResponse::WritableTxnMarkerResult>;
template struct Codec<WriteTxnMarkersResponse>;
template const MessageEntry& message_entry<WriteTxnMarkersResponse>();

}  // namespace highwater::wire
