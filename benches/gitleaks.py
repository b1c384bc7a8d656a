#!/usr/bin/env python3
"""Compares what envacuate and gitleaks find in the config files of the fixtures. See README.md beside this file.

usage: gitleaks.py BINARY GITLEAKS [--show]

Every line that a fixture announces is a secret, every other line is none. The fixtures are copied first, without their
announcements, and with values as services make them: of the right length, and without the word `fixture`, which a tool
may rightly take for a sign that a value is not real. A tool finds a secret when it points to its line.
"""
import argparse
import json
import pathlib
import random
import re
import subprocess
import tempfile

FIXTURES = pathlib.Path(__file__).parent.parent / "fixtures/rules/plaintext-secret"
MARK = re.compile(r"\s*(?://~|#~)(\^*)(.*)$")
# Tokens whose length a service fixes: prefix and the characters behind it.
LENGTHS = {"ghp_": 36, "gho_": 36, "npm_": 36, "hf_": 34, "AIza": 35, "figd_": 40, "glpat-": 20, "sk-ant-api03-": 95}


def real(text):
    """The text with values as they are in life, the same ones for the same text."""
    maker = random.Random(7)
    letters = "".join(maker.choice("bcdghkmnpqrstvwz2468") for _ in range(7))
    text = re.sub("fixture", letters, re.sub("FIXTURE", letters.upper(), text))
    for prefix, length in LENGTHS.items():
        def fill(found, length=length):
            body = found[2][:length]
            more = (maker.choice("abcdefhkmnprstuvwxyzABCDEFHKMN3456789") for _ in range(length - len(body)))
            return found[1] + body + "".join(more)
        text = re.sub(rf"(?<![A-Za-z0-9_-])({prefix})([A-Za-z0-9_-]{{16,}})", fill, text)
    return text


def prepare(source, target):
    """Copies a fixture; the lines that hold a secret."""
    lines, announced = [], set()
    for number, line in enumerate(source.read_text().split("\n"), 1):
        found = MARK.search(line)
        if found and "suppressed" not in found[2]:
            at = number - len(found[1])
            announced |= {at} if "plaintext-secret" in found[2] else set()
        lines.append(MARK.sub("", line))
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(real("\n".join(lines)))
    return announced


def envacuate(binary, root):
    command = [binary, "check", "--format", "json", "--isolated", "--select", "plaintext-secret", "."]
    out = subprocess.run(command, cwd=root, capture_output=True, text=True, check=False)
    return {(one["path"], one["start"]["line"]) for one in json.loads(out.stdout)["findings"] if not one["suppressed"]}


def gitleaks(binary, root):
    with tempfile.NamedTemporaryFile(suffix=".json") as report:
        command = [binary, "dir", ".", "--no-banner", "--log-level=error", "--exit-code=0", "--report-format=json"]
        subprocess.run([*command, f"--report-path={report.name}"], cwd=root, check=True, capture_output=True)
        found = json.loads(pathlib.Path(report.name).read_text() or "[]")
    return {(one["File"].removeprefix("./"), one["StartLine"]) for one in found}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("binary")
    parser.add_argument("gitleaks")
    parser.add_argument("--show", action="store_true")
    arguments = parser.parse_args()
    binary, other = (str(pathlib.Path(path).resolve()) for path in (arguments.binary, arguments.gitleaks))
    cases, secrets = set(), set()
    with tempfile.TemporaryDirectory() as folder:
        root = pathlib.Path(folder) / "cases"
        for source in sorted(path for path in FIXTURES.rglob("*") if path.is_file()):
            path = source.relative_to(FIXTURES)
            # Comments that silence a finding mean nothing to the other tool.
            if path.parts[0] != "config" or path.parts[1].startswith("ignored"):
                continue
            shown = pathlib.Path(*path.parts[1:])
            cases.add(shown.parts[0])
            secrets |= {(str(shown), line) for line in prepare(source, root / shown)}
        found = {"envacuate": envacuate(binary, root), "gitleaks": gitleaks(other, root)}
    silent = sum(1 for case in cases if case.startswith("silent"))
    print(f"{len(cases)} cases, {silent} of them silent, {len(secrets)} lines with a secret")
    for tool, places in found.items():
        false = places - secrets
        print(f"{tool:10} {len(places & secrets):4} true {len(false):4} false {len(secrets - places):4} missed")
        if arguments.show:
            for path, line in sorted(false):
                print(f"  false {path}:{line}")
            for path, line in sorted(secrets - places):
                print(f"  missed {path}:{line}")


main()
