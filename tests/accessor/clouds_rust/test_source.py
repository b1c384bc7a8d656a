"""The text of the templates for the clouds, and that nothing complains about it."""

import re
import subprocess
import unittest

from rust_templates import BACKEND, templates
from support import TEMPLATES, programs, workspace

WHERE = {"aws": "DEFAULT_REGION", "gcp": "DEFAULT_PROJECT", "azure": "DEFAULT_VAULT_URL"}


def code(part):
    """A part of a template, without what it says of itself."""
    return re.sub(r"\A(//!.*\n)+", "", (BACKEND / part).read_text())


class Source(unittest.TestCase):
    def test_what_is_held_is_held_as_by_vault(self):
        for text in (*TEMPLATES.values(), *templates("vault")):
            self.assertIn(code("rust/held.rs"), text)
        for text in TEMPLATES.values():
            self.assertIn(code("rust/sdk.rs"), text)

    def test_what_holds_a_value_cannot_be_printed(self):
        for text in TEMPLATES.values():
            self.assertNotRegex(text, r"derive\([^)]*Debug|:\?\}|(?<!e)println!|dbg!")

    def test_limits_and_places(self):
        for cloud, text in TEMPLATES.items():
            self.assertIn("const KEEP: Duration = Duration::new(300, 0);", text)
            self.assertIn("const REST: Duration = Duration::new(2, 0);", text)
            self.assertEqual(text.count(f'\nconst {WHERE[cloud]}: &str = "";\n'), 1)
            self.assertLessEqual(len(text.splitlines()), 500)

    def test_is_formatted_in_each_style(self):
        programs()
        for cloud in TEMPLATES:
            for style in ("2021", "2024"):
                file = workspace().folder / f"{cloud}/src/secrets.rs"
                ran = subprocess.run(["rustfmt", "--check", "--edition=2021", f"--style-edition={style}", file], capture_output=True, text=True)
                self.assertEqual(ran.returncode, 0, ran.stdout)

    def test_no_lint_complains(self):
        programs()
        # As a build, and not with `cargo clippy`, so that the libraries are not compiled once more.
        ran = workspace().cargo("build", "--workspace", "--lib", RUSTC_WORKSPACE_WRAPPER="clippy-driver")
        self.assertEqual(ran.returncode, 0, ran.stderr)

    def test_the_comments_hold_no_code_to_be_run(self):
        for text in TEMPLATES.values():
            comments = [line for line in text.splitlines() if re.match(r"\s*//[/!]", line)]
            self.assertEqual([line for line in comments if "```" in line or re.match(r"\s*//[/!]     ", line)], [])
