"""What the client of each cloud in JavaScript has to do. `test_aws.py` and its like say for which cloud, and add what is so
there only."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "js"))

from bao import clean_env  # noqa: E402
from clouds import LOGINS, PLACES, SECRET, OfCloud  # noqa: E402
from harness import NODE, Failed, Program, folder, move_clock, render  # noqa: E402

# Other releases of the clients may be given, as NODE another Node.
MODULES = Path(os.environ.get("CLOUD_MODULES") or HERE.parents[1] / "clouds/npm/node_modules")
TSC = HERE.parent / "js/node_modules/typescript/bin/tsc"
TYPES = HERE.parent / "js/node_modules/@types"
HERES = ("import.meta.url", 'typeof __filename === "string" ? __filename : (process.argv[1] ?? "")')
STRICT = ("strict", "exactOptionalPropertyTypes", "noUncheckedIndexedAccess", "noUnusedLocals", "noUnusedParameters", "isolatedModules")

PROGRAM = """
import { SecretError, envOrSecrets, preloadSecrets, secrets } from "./secrets.js";
const token: string | undefined = secrets.A_TOKEN;
// @ts-expect-error: not in the table
secrets.OTHER;
if (token !== envOrSecrets["A_TOKEN"]) throw new SecretError("not the same");
preloadSecrets().then(() => process.stdout.write(`${token} ${secrets.B_TOKEN} ${secrets.MISSING}`));
"""


class Client(OfCloud):
    def program(self, *without: str, template: str = "secrets.mjs", modules: Path | None = MODULES, **settings: str) -> Program:
        env = clean_env(**self.env(*without, **settings))
        program = Program(self.sources, env, template, self.manager, modules)
        program.hidden += [value for name, value in env.items() if name in ("IDENTITY_HEADER", "HIDDEN")]
        return program

    def fails(self, program: Program, *says: str, name: str = "A_TOKEN") -> Failed:
        with self.assertRaises(Failed) as caught:
            program.read(name)
        self.assertEqual(caught.exception.name, "SecretError")
        for text in says:
            self.assertIn(text, str(caught.exception))
        return caught.exception


class Behaves:
    """Mixed in by the tests of each cloud."""

    def test_values(self: Any) -> None:
        for template in ("secrets.mjs", "secrets.cjs"):
            with self.subTest(template), self.program(template=template) as program:
                self.cloud.forget()
                self.assertEqual(program.read(), f"{SECRET}-1")
                self.assertEqual(program.read("B_TOKEN"), f"{SECRET}-b")
                self.assertIsNone(program.read("MISSING"))
                self.assertEqual([program.read() for _ in range(20)], [f"{SECRET}-1"] * 20)
                self.assertEqual(program.run("return accessor.envOrSecrets.A_TOKEN"), f"{SECRET}-1")
                self.assertEqual(self.requests(), 1, "one for all")
                self.assertEqual(program.stderr(), "", "the clients of the clouds say nothing")

    def test_nothing_shows_them(self: Any) -> None:
        with self.program() as program:
            program.read()
            for way in ("JSON.stringify(secrets)", "inspect(secrets, { showHidden: true, depth: 9 })", "Object.keys(secrets)", "{ ...secrets }"):
                self.assertNotIn(SECRET, json.dumps(program.run(f"return {way}")))
            with self.assertRaises(Failed) as caught:
                program.run("secrets.A_TOKEN = 'x'")
            self.assertIn("A_TOKEN cannot be assigned", str(caught.exception))

    def test_rotation(self: Any) -> None:
        with self.program() as program:
            program.read()
            self.rotate()
            self.assertEqual(program.read(), f"{SECRET}-1", "held")
            move_clock(program, 31)
            self.assertEqual(program.read(), f"{SECRET}-1", "and fetched in the background")
            program.run(f"for (let n = 0; n < 400 && secrets.A_TOKEN !== '{SECRET}-2'; n++) await new Promise((go) => setTimeout(go, 50))")
            self.assertEqual(program.read(), f"{SECRET}-2")
            self.rotate(f"{SECRET}-3")
            move_clock(program, 61)
            self.assertEqual(program.read(), f"{SECRET}-3", "too old to be used")

    def test_with_zero_every_read_asks(self: Any) -> None:
        with self.program(SECRETS_TTL_SECONDS="0") as program:
            self.assertEqual([program.read() for _ in range(3)], [f"{SECRET}-1"] * 3)
            self.assertEqual(self.requests(), 3)
            self.rotate()
            self.assertEqual(program.read(), f"{SECRET}-2")

    def test_outage(self: Any) -> None:
        with self.program() as program:
            program.read()
            self.stop()
            move_clock(program, 61)
            self.assertEqual([program.read() for _ in range(9)], [f"{SECRET}-1"] * 9)
            self.assertIn("ECONNREFUSED; using the value held", program.stderr())
            move_clock(program, 200)
            self.assertEqual(program.read(), f"{SECRET}-1")
            self.assertEqual(program.stderr().count("\n"), 1, "one line for an outage")
            move_clock(program, 40)
            self.assertEqual(self.fails(program, "A_TOKEN", self.path(), "ECONNREFUSED").status, 0)
            self.cloud.start()
            self.rotate()
            move_clock(program, 3)
            self.assertEqual(program.read(), f"{SECRET}-2")

    def test_answers_that_are_outages(self: Any) -> None:
        with self.program() as program:
            program.read()
            for status in (429, 500, 503):
                self.failing(status)
                move_clock(program, 61)
                self.assertEqual(program.read(), f"{SECRET}-1", status)
                self.assertIn(self.said(status), program.stderr())
                self.failing(None)
                move_clock(program, 61)
                self.assertEqual(program.read(), f"{SECRET}-1", "which ends the outage")

    def test_refusals_drop_what_is_held(self: Any) -> None:
        for status in (403, 401):
            with self.subTest(status), self.program() as program:
                program.read()
                self.failing(status)
                move_clock(program, 61)
                self.fails(program, "A_TOKEN: cannot read", self.path(), self.said(status))
                self.failing(503)
                move_clock(program, 61)
                self.fails(program, "HTTP 503")
                self.failing(None)
                move_clock(program, 3)
                self.assertEqual(program.read(), f"{SECRET}-1")

    def test_too_slow(self: Any) -> None:
        with self.program() as program:
            program.read()
            program.run("process.env.SECRETS_TIMEOUT_SECONDS = '1'")
            self.addCleanup(self.cloud.delay, 0)
            self.cloud.delay(3)
            move_clock(program, 61)
            self.assertEqual(program.read(), f"{SECRET}-1")
            self.assertIn("ETIMEDOUT", program.stderr())

    def test_preload(self: Any) -> None:
        with self.program() as program:
            program.run("await accessor.preloadSecrets()")
            before = self.requests()
            self.assertEqual(program.read(), f"{SECRET}-1")
            self.assertEqual((before, self.requests()), (1, 1))
        self.failing(403)
        with self.program() as program, self.assertRaises(Failed) as caught:
            program.run("await accessor.preloadSecrets()")
        self.assertIn(self.said(403), str(caught.exception))

    def test_from_the_environment(self: Any) -> None:
        with self.program(*self.cloud.env(), modules=None, SECRETS_BACKEND="env", A_TOKEN="here") as program:
            self.assertEqual((program.read(), program.read("B_TOKEN")), ("here", None))
            program.run("await accessor.preloadSecrets()")
        with self.program(SECRETS_BACKEND="vault") as program:
            self.fails(program, f'SECRETS_BACKEND is neither "{self.manager}" nor "env"')

    def test_wrong_settings(self: Any) -> None:
        with self.program(modules=None) as program:
            self.fails(program, "there is no package @", "npm install @", "SECRETS_BACKEND=env")
        with self.program(*PLACES[self.manager]) as program:
            self.fails(program, f"{PLACES[self.manager][0]} is not set", "SECRETS_BACKEND=env")
        with self.program(*LOGINS[self.manager]) as program:
            self.fails(program, "no login to", "is set up", "SECRETS_BACKEND=env")
        self.assertEqual(self.cloud.reads(), [])

    def test_the_helper_has_only_what_it_needs(self: Any) -> None:
        names = ["HOME", "PATH", "HTTPS_PROXY", *PLACES[self.manager], *LOGINS[self.manager]]
        with self.program(HIDDEN=SECRET, DATABASE_URL=SECRET, HTTPS_PROXY="", NO_PROXY="*") as program:
            told = program.run("return [process.env.HIDDEN !== undefined]")
            self.assertEqual(told, [True])
            source = program.file.read_text()
            program.file.with_name("probe.mjs").write_text(source.replace("made.worked = true;", "reply.text = Object.keys(process.env).join();", 1)
                .replace("return contents(text)", "return new Map([['A_TOKEN', text], ['', text]])"))
            probe = program.run("return (await import(process.argv[2].replace('secrets.mjs', 'probe.mjs'))).secrets.A_TOKEN").split(",")
        self.assertNotIn("HIDDEN", probe)
        self.assertNotIn("DATABASE_URL", probe)
        self.assertEqual([name for name in names if name not in probe], [])

    def test_typescript(self: Any) -> None:
        for here, kind, module in zip(HERES, ("module", "commonjs"), ("nodenext", "commonjs")):
            with self.subTest(kind):
                at = folder()
                (at / "package.json").write_text(json.dumps({"type": kind}))
                (at / "node_modules").symlink_to(MODULES)
                file = render("secrets.ts", self.sources, at / "secrets.ts", self.manager)
                text = file.read_text()
                self.assertEqual(text.count("const HERE = import.meta.url;"), 1)
                file.write_text(text.replace("const HERE = import.meta.url;", f"const HERE = {here};"))
                (at / "server.ts").write_text(PROGRAM)
                options = {**dict.fromkeys(STRICT, True), "module": module, "target": "es2022", "esModuleInterop": True}
                options |= {"types": ["node"], "typeRoots": [str(TYPES)], "skipLibCheck": True, "outDir": "out", "rootDir": "."}
                (at / "tsconfig.json").write_text(json.dumps({"compilerOptions": options, "files": ["server.ts"]}))
                ran = subprocess.run([NODE, TSC, "-p", at], capture_output=True, text=True)
                self.assertEqual((ran.returncode, ran.stdout), (0, ""))
                ran = subprocess.run([NODE, at / "out/server.js"], env=clean_env(**self.env()), capture_output=True, text=True)
                self.assertEqual((ran.stdout, ran.stderr), (f"{SECRET}-1 {SECRET}-b undefined", ""))
