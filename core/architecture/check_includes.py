#!/usr/bin/env python3
"""The layers: no file includes what lies above its folder, and the pure folders meet no clock, thread, file or device.

usage: check_includes.py ROOT
"""

import sys

from tree import report, sources

# Folder -> folders it may include, besides itself. The longest folder that a path begins with counts.
CORE = ["core"]
PURE = CORE + ["net/wire"]
NODE = PURE + ["broker/storage", "broker/engine"]
EVERYTHING = ["core", "net", "model", "broker"]
LAYERS = {
    "core/base": [],
    "core/log": ["core/base"],
    "core/partition": ["core/base", "core/log"],
    "core/metadata": ["core/base"],
    "core/coordinator": ["core/base"],
    "core/group": ["core/base", "core/coordinator", "core/partition"],
    "core/transaction": ["core/base", "core/coordinator"],
    "net/wire": CORE,
    "net/transport": PURE,
    "model": PURE,
    "model/mutants": PURE,
    "proptests": PURE + ["broker/storage"],
    "fuzz": PURE + ["broker/storage", "model"],
    "broker/storage": PURE,
    "broker/engine": PURE + ["broker/storage"],
    "broker/simulation": NODE + ["model"],
    "broker/io": NODE + ["net/transport"],
    "broker/config": NODE + ["net/transport", "broker/io"],
    "broker/client": NODE + ["net/transport", "broker/io"],
    "broker/cli": EVERYTHING,
    "broker/bench": EVERYTHING,
    "broker/e2e": EVERYTHING,
}

# Headers that bring time, chance, threads, files, processes or the language of the machine.
IMPURE_STD = {
    "atomic", "barrier", "condition_variable", "csignal", "ctime", "execution", "filesystem", "fstream", "future",
    "iostream", "latch", "locale", "clocale", "mutex", "random", "semaphore", "shared_mutex", "stop_token",
    "syncstream", "thread", "stacktrace", "print", "cstdlib", "cstdio",
}
EXCEPTIONS = {
    # The one file that ends the process, and says why before it does.
    "core/base/invariant.cc": {"cstdio", "cstdlib"},
    # Writes a date that it is given, as text.
    "broker/storage/meta_properties.cc": {"ctime"},
    # Seeded generators, for a disk whose faults repeat from the seed.
    "broker/storage/simulated_file_system.cc": {"random"},
}
OPERATING_SYSTEM = ("sys/", "netinet/", "arpa/", "linux/", "boost/asio")
OPERATING_SYSTEM_FILES = {"unistd.h", "fcntl.h", "signal.h", "pthread.h", "poll.h", "dirent.h", "time.h", "dlfcn.h"}
# Folders whose product is pure: their tests and mains may read files, their libraries may not.
PURE_FOLDERS = ("core", "net/wire", "broker/storage", "broker/engine", "model/world", "model/check")
CORE_LIBRARIES = ("fmt/", "range/v3/")


def layer_of(path):
    folders = [folder for folder in LAYERS if path.startswith(folder + "/")]
    return max(folders, key=len, default=None)


def is_test(path):
    return path.endswith(("_test.cc", "_main.cc")) or "/testing." in path


def is_impure(header):
    return (header in IMPURE_STD or header in OPERATING_SYSTEM_FILES or header.startswith(OPERATING_SYSTEM))


def problems_of(source):
    layer = layer_of(source.path)
    if layer is None:
        if source.path.startswith("model/"):
            layer = "model"
        else:
            return [f"{source}: its folder has no layer in check_includes.py"]
    found = []
    allowed = [layer] + LAYERS[layer]
    if layer == "model":
        allowed = ["model"] + LAYERS["model"]
    for include in source.own_includes:
        if "/" not in include or include.startswith("."):
            found.append(f'{source}: "{include}" is not written from the root of the tree')
        elif not any(include.startswith(folder + "/") for folder in allowed):
            found.append(f'{source}: includes "{include}", which lies above or beside {layer}')
    if not source.path.startswith(PURE_FOLDERS) or is_test(source.path):
        return found
    for include in source.system_includes:
        if is_impure(include) and include not in EXCEPTIONS.get(source.path, ()):
            found.append(f"{source}: includes <{include}>; {layer} is pure")
        is_std = "/" not in include and not include.endswith(".h")
        if layer.startswith("core") and not is_std and not include.startswith(CORE_LIBRARIES):
            found.append(f"{source}: includes <{include}>; core knows std, fmt and range-v3 only")
    return found


def main():
    files = sources(sys.argv[1], ".h", ".cc")
    report([problem for source in files for problem in problems_of(source)], len(files), "files")


if __name__ == "__main__":
    main()
