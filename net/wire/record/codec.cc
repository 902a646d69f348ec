#include "net/wire/record/codec.h"

namespace highwater::wire {

std::string_view codec_name(CompressionCodec codec) {
    switch (codec) {
        case CompressionCodec::none:
            return "none";
        case CompressionCodec::gzip:
            return "gzip";
        case CompressionCodec::snappy:
            return "snappy";
        case CompressionCodec::lz4:
            return "lz4";
        case CompressionCodec::zstd:
            return "zstd";
    }
    return "none";
}

std::optional<CompressionCodec> codec_from_name(std::string_view name) {
    if (name == "uncompressed") return CompressionCodec::none;
    for (const CompressionCodec codec : {CompressionCodec::none, CompressionCodec::gzip, CompressionCodec::snappy,
                                         CompressionCodec::lz4, CompressionCodec::zstd}) {
        if (name == codec_name(codec)) return codec;
    }
    return std::nullopt;
}

}  // namespace highwater::wire
