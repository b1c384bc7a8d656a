"""Builds a program around each of the templates in Rust for the clouds, once, and runs it with stand-ins for them.

One workspace, so that what the three have in common is compiled once. A test has a stand-in of its own.
"""

from __future__ import annotations

import functools
import sys
import unittest
from pathlib import Path
from typing import Any, Dict, List

HERE = Path(__file__).resolve().parent
sys.path.append(str(HERE.parents[1] / "clouds"))

from aws import Aws  # noqa: E402
from azure import Azure  # noqa: E402
from fake import Answer, clean_env  # noqa: E402
from gcp import Gcp  # noqa: E402
from rust_libraries import CLOUDS as CRATES  # noqa: E402
from rust_libraries import LOCK, NAME, SDK, manifest  # noqa: E402
from rust_program import ALONE, Panicked, Program, Workspace, render, value  # noqa: E402
from rust_templates import templates  # noqa: E402

__all__ = ["Answer", "Case", "value"]

CLOUDS: Dict[str, Any] = {"aws": Aws, "gcp": Gcp, "azure": Azure}
TEMPLATES = {cloud: templates(cloud)[0] for cloud in CLOUDS}
MANAGERS = {"aws": "AWS Secrets Manager", "gcp": "Google Secret Manager", "azure": "Azure Key Vault"}
KEEP = 6  # seconds that a value is held at most, in the programs
READ = ["var", "A_TOKEN"]


def where(cloud: str, name: str) -> List[str]:
    """What stands behind a name in the table: the path, and the key if a secret has several."""
    if cloud == "aws":
        return ["team/server", name]
    return [f"team-server-{name if cloud == 'gcp' else name.replace('_', '-')}"]


@functools.lru_cache(maxsize=None)
def workspace() -> Workspace:
    made = Workspace("accessor-rust-clouds", LOCK)
    crates = [crate for cloud in CLOUDS for crate in CRATES[cloud]]
    made.member("edition-2024", 2024, [*crates, *SDK])
    made.add(NAME, manifest())
    made.write("edition-2024/src/lib.rs", "".join(f"pub mod {cloud};\n" for cloud in CLOUDS))
    for cloud, template in TEMPLATES.items():
        sources = {name: where(cloud, name) for name in ("A_TOKEN", "B_TOKEN")}
        made.member(cloud, 2021, [*CRATES[cloud], *SDK])
        made.write(f"{cloud}/src/lib.rs", ALONE)
        made.write(f"{cloud}/src/secrets.rs", render(template, sources))
        made.write(f"edition-2024/src/{cloud}.rs", render(template, sources))
        made.program(cloud, f"clouds-{cloud}", render(template, sources, KEEP))
    return made


@functools.lru_cache(maxsize=None)
def programs() -> Path:
    return workspace().build([["build", "--workspace"]])


@functools.lru_cache(maxsize=None)
def moto() -> Any:
    """One for all tests of a file: it takes seconds to come up."""
    return Aws()


class Case(unittest.TestCase):
    """Tests with a stand-in for AWS; see `with_each_cloud`."""

    cloud = "aws"

    def setUp(self) -> None:
        self.executable = programs() / f"clouds-{self.cloud}"
        self.manager = moto() if self.cloud == "aws" else CLOUDS[self.cloud]()
        self.addCleanup(self._leave)
        self.values: List[str] = []  # what must not be in a text

    def _leave(self) -> None:
        if self.cloud != "aws":
            return self.manager.close()
        vars(self.manager).pop("failure", None)
        self.manager.fail(None)
        self.manager.delay(0)
        self.manager.stop()
        self.manager.start()
        self.manager.delete(self.path(), force=True)
        self.manager.forget()

    def path(self, name: str = "A_TOKEN") -> str:
        return where(self.cloud, name)[0]

    def put(self, **values: str) -> None:
        self.values += [value for value in values.values() if value]
        if self.cloud == "aws":
            self.manager.put(self.path(), values)
            return
        for name, text in values.items():
            self.manager.put(self.path(name), {"": text})

    def program(self, **settings: object) -> Program:
        env = clean_env(**{**self.manager.env(), **settings})
        program = Program(self.executable, env)
        self.addCleanup(self._end, program)
        return program

    def _end(self, program: Program) -> None:
        stdout, stderr = program.end(), program.stderr()
        self.assertEqual(stdout, "")
        self._holds_no_value(stderr)

    def _holds_no_value(self, text: str) -> None:
        for secret in [*self.values, "fake-header", "ya29.", "testing", "PRIVATE KEY", "made to fail"]:
            self.assertNotIn(secret, text)

    def fails(self, program: Program, command: List[object], *parts: str) -> str:
        """The command panics with these parts in its text and nothing secret."""
        with self.assertRaises(Panicked) as caught:
            program(*command)
        text = str(caught.exception)
        for part in parts:
            self.assertIn(part, text)
        self._holds_no_value(text)
        return text

    def absent(self, program: Program, name: str) -> None:
        """The name is as one that is not set."""
        self.assertEqual(program("var", name), ["environment variable not found"])
        self.assertIsNone(program("var_os", name))


def with_each_cloud(case: type) -> type:
    """The tests of the class run with each of the others, too."""
    module = sys.modules[case.__module__]
    for cloud in ("gcp", "azure"):
        name = f"{case.__name__}Of{cloud.title()}"
        setattr(module, name, type(name, (case,), {"cloud": cloud, "__module__": case.__module__}))
    return case
