// Applies one mutant's edits to copies of core source files, and fails loudly when a text is not there exactly once.
//
//   apply_mutant MUTANT_FILE SOURCE_DIR OUTPUT_DIR
//
// A mutant file has lines `word rest-of-line` (id, title, source, scenario, scope, breaks; explorer where it is not the
// exhaustive one), lines that begin with #, and one or more edits. Where a test program hunts it instead of the model
// checker, `hunter` and `test` stand for scenario and scope: the program, and the gtest filter of the test that must
// fail.
//
//   file core/log/producer_state.cc
//   find
//   | text that stands in the file exactly once, line by line
//   put
//   | what stands there instead
//
// Each quoted line is what follows "| ". A find without trailing context matches whole lines.
#include <filesystem>
#include <fstream>
#include <iostream>
#include <map>
#include <sstream>
#include <string>
#include <vector>

namespace {

struct Edit {
    std::string file;
    std::string find;
    std::string put;
};

[[noreturn]] void fail(const std::string& message) {
    std::cerr << "apply_mutant: " << message << '\n';
    std::exit(1);
}

std::string read(const std::filesystem::path& path) {
    std::ifstream in(path);
    if (!in) fail("cannot read " + path.string());
    std::ostringstream text;
    text << in.rdbuf();
    return text.str();
}

std::string literal(const std::string& text) {
    std::string out = "\"";
    for (const char c : text) {
        if (c == '"' || c == '\\') out += '\\';
        out += c;
    }
    return out + '"';
}

}  // namespace

int main(int argc, char** argv) {
    if (argc != 4) fail("three arguments: MUTANT_FILE SOURCE_DIR OUTPUT_DIR");
    const std::filesystem::path mutant = argv[1];
    const std::filesystem::path source = argv[2];
    const std::filesystem::path output = argv[3];

    std::map<std::string, std::string> words;
    std::vector<Edit> edits;
    std::string* text = nullptr;
    std::ifstream in(mutant);
    if (!in) fail("cannot read " + mutant.string());
    std::size_t number = 0;
    for (std::string line; std::getline(in, line);) {
        const std::string where = mutant.filename().string() + ":" + std::to_string(++number) + ": ";
        if (line.empty() || line.front() == '#') continue;
        if (line.front() == '|') {
            if (text == nullptr) fail(where + "a quoted line outside find and put");
            *text += (line.size() > 2 ? line.substr(2) : std::string{}) + "\n";
            continue;
        }
        const auto space = line.find(' ');
        std::string word = line.substr(0, space);
        const std::string rest = space == std::string::npos ? std::string{} : line.substr(space + 1);
        if (word == "hunter") word = "scenario";
        if (word == "test") word = "scope";
        if (word == "file") {
            edits.push_back({rest, {}, {}});
            text = nullptr;
        } else if (word == "find" || word == "put") {
            if (edits.empty()) fail(where + word + " before file");
            text = word == "find" ? &edits.back().find : &edits.back().put;
        } else if (word == "id" || word == "title" || word == "source" || word == "scenario" || word == "scope" ||
                   word == "explorer" || word == "breaks") {
            words[word] = rest;
        } else {
            fail(where + "unknown word " + word);
        }
    }
    for (const char* word : {"id", "title", "source", "scenario", "scope", "breaks"}) {
        if (words[word].empty()) fail(mutant.string() + " has no " + word);
    }
    if (edits.empty()) fail(mutant.string() + " edits nothing");

    std::map<std::string, std::string> files;
    for (const Edit& edit : edits) {
        if (edit.find.empty()) fail(mutant.string() + ": an edit finds nothing");
        if (!files.contains(edit.file)) files[edit.file] = read(source / edit.file);
        std::string& content = files[edit.file];
        const auto at = content.find(edit.find);
        if (at == std::string::npos) {
            fail(mutant.string() + " no longer matches " + edit.file + ". It looks for:\n" + edit.find);
        }
        if (content.find(edit.find, at + 1) != std::string::npos) {
            fail(mutant.string() + " matches " + edit.file + " more than once. It looks for:\n" + edit.find);
        }
        if (edit.put == edit.find) fail(mutant.string() + " changes nothing in " + edit.file);
        content.replace(at, edit.find.size(), edit.put);
    }
    // What an older version of the mutant edited must not stand ahead of the original any more.
    std::filesystem::remove_all(output);
    for (const auto& [name, content] : files) {
        std::filesystem::create_directories((output / name).parent_path());
        std::ofstream(output / name) << content;
    }
    std::ofstream(output / "variant.cc") << "#include \"model/mutants/mutant.h\"\n\n"
                                         << "namespace highwater::model {\n\n"
                                         << "const CoreVariant& core_variant() {\n"
                                         << "    static constexpr CoreVariant kMutant{" << literal(words["id"]) << ", "
                                         << literal(words["title"]) << ",\n        " << literal(words["source"]) << ", "
                                         << literal(words["scenario"]) << ", " << literal(words["scope"])
                                         << ",\n        " << literal(words["breaks"]) << ", "
                                         << literal(words["explorer"]) << "};\n"
                                         << "    return kMutant;\n}\n\n}  // namespace highwater::model\n";
    return 0;
}
