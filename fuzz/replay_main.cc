// Runs a fuzz target over committed inputs without libFuzzer, so that every build, GCC's too, checks them.
//
// Usage: <target>_replay FOLDER...   Each file of each folder is one input, taken in order of name. The name is
// printed before the input runs: the last name printed is the one that crashed. An empty folder is a failure.

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <system_error>
#include <vector>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);
extern "C" __attribute__((weak)) int LLVMFuzzerInitialize(int* argc, char*** argv);

// A target with its own mutator refers to libFuzzer's; nothing mutates here.
extern "C" std::size_t LLVMFuzzerMutate(std::uint8_t* /*data*/, std::size_t /*size*/, std::size_t /*max_size*/) {
    std::abort();
}

int main(int argc, char** argv) {
    if (LLVMFuzzerInitialize != nullptr) {
        LLVMFuzzerInitialize(&argc, &argv);
    }
    std::setvbuf(stdout, nullptr, _IOLBF, 0);
    if (argc < 2) {
        std::fprintf(stderr, "usage: %s FOLDER...\n", argv[0]);
        return 64;
    }
    for (int i = 1; i < argc; ++i) {
        std::vector<std::filesystem::path> inputs;
        std::error_code error;
        for (const auto& entry : std::filesystem::directory_iterator(argv[i], error)) {
            if (entry.is_regular_file()) {
                inputs.push_back(entry.path());
            }
        }
        if (error || inputs.empty()) {
            std::fprintf(stderr, "%s: no inputs%s%s\n", argv[i], error ? ": " : "",
                         error ? error.message().c_str() : "");
            return 1;
        }
        std::sort(inputs.begin(), inputs.end());
        for (const auto& input : inputs) {
            std::printf("%s\n", input.filename().c_str());
            std::ifstream file(input, std::ios::binary);
            if (!file) {
                std::fprintf(stderr, "%s: cannot be read\n", input.c_str());
                return 1;
            }
            const std::vector<char> bytes{std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
            LLVMFuzzerTestOneInput(reinterpret_cast<const std::uint8_t*>(bytes.data()), bytes.size());
        }
        std::printf("%zu inputs of %s ran\n", inputs.size(), argv[i]);
    }
    return 0;
}
