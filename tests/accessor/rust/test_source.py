"""The text of the templates, and that nothing complains about it."""

import re
import subprocess
import unittest

from rust_program import render
from support import SOURCES, TEMPLATES, programs, workspace


class Source(unittest.TestCase):
    def test_they_differ_in_the_client_only(self):
        ureq, reqwest = (TEMPLATES[name].partition("// --- The HTTP client") for name in ("ureq", "reqwest"))
        self.assertEqual(ureq[:2], reqwest[:2])
        self.assertIn("use ureq::", ureq[2])
        self.assertIn("use reqwest::", reqwest[2])
        shared = {text.partition("const KEEP")[2].partition("// --- The requests")[0] for text in TEMPLATES.values()}
        self.assertEqual(len(shared), 1)

    def test_what_holds_a_value_cannot_be_printed(self):
        for text in TEMPLATES.values():
            self.assertNotRegex(text, r"derive\([^)]*Debug|:\?\}|(?<!e)println!|dbg!")
            if "HeaderValue" in text:
                self.assertIn("set_sensitive(true)", text)

    def test_vaultrs_takes_no_setting_by_itself(self):
        text = TEMPLATES["vaultrs"]
        self.assertIn("verify: true,", text)
        self.assertNotIn("SettingsBuilder", text)

    def test_limits(self):
        for template in TEMPLATES:
            text = render(TEMPLATES[template], SOURCES)
            self.assertIn("const KEEP: Duration = Duration::new(300, 0);", text)
            self.assertIn("const REST: Duration = Duration::new(2, 0);", text)
            self.assertEqual(text.count('\nconst DEFAULT_MOUNT: &str = "secret";\n'), 1)
            self.assertLessEqual(len(text.splitlines()), 550)

    def test_is_formatted_in_each_style(self):
        programs()
        for template in TEMPLATES:
            for style in ("2021", "2024"):
                file = workspace().folder / f"{template}-2021/src/secrets.rs"
                ran = subprocess.run(["rustfmt", "--check", "--edition=2021", f"--style-edition={style}", file], capture_output=True, text=True)
                self.assertEqual(ran.returncode, 0, ran.stdout)

    def test_no_lint_complains(self):
        programs()
        ran = workspace().cargo("clippy", "--workspace", "--lib", "--", "-Dwarnings", "-Wclippy::pedantic", "-Wmissing-docs", "-Wunused-qualifications")
        self.assertEqual(ran.returncode, 0, ran.stderr)

    def test_the_comments_hold_no_code_to_be_run(self):
        for text in TEMPLATES.values():
            comments = [line for line in text.splitlines() if re.match(r"\s*//[/!]", line)]
            self.assertEqual([line for line in comments if "```" in line or re.match(r"\s*//[/!]     ", line)], [])
