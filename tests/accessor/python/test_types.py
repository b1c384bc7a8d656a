"""What the tools that users run on their code say of the accessor."""

import ast
import importlib.util
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

import joined
from support import THROUGH

TEMPLATE = joined.template("vault", "vault_secrets.py", THROUGH)


def there(module: str) -> bool:
    return importlib.util.find_spec(module) is not None


class Text(unittest.TestCase):
    def test_it_is_python_3_9(self):
        ast.parse(TEMPLATE, feature_version=(3, 9))

    @unittest.skipUnless(there("mypy"), "needs mypy")
    def test_mypy_strict(self):
        for platform in ("linux", "win32"):
            with self.subTest(platform):
                self.passes("mypy", "--strict", "--cache-dir=/dev/null", "--platform", platform)

    @unittest.skipUnless(there("pyright"), "needs pyright")
    def test_pyright(self):
        self.passes("pyright", "--pythonversion", "3.9")

    def passes(self, *command):
        with tempfile.TemporaryDirectory() as folder:
            file = Path(folder) / "vault_secrets.py"
            file.write_text(TEMPLATE)
            ran = subprocess.run([sys.executable, "-m", *command, str(file)], capture_output=True, text=True)
        self.assertEqual(ran.returncode, 0, ran.stdout)
