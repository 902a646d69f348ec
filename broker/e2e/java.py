"""Java programs of the tests: compiled and run with the jars of a peer."""

import testing

testing.need_command("java")


def command(peer, main_class, *arguments, classes=()):
    """To run a class, or a source file as it is. `classes`: folders of more of them."""
    path = [f"{testing.peer(peer)}/libs/*", *map(str, classes)]
    return ["java", "-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-Xshare:auto", "-cp", ":".join(path), main_class,
            *arguments]


def run(peer, main_class, *arguments, check=True, **options):
    """What it printed, also to the standard error if it may fail."""
    done = testing.run(command(peer, main_class, *arguments), check=check, timeout=300, **options)
    return (done.stdout + (b"" if check else done.stderr)).decode()


def compile(peer, source, folder):
    """Into `folder`, for what is started often. A Java that runs sources has the compiler, if not the command javac."""
    jars = ":".join(map(str, sorted((testing.peer(peer) / "libs").glob("*.jar"))))
    testing.run(["java", "-m", "jdk.compiler/com.sun.tools.javac.Main", "-Xlint:all,-processing", "-Werror", "-cp", jars,
                 "-d", str(folder), str(testing.ROOT / "broker/e2e" / source)])
