#!/usr/bin/env python3
"""Runs the script of the action as a runner does: `run.py ENVACUATE [unittest arguments]`.

With the files and variables that GitHub gives, the program itself, real repositories, and a server on this machine that
has releases. `gh` is played by a script. Standard library only.
"""

from __future__ import annotations

import hashlib
import http.server
import json
import os
import shutil
import subprocess
import sys
import tempfile
import threading
import unittest
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
ENVACUATE = ""
READ = "const t = process.env.GITHUB_TOKEN;\n"
ARCHIVE = "envacuate-x86_64-unknown-linux-musl.tar.gz"
VERSION = "0.9.1"
DEFAULTS = {
    "VERSION": "", "BINARY": "", "BUILD": "false", "PATHS": ".", "CONFIG": "", "BASELINE": "",
    "FAIL_ON": "warning", "DIFF_BASE": "auto", "SARIF": "true",
}  # fmt: skip


def git(folder: Path, *arguments: str) -> None:
    identity = ["-c", "user.name=t", "-c", "user.email=t@localhost", "-c", "init.defaultBranch=main"]
    env = {**os.environ, "GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_NOSYSTEM": "1"}
    subprocess.run(["git", *identity, *arguments], cwd=folder, env=env, check=True, capture_output=True)


class Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *_: object) -> None:
        pass


class Action(unittest.TestCase):
    def setUp(self) -> None:
        place = tempfile.TemporaryDirectory()
        self.addCleanup(place.cleanup)
        self.place = Path(place.name)
        self.workspace = self.place / "work space"
        self.workspace.mkdir()
        (self.workspace / "a.ts").write_text(READ)
        # The action as it is checked out, with a table of its own.
        self.action = self.place / "action"
        (self.action / ".github").mkdir(parents=True)
        shutil.copytree(ROOT / ".github/action", self.action / ".github/action")
        shutil.copy(ROOT / "Cargo.toml", self.action)
        self.bin = self.place / "bin"
        self.bin.mkdir()

    def run_action(self, code: int = 0, **given: str) -> str:
        """Output and errors; what the script ends with has to be `code`."""
        for name in ("output", "summary"):
            (self.place / name).write_text("")
        env = {
            **DEFAULTS,
            "PATH": f"{self.bin}{os.pathsep}{os.environ['PATH']}",
            "HOME": str(self.place),
            "GITHUB_ACTION_PATH": str(self.action),
            "GITHUB_OUTPUT": str(self.place / "output"),
            "GITHUB_STEP_SUMMARY": str(self.place / "summary"),
            "RUNNER_TEMP": str(self.place / "temp"),
            "RUNNER_OS": "Linux",
            "RUNNER_ARCH": "X64",
            **given,
        }
        script = ["bash", str(self.action / ".github/action/run.sh")]
        ran = subprocess.run(script, cwd=self.workspace, env=env, capture_output=True, text=True, stdin=subprocess.DEVNULL)
        said = ran.stdout + ran.stderr
        self.assertEqual(ran.returncode, code, said)
        return said

    def outputs(self) -> dict[str, str]:
        lines = (self.place / "output").read_text().splitlines()
        return dict(line.split("=", 1) for line in lines)

    def results(self) -> list[dict]:
        return json.loads(Path(self.outputs()["sarif"]).read_text())["runs"][0]["results"]

    def serve(self, program: str = "") -> dict[str, str]:
        """Releases on this machine; what to run them with."""
        release = self.place / f"releases/v{VERSION}"
        file = self.place / "made/envacuate"
        file.parent.mkdir(exist_ok=True)
        file.write_text(f"#!/bin/sh\n: >'{self.place}/ran'\nexec '{ENVACUATE}' \"$@\"\n" + program)
        command = [sys.executable, str(ROOT / "packaging/archive.py"), "x86_64-unknown-linux-musl", str(file), str(release)]
        subprocess.run(command, check=True, capture_output=True)
        self.sum = hashlib.sha256((release / ARCHIVE).read_bytes()).hexdigest()
        (release / "sha256.sum").write_text(f"{'0' * 64}  other.tar.gz\n{self.sum}  {ARCHIVE}\n")
        server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), lambda *a: Quiet(*a, directory=str(self.place / "releases")))
        threading.Thread(target=server.serve_forever, daemon=True).start()
        self.addCleanup(server.server_close)
        self.addCleanup(server.shutdown)
        return {"ENVACUATE_RELEASES": f"http://127.0.0.1:{server.server_port}", "VERSION": VERSION}

    def gh(self, code: int) -> None:
        script = self.bin / "gh"
        script.write_text(f"#!/bin/sh\necho \"$@\" >'{self.place}/gh'\nexit {code}\n")
        script.chmod(0o755)

    def table(self, line: str) -> None:
        with (self.action / ".github/action/checksums.txt").open("a") as file:
            file.write(line + "\n")

    def did_run(self) -> bool:
        return (self.place / "ran").exists()

    def test_findings_are_outputs_and_a_summary(self) -> None:
        said = self.run_action(BINARY=ENVACUATE)
        self.assertIn("::warning file=a.ts,line=1", said)
        self.assertEqual(self.outputs()["exit-code"], "1")
        self.assertEqual(len(self.results()), 1)
        self.assertIn("## envacuate: 1 finding in 1 file", (self.place / "summary").read_text())
        self.run_action(BINARY=ENVACUATE, FAIL_ON="error")
        self.assertEqual(self.outputs()["exit-code"], "0")

    def test_nothing_is_found_where_nothing_is(self) -> None:
        (self.workspace / "a.ts").write_text("const port = 1;\n")
        self.run_action(BINARY=ENVACUATE)
        self.assertEqual(self.outputs()["exit-code"], "0")
        self.assertEqual(self.results(), [])

    def test_the_tree_can_hide_nothing(self) -> None:
        (self.workspace / ".gitignore").write_text("*\n")
        (self.workspace / "envacuate.toml").write_text('ignore = ["env-secret-read"]\n')
        self.run_action(BINARY=ENVACUATE)
        self.assertEqual(len(self.results()), 1)

    def test_paths_stand_on_lines_of_their_own(self) -> None:
        for name in ("b c.ts", "--no-ignore", "$(touch x).ts", "d.ts"):
            (self.workspace / name).write_text(READ)
        self.run_action(BINARY=ENVACUATE, PATHS="b c.ts\n\n--no-ignore\n$(touch x).ts\n")
        self.assertEqual(len(self.results()), 2)
        self.assertFalse((self.workspace / "x").exists())

    def test_inputs_are_judged(self) -> None:
        for name, value in [
            ("VERSION", "1.0.0; touch x"),
            ("VERSION", "../../x"),
            ("VERSION", "$(touch x)"),
            ("VERSION", "1.0.0\n1.0.0"),
            ("VERSION", "latest"),
            ("FAIL_ON", "x"),
            ("FAIL_ON", "error --no-ignore"),
            ("BUILD", "yes"),
            ("SARIF", ""),
            ("RUNNER_ARCH", "RISCV"),
        ]:
            with self.subTest(name=name, value=value):
                self.assertIn("::error title=envacuate::", self.run_action(2, **{name: value}))
        self.assertFalse((self.workspace / "x").exists())
        self.assertIn("--diff-base", self.run_action(2, BINARY=ENVACUATE, DIFF_BASE="--output=x"))

    def test_a_release_with_the_sum_of_the_table_is_run(self) -> None:
        given = self.serve()
        self.table(f"{self.sum}  v{VERSION}/{ARCHIVE}")
        self.run_action(**given)
        self.assertTrue(self.did_run())
        self.assertEqual(self.outputs()["exit-code"], "1")
        self.run_action(**{**given, "VERSION": f"v{VERSION}"})

    def test_the_version_is_that_of_the_action(self) -> None:
        given = self.serve()
        self.table(f"{self.sum}  v{VERSION}/{ARCHIVE}")
        text = (self.action / "Cargo.toml").read_text().replace('version = "0.1.0"', f'version = "{VERSION}"', 1)
        (self.action / "Cargo.toml").write_text(text)
        self.run_action(**{**given, "VERSION": ""})
        self.assertTrue(self.did_run())

    def test_a_release_with_another_sum_than_that_of_the_table_is_not_run(self) -> None:
        given = self.serve()
        self.gh(0)
        self.table(f"{'1' * 64}  v{VERSION}/{ARCHIVE}")
        self.assertIn("does not have the sum", self.run_action(2, **given))
        self.assertFalse(self.did_run())
        self.assertFalse((self.place / "gh").exists(), "the table alone counts")

    def test_a_release_that_is_in_no_table_needs_its_sum_and_an_attestation(self) -> None:
        given = self.serve()
        self.gh(1)
        self.assertIn("does not attest", self.run_action(2, **given))
        self.assertFalse(self.did_run())
        self.gh(0)
        self.run_action(**given)
        self.assertTrue(self.did_run())
        self.assertIn("--repo envacuate/envacuate --signer-workflow", (self.place / "gh").read_text())

    def test_a_release_with_another_sum_than_its_own_is_not_run(self) -> None:
        given = self.serve()
        self.gh(0)
        with (self.place / f"releases/v{VERSION}" / ARCHIVE).open("ab") as file:
            file.write(b"x")
        self.assertIn("does not have the sum", self.run_action(2, **given))
        (self.place / f"releases/v{VERSION}/sha256.sum").write_text("")
        self.assertIn("does not have the sum", self.run_action(2, **given))
        self.assertFalse(self.did_run())

    def test_a_release_that_is_not_there_is_told(self) -> None:
        given = self.serve()
        self.assertIn("could not be fetched", self.run_action(2, **{**given, "VERSION": "9.9.9"}))
        self.assertIn("could not be fetched", self.run_action(2, VERSION=VERSION, ENVACUATE_RELEASES="http://localhost:1"))

    def pull_request(self) -> Path:
        """A repository of a pull request that adds one finding to another."""
        git(self.workspace, "init", "-q")
        git(self.workspace, "add", "-A")
        git(self.workspace, "commit", "-q", "-m", "start")
        git(self.workspace, "checkout", "-q", "-b", "branch")
        (self.workspace / "b.ts").write_text(READ)
        git(self.workspace, "add", "-A")
        git(self.workspace, "commit", "-q", "-m", "more")
        git(self.workspace, "checkout", "-q", "main")
        git(self.workspace, "merge", "-q", "--no-ff", "-m", "merge", "branch")
        return self.workspace

    def states(self) -> list[str | None]:
        return [one.get("baselineState") for one in self.results()]

    def test_a_pull_request_is_judged_by_its_changes(self) -> None:
        origin = self.pull_request()
        event = {"GITHUB_EVENT_NAME": "pull_request", "GITHUB_BASE_REF": "main", "BINARY": ENVACUATE}
        self.run_action(**event)
        self.assertEqual(self.states(), ["unchanged", "new"])
        self.assertIn("1 on lines that did not change", (self.place / "summary").read_text())
        for depth, states, warned in [(2, ["unchanged", "new"], False), (1, [None, None], True)]:
            with self.subTest(depth=depth):
                self.workspace = self.place / f"clone {depth}"
                self.workspace.mkdir()
                # As actions/checkout does: the merge, and no branch.
                merge = "+refs/heads/main:refs/remotes/pull/1/merge"
                git(self.workspace, "init", "-q")
                git(self.workspace, "fetch", "-q", f"--depth={depth}", f"file://{origin}", merge)
                git(self.workspace, "checkout", "-q", "--detach", "refs/remotes/pull/1/merge")
                said = self.run_action(**event)
                self.assertEqual(self.states(), states)
                self.assertEqual("::warning title=envacuate::the clone" in said, warned)
        self.run_action(**event, DIFF_BASE="none")
        self.assertEqual(self.states(), [None, None])
        self.assertIn("cannot be compared", self.run_action(2, **event, DIFF_BASE="nowhere"))

    def test_a_push_is_judged_whole(self) -> None:
        self.pull_request()
        self.run_action(BINARY=ENVACUATE, GITHUB_EVENT_NAME="push")
        self.assertEqual(self.states(), [None, None])

    def test_every_input_has_a_default_that_the_script_takes(self) -> None:
        text = (ROOT / "action.yml").read_text()
        for name in DEFAULTS:
            self.assertIn(f"        {name}: ${{{{ inputs.{name.lower().replace('_', '-')} }}}}\n", text)
        for line in text.splitlines():
            if line.strip().startswith("run:"):
                self.assertNotIn("${{", line)


if __name__ == "__main__":
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    ENVACUATE = str(Path(sys.argv.pop(1)).resolve())
    unittest.main()
