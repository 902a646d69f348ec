#!/usr/bin/env python3
"""The core calls nothing that tells time, draws chance, opens, reads, writes or waits: its object files leave no symbol
undefined but memory, strings, the language's runtime, formatting, and what ends the process on a broken invariant.

usage: check_symbols.py LIBRARY
"""

import re
import subprocess
import sys

ALLOWED = [
    # Memory and plain functions of C.
    r"operator (new|delete)(\[\])?\(.*\)", r"mem(cpy|move|set|cmp|chr)", r"strlen", r"bcmp", r"ceil", r"__u?(div|mod)ti3",
    # A broken invariant: says so, then stops.
    r"abort", r"fprintf", r"stderr", r"__stack_chk_fail", r"__glibcxx_assert_fail",
    # The C++ runtime: exceptions and type information (of templates that are never thrown from here), trees, statics.
    r"_Unwind_Resume", r"__gxx_personality_v0", r"__cxa_\w+", r"__dso_handle", r"_GLOBAL_OFFSET_TABLE_",
    r"(vtable|typeinfo|typeinfo name) for (__cxxabiv1::\w+|std::\w+|fmt::.*)", r"__clang_call_terminate",
    r"std::terminate\(\)", r"std::__throw_\w+\(.*\)", r"std::_Rb_tree_\w+\(.*\)", r"std::__glibcxx_assert_fail\(.*\)",
    r"std::(exception|runtime_error|logic_error|bad_\w+)::.*", r"std::__detail::_Prime_rehash_policy::.*",
    # Strings and numbers of the standard library.
    r"(std::)?allocator<char>::.*", r"std::allocator<char>::.*", r"std::(__cxx11::)?basic_string<char.*",
    r"std::from_chars\(.*\)", r"std::to_chars\(.*\)", r"std::__cxx11::to_string\(.*\)", r"snprintf",
    # Formatting.
    r".*\bfmt::v\d+::.*",
    # What sanitizers and coverage add.
    r"__(asan|ubsan|tsan|sanitizer|sancov|llvm|lsan)_\w+", r"__start_\w+", r"__stop_\w+",
]
ALLOWED_PATTERN = re.compile("|".join(f"(?:{pattern})" for pattern in ALLOWED))
# If the list above ever grew a hole, these would still be found.
NEVER = re.compile(
    r"clock|gettimeofday|\btime\b|nanosleep|usleep|\brand|random|getentropy|pthread_create|syscall|\bopen|\bread\b|"
    r"\bwrite\b|\bsocket|\bfork|getenv|std::(chrono|thread|filesystem|random_device|locale)::?.*now")


def symbols(library, *options):
    output = subprocess.run(["nm", "-C", *options, library], check=True, capture_output=True, text=True).stdout
    return output.splitlines()


def main():
    library = sys.argv[1]
    defined = {line.split(maxsplit=2)[2] for line in symbols(library, "--defined-only") if len(line.split()) >= 3}
    undefined = {line.split(maxsplit=1)[1] for line in symbols(library, "--undefined-only") if line.strip().startswith("U ")}
    outside = sorted(undefined - defined)
    problems = [symbol for symbol in outside if not ALLOWED_PATTERN.fullmatch(symbol) or NEVER.search(symbol)]
    for symbol in problems:
        print(f"the core needs {symbol}")
    print(f"{len(outside)} symbols from outside checked, {len(problems)} problem(s)")
    if not defined or not outside:
        raise SystemExit("nothing was checked")
    raise SystemExit(1 if problems else 0)


if __name__ == "__main__":
    main()
