"""The three files: that they say the same, what compilers think of them, and how programs that hold them run."""

import json
import os
import re
import subprocess
import unittest
from pathlib import Path
from typing import Any, Dict, List

from harness import HERE, NODE, SECRET, Answer, Stub, clean_env, folder, kv, render

MODULES = HERE / "node_modules"
SOURCES = {"A_TOKEN": ("team/server", "A_TOKEN"), "NOT-AN-IDENTIFIER": ("team/server", "A_TOKEN")}
OLDEST, TSC, NEWEST = (
    str(MODULES / name / "bin" / "tsc") for name in ("typescript-oldest", "typescript", "typescript-7")
)
STRICT = [
    *("strict", "exactOptionalPropertyTypes", "noUncheckedIndexedAccess", "noPropertyAccessFromIndexSignature"),
    *(
        "noUnusedLocals",
        "noUnusedParameters",
        "noImplicitOverride",
        "noImplicitReturns",
        "isolatedModules",
        "declaration",
    ),
]
NEW = ["verbatimModuleSyntax", "erasableSyntaxOnly", "isolatedDeclarations", "noUncheckedSideEffectImports"]

# The places of a program in which secrets are read, and what a type checker must know there.
PROGRAM = """
import { SecretError, envOrSecrets, preloadSecrets, secrets } from "./secrets.js";

const atTop = secrets.A_TOKEN;
class Server {
  private readonly key = secrets.A_TOKEN ?? "";
  static readonly shared = secrets["NOT-AN-IDENTIFIER"]!;
  header(key = secrets.A_TOKEN || ""): string {
    return key + this.key + Server.shared;
  }
}
export function narrowed(): number {
  return secrets.A_TOKEN ? secrets.A_TOKEN.length : 0;
}
// @ts-expect-error: not in the table
secrets.OTHER;
// @ts-expect-error: read-only
export const assign = (): string => (secrets.A_TOKEN = "x");
if (atTop !== envOrSecrets["A_TOKEN"] || narrowed() !== atTop?.length) throw new SecretError("not the same");
preloadSecrets().then(() => process.stdout.write(new Server().header()));
"""
ESM = """
import { secrets, preloadSecrets } from "FILE";
const { A_TOKEN } = secrets;
await preloadSecrets();
process.stdout.write(A_TOKEN + secrets.A_TOKEN + secrets["NOT-AN-IDENTIFIER"]);
"""
COMMONJS = """
const { secrets, preloadSecrets } = require("FILE");
const { A_TOKEN } = secrets;
preloadSecrets().then(() => process.stdout.write(A_TOKEN + secrets.A_TOKEN + secrets["NOT-AN-IDENTIFIER"]));
"""
ANSWER = f"{SECRET}-1" * 3


def flags(names: List[str]) -> Dict[str, Any]:
    return {name: True for name in names}


@unittest.skipUnless(MODULES.is_dir(), f"run `npm ci` in {HERE}")
class Builds(unittest.TestCase):
    def setUp(self) -> None:
        self.stub = Stub(lambda _: Answer(200, kv(A_TOKEN=f"{SECRET}-1")))
        self.addCleanup(self.stub.close)
        self.dir = folder()
        (self.dir / "node_modules").symlink_to(MODULES)
        self.package("module")

    def package(self, kind: str) -> None:
        (self.dir / "package.json").write_text(json.dumps({"type": kind}))

    def write(self, name: str, text: str) -> Path:
        (self.dir / name).write_text(text)
        return self.dir / name

    def start(self, *command: str, **env: object) -> "subprocess.CompletedProcess[str]":
        settings = clean_env(VAULT_ADDR=self.stub.addr, VAULT_TOKEN="t", **env)
        return subprocess.run([NODE, *command], cwd=self.dir, env=settings, capture_output=True, text=True, timeout=120)

    def succeeds(self, *command: str, **env: object) -> str:
        ran = self.start(*command, **env)
        self.assertEqual((ran.returncode, ran.stderr), (0, ""), ran.stdout)
        return ran.stdout

    def answers(self, *command: str) -> None:
        self.assertEqual(self.succeeds(*command), ANSWER)
        self.assertEqual(len(self.stub.requests), 2, "one for the first read, one for the preload")
        self.stub.requests.clear()

    def program(self) -> None:
        render("secrets.ts", SOURCES, self.dir / "secrets.ts")
        self.write("server.ts", PROGRAM)

    def compile(self, tsc: str, **options: object) -> None:
        options = {**flags(STRICT), "types": ["node"], "skipLibCheck": True, "outDir": "out", "rootDir": ".", **options}
        self.write("tsconfig.json", json.dumps({"compilerOptions": options, "files": ["server.ts"]}))
        ran = self.start(tsc, "-p", ".")
        self.assertEqual((ran.returncode, ran.stdout + ran.stderr), (0, ""))

    def test_the_three_files_say_the_same(self) -> None:
        self.succeeds(str(HERE / "derive.mjs"), "--check")

    def test_typescript_as_esm(self) -> None:
        self.program()
        for tsc in (TSC, NEWEST):
            with self.subTest(tsc):
                self.compile(tsc, target="ES2022", module="nodenext", **flags(NEW))
                self.answers("out/server.js")

    def test_typescript_that_is_not_strict(self) -> None:
        # Types that are told apart by a field, and unknown ones, are told apart in fewer ways then.
        self.program()
        for tsc in (OLDEST, TSC):
            for off in ("strict", "strictNullChecks"):
                options = {"module": "nodenext", "target": "es2022", "exactOptionalPropertyTypes": False, off: False}
                self.compile(tsc, **options)
                self.answers("out/server.js")

    def test_typescript_as_commonjs(self) -> None:
        self.package("commonjs")
        self.program()
        for tsc in (OLDEST, NEWEST):
            with self.subTest(tsc):
                more = {"ignoreDeprecations": "5.0"} if tsc == OLDEST else {}
                self.compile(
                    tsc, target="ES2017", lib=["ES2017"], module="commonjs", esModuleInterop=tsc == NEWEST, **more
                )
                self.answers("out/server.js")

    def test_typescript_for_a_bundler(self) -> None:
        self.program()
        self.compile(NEWEST, target="ES2022", module="esnext", moduleResolution="bundler", noEmit=True, **flags(NEW))

    def test_esbuild(self) -> None:
        self.program()
        esbuild = str(MODULES / "esbuild" / "bin" / "esbuild")
        for kind, name in (("esm", "bundle.mjs"), ("cjs", "bundle.cjs")):
            for more in ([], ["--minify"], ["--keep-names", "--target=node18"]):
                with self.subTest(kind, more=more):
                    bundle = [
                        "server.ts",
                        "--bundle",
                        "--platform=node",
                        f"--format={kind}",
                        f"--outfile={name}",
                        *more,
                    ]
                    subprocess.run([esbuild, *bundle, "--log-level=warning"], cwd=self.dir, check=True)
                    self.answers(name)

    def test_tsx(self) -> None:
        self.program()
        for kind in ("module", "commonjs"):
            self.package(kind)
            self.answers("node_modules/tsx/dist/cli.mjs", "server.ts")

    def test_javascript(self) -> None:
        for name, kind, template, program in (
            ("secrets.mjs", "commonjs", "secrets.mjs", "main.mjs"),
            ("secrets.js", "module", "secrets.mjs", "main.js"),
            ("secrets.cjs", "module", "secrets.cjs", "main.cjs"),
            ("secrets.js", "commonjs", "secrets.cjs", "main.js"),
            ("secrets.cjs", "module", "secrets.cjs", "main.mjs"),
        ):
            with self.subTest(name, kind=kind, program=program):
                self.package(kind)
                render(template, SOURCES, self.dir / name)
                required = program.endswith(".cjs") or (program.endswith(".js") and kind == "commonjs")
                self.write(program, (COMMONJS if required else ESM).replace("FILE", f"./{name}"))
                self.answers(program)

    def test_javascript_has_the_types_of_the_names(self) -> None:
        for kind, program in (
            ("mjs", 'import { secrets } from "./secrets.mjs";'),
            ("cjs", 'const { secrets } = require("./secrets.cjs");'),
        ):
            render(f"secrets.{kind}", SOURCES, self.dir / f"secrets.{kind}")
            options = [
                "--noEmit",
                "--skipLibCheck",
                "--checkJs",
                "--strict",
                "--module",
                "nodenext",
                "--target",
                "es2022",
                "--types",
                "node",
            ]
            self.write(
                f"main.{kind}", f"{program}\nvoid secrets.A_TOKEN?.length;\nsecrets.A_TOKEN.length;\nsecrets.OTHER;\n"
            )
            said = self.start(NEWEST, *options, f"main.{kind}").stdout
            self.assertEqual(
                re.findall(rf"main.{kind}.(\d+),\d+.: error (TS\d+)", said), [("3", "TS18048"), ("4", "TS2339")], said
            )
            self.assertEqual(said.count("error"), 2)

    def test_vitest(self) -> None:
        self.program()
        test = """
            import { expect, it } from "vitest";
            import { secrets } from "./secrets.js";
            it("reads", () => expect(secrets.A_TOKEN).toBe(process.env.EXPECTED));
        """
        self.write("secrets.test.ts", test)
        for env in (
            {"EXPECTED": f"{SECRET}-1"},
            {"EXPECTED": "from env", "A_TOKEN": "from env", "SECRETS_BACKEND": "env"},
        ):
            ran = self.start("node_modules/vitest/vitest.mjs", "run", "--root", ".", **env)
            self.assertIn("1 passed", ran.stdout + ran.stderr)
            self.assertEqual(ran.returncode, 0)

    def test_jest(self) -> None:
        self.package("commonjs")
        render("secrets.cjs", SOURCES, self.dir / "secrets.js")
        test = """
            const { secrets } = require("./secrets");
            test("reads", () => expect(secrets.A_TOKEN).toBe(process.env.EXPECTED));
        """
        for name in ("one.test.js", "two.test.js"):
            self.write(name, test)
        for env in (
            {"EXPECTED": f"{SECRET}-1"},
            {"EXPECTED": "from env", "A_TOKEN": "from env", "SECRETS_BACKEND": "env"},
        ):
            ran = self.start("node_modules/jest/bin/jest.js", "--rootDir", ".", "--coverage", "--watchman=false", **env)
            self.assertIn("2 passed, 2 total", ran.stderr)
            self.assertEqual(ran.returncode, 0)

    def test_other_versions_of_node(self) -> None:
        """NODES: paths of more programs, with a colon between two."""
        self.program()
        for file in ("secrets.mjs", "secrets.cjs"):
            render(file, SOURCES, self.dir / file)
        for node in filter(None, os.environ.get("NODES", "").split(":")):
            for name, text in (("main.mjs", ESM), ("main.cjs", COMMONJS)):
                with self.subTest(node, name=name):
                    self.write(name, text.replace("FILE", f"./secrets{Path(name).suffix}"))
                    env = clean_env(VAULT_ADDR=self.stub.addr, VAULT_TOKEN="t")
                    ran = subprocess.run(
                        [node, name], cwd=self.dir, env=env, capture_output=True, text=True, timeout=60
                    )
                    self.assertEqual((ran.returncode, ran.stdout, ran.stderr), (0, ANSWER, ""))


if __name__ == "__main__":
    unittest.main()
