"""What the checks of the tree share: where its sources are, and what they include."""

import pathlib
import re

FOLDERS = ("core", "net", "model", "proptests", "fuzz", "broker")
INCLUDE = re.compile(r'^\s*#\s*include\s*(?:"([^"]+)"|<([^>]+)>)', re.MULTILINE)


class Source:
    def __init__(self, root, path):
        self.path = path.relative_to(root).as_posix()
        self.text = path.read_text(encoding="utf-8")
        found = INCLUDE.findall(self.text)
        self.own_includes = [own for own, _ in found if own]
        self.system_includes = [system for _, system in found if system]

    def __str__(self):
        return self.path


def sources(root, *suffixes):
    """All files with these suffixes below the source folders, in order of path."""
    root = pathlib.Path(root)
    files = [path for folder in FOLDERS for path in (root / folder).rglob("*")]
    return [Source(root, path) for path in sorted(files) if path.suffix in suffixes and path.is_file()]


def report(problems, checked, what):
    """Prints the problems and ends the process: 1 if there are any."""
    for problem in problems:
        print(problem)
    print(f"{checked} {what} checked, {len(problems)} problem(s)")
    if checked == 0:
        raise SystemExit("nothing was checked")
    raise SystemExit(1 if problems else 0)
