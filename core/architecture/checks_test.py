#!/usr/bin/env python3
"""The checks of the tree find what they look for: each is run on a small tree with one thing wrong in it."""

import json
import pathlib
import subprocess
import sys
import tempfile
import unittest

HERE = pathlib.Path(__file__).resolve().parent


class Checks(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.root = pathlib.Path(self.folder.name).resolve() / "tree"
        self.write("core/base/offset.h", "#pragma once\n")
        self.write("core/base/offset.cc", '#include "core/base/offset.h"\n')

    def tearDown(self):
        self.folder.cleanup()

    def write(self, path, text):
        file = self.root / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")

    def run_check(self, script, *arguments):
        command = [sys.executable, "-B", str(HERE / script), *map(str, arguments)]
        return subprocess.run(command, capture_output=True, text=True, check=False)

    def includes(self):
        return self.run_check("check_includes.py", self.root)

    def tree(self, *built):
        commands = [{"directory": str(self.root), "file": path} for path in built]
        file = self.root / "compile_commands.json"
        file.write_text(json.dumps(commands), encoding="utf-8")
        return self.run_check("check_tree.py", self.root, file)

    def symbols(self, text):
        source, library = self.root / "a.cc", self.root / "liba.a"
        source.write_text(text, encoding="utf-8")
        subprocess.run(["c++", "-c", str(source), "-o", str(self.root / "a.o")], check=True)
        subprocess.run(["ar", "rc", str(library), str(self.root / "a.o")], check=True)
        return self.run_check("check_symbols.py", library)

    def assert_finds(self, result, text):
        self.assertEqual(result.returncode, 1, result.stdout + result.stderr)
        self.assertIn(text, result.stdout)

    def test_a_tree_in_order_passes(self):
        self.assertEqual(self.includes().returncode, 0)
        self.assertEqual(self.tree("core/base/offset.cc").returncode, 0)

    def test_an_include_that_points_up_is_found(self):
        self.write("core/log/a.h", '#include "net/wire/reader.h"\n')
        self.assert_finds(self.includes(), "core/log/a.h")
        self.write("core/log/a.h", '#include "core/partition/replica.h"\n')
        self.assert_finds(self.includes(), "core/log/a.h")

    def test_a_clock_in_the_core_is_found(self):
        self.write("core/base/offset.cc", "#include <ctime>\n")
        self.assert_finds(self.includes(), "<ctime>")

    def test_the_operating_system_in_the_engine_is_found(self):
        self.write("broker/engine/a.cc", "#include <sys/socket.h>\n")
        self.assert_finds(self.includes(), "<sys/socket.h>")

    def test_a_library_that_the_core_may_not_know_is_found(self):
        self.write("core/base/offset.cc", "#include <zlib.h>\n")
        self.assert_finds(self.includes(), "<zlib.h>")

    def test_a_folder_without_a_layer_is_found(self):
        self.write("broker/attic/a.h", "#pragma once\n")
        self.assert_finds(self.includes(), "has no layer")

    def test_a_source_that_no_target_builds_is_found(self):
        self.assert_finds(self.tree(), "core/base/offset.cc: no target builds it")

    def test_a_header_that_nobody_includes_is_found(self):
        self.write("core/base/lonely.h", "#pragma once\n")
        self.assert_finds(self.tree("core/base/offset.cc"), "core/base/lonely.h: nobody includes it")

    def test_marks_of_unfinished_work_are_found(self):
        self.write("core/base/offset.h", "// TO" + "DO: the rest\n")
        self.assert_finds(self.tree("core/base/offset.cc"), "unfinished")

    def test_a_path_of_one_machine_is_found(self):
        self.write("core/base/offset.h", '// see "/ho' + 'me/me/notes"\n')
        self.assert_finds(self.tree("core/base/offset.cc"), "path of one machine")

    def test_symbols_of_time_and_files_are_found(self):
        harmless = "#include <cstring>\nunsigned long f(const char* s) { return std::strlen(s); }\n"
        self.assertEqual(self.symbols(harmless).returncode, 0)
        self.assert_finds(self.symbols("#include <ctime>\nlong f() { return std::time(nullptr); }\n"), "time")
        self.assert_finds(self.symbols("#include <unistd.h>\nint f() { return read(0, nullptr, 0); }\n"), "read")
        self.assert_finds(self.symbols("#include <chrono>\nauto f() { return std::chrono::steady_clock::now(); }\n"),
                          "steady_clock")
        self.assert_finds(self.symbols("#include <cstdlib>\nint f() { return std::rand(); }\n"), "rand")


if __name__ == "__main__":
    unittest.main()
