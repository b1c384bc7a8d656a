"""The servers of the tests, and what none of them may ever say."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
import pytest_asyncio

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE))

from editor import CANARIES, Editor
from raw import Raw


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--envacuate", required=True, help="the program")


@pytest.fixture
def envacuate(request: pytest.FixtureRequest) -> str:
    return str(Path(request.config.getoption("--envacuate")).resolve())


@pytest.fixture
def server(envacuate: str, tmp_path: Path) -> list[str]:
    """The command of a server whose every word is kept, and searched when the test is over."""
    kept = tmp_path / "kept"
    kept.mkdir()
    return [sys.executable, str(HERE / "tee.py"), str(kept), envacuate, "lsp"]


@pytest.fixture(autouse=True)
def no_value_is_said(tmp_path: Path, server: list[str]):
    yield
    for file in (tmp_path / "kept").iterdir():
        text = file.read_bytes()
        assert not [canary for canary in CANARIES if canary.encode() in text], f"a value stands in {file.name}"
        if file.name == "errors":
            assert b"panicked" not in text, text


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    # A space and an umlaut, for addresses.
    made = tmp_path / "a prøject"
    made.mkdir()
    return made


@pytest_asyncio.fixture
async def editors(server: list[str], envacuate: str):
    """Makes editors, and ends them as one should."""
    made: list[Editor] = []

    async def start(profile: str, *folders: Path, **words) -> Editor:
        editor = Editor(profile, envacuate, list(folders), **words)
        made.append(editor)
        await editor.start(server)
        return editor

    yield start
    for editor in made:
        await editor.end()


@pytest.fixture
def raw(server: list[str]):
    made: list[Raw] = []

    def start(listens: bool = True) -> Raw:
        made.append(Raw(server, listens))
        return made[-1]

    yield start
    for one in made:
        one.kill()
