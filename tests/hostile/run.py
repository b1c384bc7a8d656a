#!/usr/bin/env python3
"""Runs envacuate over a corpus of hostile inputs and checks what must hold whatever the input.

usage: run.py CORPUS BINARY [--only PREFIX]... [--cpu SECONDS] [--memory MB] [--user ID] [--jobs N] [--table]

CORPUS holds one directory per case. Each case holds its hostile thing and ordinary files beside it:

    aa_control.js  aa_control.py  zz_control.js  zz_control.py

each with one read of a secret, ENVACUATE_CONTROL_TOKEN, and a fallback, ENVCANARY followed by hexadecimal digits. For
every case and format:

  * the exit code is 0, 1 or 2, and nothing reads like a panic;
  * the run stays below the CPU time, the wall time and the memory that are allowed;
  * all four controls are reported;
  * no canary is printed: raw, in base64, reversed or as UTF-16;
  * no byte is printed that moves a cursor, reorders text or starts a command of a CI log;
  * no file is changed, made or removed.

Not a test of speed: the limits are far above what any case needs. Started by hand and by a nightly job; `cargo test`
has a few small cases of its own. Needs POSIX. As root, --user drops privileges for the run (65534 is nobody), as root
reads what nobody else can.
"""
import argparse
import base64
import hashlib
import json
import os
import re
import resource
import signal
import stat
import sys
import tempfile
import threading
import time

CONTROLS = ("aa_control.js", "aa_control.py", "zz_control.js", "zz_control.py")
TOKEN = "ENVACUATE_CONTROL_TOKEN"
FORMATS = ("json", "text", "concise", "jsonl", "sarif", "github", "gitlab", "junit")
PANIC = re.compile(rb"panicked at|stack overflow|overflowed its stack|Assertion|RUST_BACKTRACE|memory allocation of|"
                   rb"core dumped|defect of envacuate")
CANARY = re.compile(rb"ENVCANARY[0-9a-f]{8}")
# C0 but for tab and line feed, DEL; C1, zero width, bidi, separators and the byte order mark in UTF-8.
CONTROL = re.compile(rb"[\x00-\x08\x0b-\x1f\x7f]|\xc2[\x80-\x9f]|\xe2\x80[\x8b-\x8f\xa8-\xae]|\xe2\x81[\xa0-\xaf]|"
                     rb"\xef\xbb\xbf")
MOST_OUTPUT = 5_000_000


def arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("corpus")
    parser.add_argument("binary")
    parser.add_argument("--only", action="append", default=[])
    parser.add_argument("--cpu", type=float, default=10)
    parser.add_argument("--memory", type=int, default=500)
    parser.add_argument("--wall", type=float, default=120)
    parser.add_argument("--user", type=int)
    parser.add_argument("--jobs", type=int, default=0)
    parser.add_argument("--formats", default=",".join(FORMATS))
    parser.add_argument("--table", action="store_true", help="print CPU time and memory of every case")
    return parser.parse_args()


def snapshot(root):
    """What stands in a directory: type, mode, size, time and content of everything, links not followed."""
    seen = {}
    # By file descriptor: some paths are longer than the system takes.
    for folder, folders, files, handle in os.fwalk(os.fsencode(root), onerror=lambda error: None):
        for name in folders + files:
            info = os.stat(name, dir_fd=handle, follow_symlinks=False)
            what = (info.st_mode, info.st_size, info.st_mtime_ns)
            if stat.S_ISLNK(info.st_mode):
                what += (os.readlink(name, dir_fd=handle),)
            elif stat.S_ISREG(info.st_mode) and info.st_size < 4_000_000:
                try:
                    with open(os.open(name, os.O_RDONLY, dir_fd=handle), "rb") as file:
                        what += (hashlib.md5(file.read()).digest(),)
                except OSError as error:
                    what += (error.errno,)
            seen[folder, name] = what
    return seen


class Run:
    """One run of the binary: exit code or signal, output, and what it cost."""

    def __init__(self, command, folder, options):
        with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
            start = time.monotonic()
            child = os.fork()
            if child == 0:
                try:
                    os.chdir(folder)
                    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
                    os.dup2(out.fileno(), 1)
                    os.dup2(err.fileno(), 2)
                    seconds = int(options.cpu) + 5
                    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
                    resource.setrlimit(resource.RLIMIT_AS, (4 << 30, 4 << 30))
                    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
                    if options.user is not None:
                        os.setgroups([])
                        os.setgid(options.user)
                        os.setuid(options.user)
                    os.execve(command[0], command, {"PATH": os.environ["PATH"], "RUST_BACKTRACE": "full"})
                finally:
                    os._exit(127)
            timer = threading.Timer(options.wall, os.kill, (child, signal.SIGKILL))
            timer.start()
            _, status, usage = os.wait4(child, 0)
            timer.cancel()
            self.wall = time.monotonic() - start
            self.cpu = usage.ru_utime + usage.ru_stime
            self.memory = usage.ru_maxrss / 1024
            self.code = os.waitstatus_to_exitcode(status)
            out.seek(0)
            err.seek(0)
            self.out = out.read()
            self.err = err.read()


def leaks(data):
    """The forms in which a canary stands in `data`."""
    narrow = data.replace(b"\0", b"")
    found = []
    if CANARY.search(narrow):
        found.append("canary")
    if re.search(rb"[0-9a-f]{8}YRANACVNE", narrow):
        found.append("canary reversed")
    for shift in range(3):
        # Whole groups only: what stands beside them changes the rest.
        text = base64.b64encode(b"x" * shift + b"ENVCANARY")
        if text[4 if shift else 0:12] in data:
            found.append("canary in base64")
            break
    return found


def reported(run):
    """The controls that a JSON report names; None where it is no JSON."""
    try:
        report = json.loads(run.out)
    except ValueError:
        return None
    found = set()
    for finding in report["findings"]:
        name = finding["path"]
        if finding.get("secret") == TOKEN and name in CONTROLS:
            found.add(name)
    return found


def judge(run, form, options):
    """What is wrong with one run."""
    wrong = []
    if run.code not in (0, 1, 2):
        wrong.append(f"exit {run.code}")
    if run.cpu > options.cpu:
        wrong.append(f"{run.cpu:.1f} CPU s")
    if run.memory > options.memory:
        wrong.append(f"{run.memory:.0f} MB")
    if len(run.out) + len(run.err) > MOST_OUTPUT:
        wrong.append(f"{len(run.out) + len(run.err)} bytes of output")
    for name, data in (("stdout", run.out), ("stderr", run.err)):
        if panic := PANIC.search(data):
            wrong.append(f"{name} says {panic.group().decode()!r}")
        wrong += [f"{leak} in {name}" for leak in leaks(data)]
        if control := CONTROL.search(data):
            wrong.append(f"control bytes {control.group()!r} in {name}")
    if form == "json":
        found = reported(run)
        if found is None:
            wrong.append("no JSON")
        elif lost := set(CONTROLS) - found:
            wrong.append("lost " + " ".join(sorted(lost)))
    if form == "github" and (odd := [line for line in run.out.splitlines() if line and not line.startswith(b"::")]):
        wrong.append(f"a line that is no annotation: {odd[0][:60]!r}")
    return wrong


def check(case, options):
    """Runs one case in every format; what is wrong, and the dearest run."""
    folder = os.path.join(options.corpus, case)
    before = snapshot(folder)
    wrong, runs = [], []
    commands = [(form, ["--format", form]) for form in options.formats.split(",")]
    # A hostile tree may switch things off for its own users, but not in continuous integration.
    if case.startswith(("cfg__", "inject__")):
        commands.append(("json", ["--format", "json", "--ci", "--no-ignore"]))
    for form, extra in commands:
        command = [os.path.abspath(options.binary), "check", "--color", "never", *extra, f"--jobs={options.jobs}"]
        run = Run(command, folder, options)
        runs.append(run)
        found = judge(run, form, options)
        if case.startswith("cfg__") and "--ci" not in extra:
            found = [what for what in found if not what.startswith("lost ")]
        wrong += [f"{' '.join(extra)}: {what}" for what in found]
        if found and run.cpu > options.cpu:
            # The other formats would cost as much.
            break
    if snapshot(folder) != before:
        wrong.append("files were changed")
    return wrong, max(run.cpu for run in runs), max(run.memory for run in runs), max(len(run.out) for run in runs)


def main():
    options = arguments()
    cases = sorted(
        case for case in os.listdir(options.corpus)
        if os.path.isfile(os.path.join(options.corpus, case, CONTROLS[0]))
        and (not options.only or any(case.startswith(prefix) for prefix in options.only))
    )
    failed, costs = 0, []
    for case in cases:
        wrong, cpu, memory, size = check(case, options)
        costs.append((cpu, memory, size, case))
        if options.table:
            print(f"{cpu:8.2f} s {memory:6.0f} MB {size:9} B  {case}")
        if wrong:
            failed += 1
            print(f"FAIL {case}", *(f"  {what}" for what in wrong), sep="\n", flush=True)
    if not cases:
        sys.exit("no cases found")
    middle = sorted(cost[0] for cost in costs)[len(costs) // 2]
    print(f"{len(cases) - failed} of {len(cases)} cases pass; median {middle:.2f} CPU s")
    for name, at, unit in (("CPU", 0, "s"), ("memory", 1, "MB"), ("output", 2, "B")):
        worst = max(costs, key=lambda cost: cost[at])
        print(f"most {name}: {worst[at]:.2f} {unit} in {worst[3]}")
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
