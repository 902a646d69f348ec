#include "net/wire/record/codec.h"

namespace highwater::wire {

std::string_view codec_name(Codec codec) {
    switch (codec) {
        case Codec::none:
            return "none";
        case Codec::gzip:
            return "gzip";
        case Codec::snappy:
            return "snappy";
        case Codec::lz4:
            return "lz4";
        case Codec::zstd:
            return "zstd";
    }
    return "none";
}

std::optional<Codec> codec_from_name(std::string_view name) {
    if (name == "uncompressed") return Codec::none;
    for (const Codec codec : {Codec::none, Codec::gzip, Codec::snappy, Codec::lz4, Codec::zstd}) {
        if (name == codec_name(codec)) return codec;
    }
    return std::nullopt;
}

}  // namespace highwater::wire
