"""The text of the templates, and that nothing complains about it."""

import re
import subprocess
import unittest

from support import FILES, cargo, programs, render, workspace

CLIENT = "// --- The HTTP client"


class Source(unittest.TestCase):
    def test_the_two_differ_in_the_client_only(self):
        common = []
        for file in FILES.values():
            head, found, _ = file.read_text().partition(CLIENT)
            self.assertTrue(found)
            common.append([line for line in head.splitlines() if not re.match(r"use (ureq|reqwest|tokio)::", line)])
        self.assertEqual(*common)

    def test_what_holds_a_value_cannot_be_printed(self):
        for file in FILES.values():
            text = file.read_text()
            self.assertNotRegex(text, r"derive\([^)]*Debug|:\?\}|(?<!e)println!|dbg!")
            self.assertIn("set_sensitive(true)", text)

    def test_limits(self):
        for template, file in FILES.items():
            text = render(template)
            self.assertIn("const KEEP: Duration = Duration::new(300, 0);", text)
            self.assertIn("const REST: Duration = Duration::new(2, 0);", text)
            self.assertEqual(text.count('\nconst DEFAULT_MOUNT: &str = "secret";\n'), 1)
            self.assertLessEqual(len(file.read_text().splitlines()), 500)

    def test_is_formatted_in_each_style(self):
        programs()
        for template in FILES:
            for style in ("2021", "2024"):
                file = workspace() / f"{template}-2021/src/secrets.rs"
                ran = subprocess.run(["rustfmt", "--check", "--edition=2021", f"--style-edition={style}", file], capture_output=True, text=True)
                self.assertEqual(ran.returncode, 0, ran.stdout)

    def test_no_lint_complains(self):
        programs()
        ran = cargo("clippy", "--workspace", "--lib", "--", "-Dwarnings", "-Wclippy::pedantic", "-Wmissing-docs", "-Wunused-qualifications")
        self.assertEqual(ran.returncode, 0, ran.stderr)

    def test_the_comments_hold_no_code_to_be_run(self):
        for file in FILES.values():
            comments = [line for line in file.read_text().splitlines() if re.match(r"\s*//[/!]", line)]
            self.assertEqual([line for line in comments if "```" in line or re.match(r"\s*//[/!]     ", line)], [])
