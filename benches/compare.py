#!/usr/bin/env python3
"""Compares what envacuate, ripgrep and ast-grep cost on the same files. See README.md beside this file.

usage: compare.py BINARY [--rg PATH] [--ast-grep PATH] [--files N] [--seed N] [--at DIR | --tree DIR] [--rounds N]

Prints user plus system time as the kernel counts it, not the time on the clock: it holds on a busy machine, and it
does not hide work behind threads. All tools run in turn, round by round, and the median counts. The generated tree is
the same for the same N and seed; its text is made up here.
"""
import argparse
import os
import random
import shutil
import statistics
import subprocess
import sys
import tempfile

# Share of each kind of file in a mixed repository, in percent.
KINDS = {"ts": 27, "tsx": 9, "js": 12, "py": 14, "rs": 6, "json": 10, "md": 9, "css": 4, "yaml": 4, "html": 2, "svg": 3}
SOURCES = ("ts", "tsx", "js", "py", "rs")
# Of the source files: what reads the environment, what only has such a word in it.
TOUCHING, LOOKALIKE = 0.08, 0.05
# None is a keyword of one of the languages.
WORDS = """account action adapter agent amount answer archive area array asset batch block board body branch bridge buffer
bundle button cache call card cart channel chart child chunk client cluster code column command comment config
content context copy count cursor customer data date delta detail device draft driver edge editor element entry
error event example factor feature field file filter flag folder form format frame friend gateway graph group
handler header height hint history hook host image index input invoice issue item job journal key label layer
layout leader length level library limit line link list loader local lock log loop manager map margin market matrix
member menu message method metric mode model module month name network node note number object offset option order
owner packet page panel parent part patch path payment person phase pixel place plan plugin point policy pool
position price process product profile project prompt proxy query queue range rate reader reason record region
release report request resource result review role root route row rule sample schema scope score screen search
section sender server session shape shift signal size slot socket source stage state status step store stream
string style subject summary switch symbol system table tag target task team template test text theme thread ticket
time title token tool topic total trace track transfer tree unit update upload user value vector version view
volume warning week width window worker wrapper year zone""".split()
NAMES = ["API_KEY", "GITHUB_TOKEN", "DATABASE_URL", "PORT", "LOG_LEVEL", "NODE_ENV", "SLACK_BOT_TOKEN", "HOME", "REGION"]
LITERALS = ["process.env", "import.meta.env", "os.environ", "os.getenv", "env::var"]
RULES = "\n---\n".join(
    f"id: {language}-{number}\nlanguage: {language}\nseverity: warning\nmessage: m\nrule:\n  any:\n"
    + "".join(f"    - pattern: {pattern}\n" for pattern in patterns)
    for language, groups in {
        "TypeScript": (["process.env", "import.meta.env"], ["console.log(process.env)", "console.error(process.env)"]),
        "Tsx": (["process.env", "import.meta.env"], ["console.log(process.env)", "console.error(process.env)"]),
        "JavaScript": (["process.env", "import.meta.env"], ["console.log(process.env)", "console.error(process.env)"]),
        "Python": (["os.environ", "os.getenv($A)"], ["print(os.environ)", "print(dict(os.environ))"]),
        "Rust": (["env::var($A)", "std::env::var($A)"], ["println!($$$)"]),
    }.items()
    for number, patterns in enumerate(groups)
)


class Writer:
    """Makes up source text."""

    def __init__(self, seed):
        self.random = random.Random(seed)
        self.pool = {kind: [self.block(kind) for _ in range(400)] for kind in KINDS}

    def word(self):
        return self.random.choice(WORDS)

    def camel(self):
        return self.word() + self.word().title()

    def snake(self):
        return f"{self.word()}_{self.word()}"

    def sentence(self):
        return " ".join(self.word() for _ in range(self.random.randint(4, 14))).capitalize() + "."

    def block(self, kind):
        """A paragraph, function or entry of a few hundred bytes."""
        if kind in ("ts", "tsx", "js"):
            return self.script(kind)
        if kind == "py":
            return self.python()
        if kind == "rs":
            return self.rust()
        if kind == "json":
            return "".join(f'    "{self.camel()}": {{ "{self.word()}": {self.random.randint(0, 9999)}, '
                           f'"{self.word()}": "{self.sentence()}" }},\n' for _ in range(4))
        if kind == "css":
            return f".{self.word()}-{self.word()} {{\n  margin: {self.random.randint(0, 40)}px;\n  color: #abc;\n}}\n\n"
        if kind == "yaml":
            return f"{self.snake()}:\n  - name: {self.word()}\n    value: {self.random.randint(0, 99)}\n"
        if kind == "svg":
            return f'<path d="M{self.random.randint(0, 99)} 4L{self.random.randint(0, 99)} 8z" class="{self.word()}"/>\n'
        return f"## {self.sentence()}\n\n{self.sentence()} {self.sentence()}\n{self.sentence()}\n\n"

    def script(self, kind):
        typed = kind != "js"
        a, b, c = self.camel(), self.camel(), self.word()
        text = lambda plain: plain if not typed else ": string"
        lines = [f"/** {self.sentence()} */"] if self.random.random() < 0.5 else []
        lines.append(f"export async function {a}({b}{text('')}, {c}s{': number[]' if typed else ''} = []) {{")
        for _ in range(self.random.randint(2, 9)):
            x, y = self.camel(), self.word()
            lines.append("  " + self.random.choice([
                f"const {x} = await {c}s.map(({y}) => {y} * {self.random.randint(2, 99)});",
                f'if ({b}.length > {self.random.randint(2, 99)}) throw new Error("{self.sentence()}");',
                f"const {{ {y}, {self.word()}{self.random.randint(0, 99)} }} = this.{x}(`{y}-${{{b}}}`, {{ {y}: true }});",
                f"// {self.sentence()}",
                f"for (const {y} of {c}s) {{ this.{self.word()}.push({{ {self.word()}: {y}, {self.word()}: null }}); }}",
                f'console.log("{self.sentence()}", {b});',
            ]))
        if kind == "tsx":
            lines.append(f'  return <{c.title()} className="{self.word()}">{{{b}}}<span>{self.sentence()}</span></{c.title()}>;')
        else:
            lines.append(f"  return {{ {b}, {self.word()}: {c}s.length }};")
        return "\n".join(lines) + "\n}\n\n"

    def python(self):
        a, b, c = self.snake(), self.snake(), self.word()
        lines = [f"def {a}({b}: str, {c}s: list[int] | None = None) -> dict[str, object]:", f'    """{self.sentence()}"""']
        for _ in range(self.random.randint(2, 9)):
            x, y = self.snake(), self.word()
            lines.append("    " + self.random.choice([
                f"{x} = [{y} * {self.random.randint(2, 99)} for {y} in {c}s or []]",
                f'if len({b}) > {self.random.randint(2, 99)}:\n        raise ValueError("{self.sentence()}")',
                f'{x} = {self.word()}.{self.word()}(f"{y}-{{{b}}}", {y}=True)',
                f"# {self.sentence()}",
                f'logger.info("{self.sentence()}", {b})',
            ]))
        return "\n".join(lines) + f'\n    return {{"{self.word()}": {b}}}\n\n\n'

    def rust(self):
        a, b, c = self.snake(), self.snake(), self.word()
        lines = [f"/// {self.sentence()}", f"pub fn {a}({b}: &str, {c}s: &[u32]) -> Option<String> {{"]
        for _ in range(self.random.randint(2, 9)):
            x, y = self.snake(), self.word()
            lines.append("    " + self.random.choice([
                f"let {x}: Vec<u32> = {c}s.iter().map(|{y}| {y} * {self.random.randint(2, 99)}).collect();",
                f'if {b}.len() > {self.random.randint(2, 99)} {{\n        return None;\n    }}',
                f'let {x} = format!("{y}-{{}}", {b});',
                f"// {self.sentence()}",
                f'tracing::info!("{self.sentence()}");',
            ]))
        return "\n".join(lines) + f"\n    Some({b}.to_owned())\n}}\n\n"

    def touching(self, kind):
        """Code that reads the environment."""
        name, x = self.random.choice(NAMES), self.camel()
        if kind == "py":
            return self.random.choice([f'{x} = os.environ["{name}"]\n', f'{x} = os.getenv("{name}", "")\n',
                                       f'def {x}():\n    return os.environ.get("{name}")\n\n\n'])
        if kind == "rs":
            return f'fn {x}() -> String {{\n    std::env::var("{name}").unwrap_or_default()\n}}\n\n'
        return self.random.choice([f'const {x} = process.env.{name} ?? "";\n', f"const {{ {name} }} = process.env;\n",
                                   f'export function {x}() {{\n  return process.env["{name}"];\n}}\n\n'])

    def lookalike(self, kind):
        """The word without the thing."""
        mark = "#" if kind == "py" else "//"
        return self.random.choice([f"{mark} The environment of a {self.word()}.\n", f"{mark} The env of a {self.word()}.\n"])

    def file(self, kind):
        size = min(200_000, int(self.random.lognormvariate(7.9, 1.1)))
        parts = ["import os\n\n"] if kind == "py" else []
        while size > 0:
            part = self.random.choice(self.pool[kind])
            parts.append(part)
            size -= len(part)
        if kind in SOURCES:
            chance = self.random.random()
            if chance < TOUCHING:
                for _ in range(self.random.randint(1, 4)):
                    parts.insert(self.random.randint(1, len(parts)), self.touching(kind))
            elif chance < TOUCHING + LOOKALIKE:
                parts.insert(self.random.randint(1, len(parts)), self.lookalike(kind))
        text = "".join(parts)
        if kind == "json":
            text = "{\n" + text[:-2] + "\n}\n"
        return text


def generate(root, files, seed):
    """Writes the tree, once for the same N and seed."""
    stamp = os.path.join(root, ".made-by-compare")
    want = f"{files} {seed}\n"
    if os.path.exists(stamp):
        with open(stamp) as file:
            if file.read() == want:
                return
        shutil.rmtree(root)
    elif os.path.isdir(root) and os.listdir(root):
        sys.exit(f"{root} is not empty and was not made by this script")
    writer = Writer(seed)
    kinds, shares = list(KINDS), list(KINDS.values())
    folder = ""
    for number in range(files):
        if number % 12 == 0:
            parts = ["packages", writer.word(), *(writer.word() for _ in range(writer.random.randint(1, 4)))]
            folder = os.path.join(root, *parts)
            os.makedirs(folder, exist_ok=True)
        kind = writer.random.choices(kinds, shares)[0]
        with open(os.path.join(folder, f"{writer.word()}-{writer.word()}{number}.{kind}"), "w") as file:
            file.write(writer.file(kind))
    with open(stamp, "w") as file:
        file.write(want)


def run(command, folder):
    """CPU seconds and peak memory in MB of one run."""
    child = subprocess.Popen(command, cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, stdin=subprocess.DEVNULL)
    _, status, usage = os.wait4(child.pid, 0)
    code = os.waitstatus_to_exitcode(status)
    # Each of the tools exits with 1 to tell what it found.
    if code not in (0, 1):
        sys.exit(f"exit code {code} of {' '.join(command)[:200]}")
    return usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024


def rounds(commands, folder, count):
    """Median CPU seconds and highest peak of each command, run in turn."""
    measured = {name: [] for name in commands}
    for number in range(count + 1):
        for name, command in commands.items():
            result = run(command, folder)
            # The first round only warms the file cache.
            if number:
                measured[name].append(result)
    return {name: (statistics.median(cpu for cpu, _ in of), max(peak for _, peak in of)) for name, of in measured.items()}


def commands(options, paths, rules):
    found = {
        "envacuate": [options.binary, "check", "--format", "json", *paths],
        "ripgrep": [options.rg, "--no-config", "--hidden", "-c", "-F", "-tts", "-tjs", "-tpy", "-trust", "-tjson", "-tyaml", "-ttoml",
                    *(part for literal in LITERALS for part in ("-e", literal)), *(paths or ["."])],
    }
    if options.ast_grep:
        found["ast-grep"] = [options.ast_grep, "scan", "--no-ignore", "hidden", "--inline-rules", rules, "--json=stream", *paths]
    return found


def show(title, results):
    base = results["ripgrep"][0]
    print(f"\n{title}\n\n| | CPU | to ripgrep | peak memory |\n| --- | --- | --- | --- |")
    for name, (cpu, peak) in results.items():
        print(f"| {name} | {cpu * 1000:.1f} ms | {cpu / base:.2f} | {peak:.0f} MB |")
    sys.stdout.flush()


def staged(root, paths, at):
    """A repository that has these files in its index, and nothing committed."""
    for path in paths:
        os.makedirs(os.path.join(at, os.path.dirname(path)), exist_ok=True)
        shutil.copy(os.path.join(root, path), os.path.join(at, path))
    for command in (["init", "--quiet"], ["add", "--all"]):
        subprocess.run(["git", *command], cwd=at, check=True)
    return at


def less(results):
    print(f"\nenvacuate less ripgrep: {(results['envacuate'][0] - results['ripgrep'][0]) * 1000:.1f} ms")


def few(root, count):
    """So many source files of ordinary size that touch the environment, the same ones each time."""
    found = []
    for folder, folders, files in os.walk(root):
        folders.sort()
        for name in sorted(files):
            path = os.path.join(folder, name)
            if name.rsplit(".", 1)[-1] in SOURCES and 2_000 < os.path.getsize(path) < 20_000:
                with open(path, errors="replace") as file:
                    if any(literal in file.read() for literal in LITERALS):
                        found.append(os.path.relpath(path, root))
        if len(found) >= 40:
            break
    # One of each language, where there are such.
    found.sort(key=lambda path: (path.rsplit(".", 1)[-1], path))
    step = max(1, len(found) // count)
    return found[::step][:count]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("binary")
    parser.add_argument("--rg", default=shutil.which("rg"))
    parser.add_argument("--ast-grep", default=shutil.which("ast-grep"))
    parser.add_argument("--files", type=int, default=50_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--at", default=os.path.join(tempfile.gettempdir(), "envacuate-tree"), help="where the tree is made")
    parser.add_argument("--tree", help="an existing tree instead")
    parser.add_argument("--rounds", type=int, default=5)
    options = parser.parse_args()
    options.binary = os.path.abspath(options.binary)
    if not options.rg:
        sys.exit("ripgrep is needed: --rg PATH")
    root = options.tree or options.at
    if not options.tree:
        generate(root, options.files, options.seed)
    show(f"{root}, {options.rounds} rounds", rounds(commands(options, [], RULES), root, options.rounds))
    for count in (1, 5):
        paths = few(root, count)
        results = rounds(commands(options, paths, RULES), root, options.rounds * 8)
        show(f"{len(paths)} files", results)
        less(results)
    with tempfile.TemporaryDirectory() as folder:
        tools = commands(options, paths, RULES)
        # As .pre-commit-hooks.yaml starts it.
        tools["envacuate"] = [options.binary, "check", "--force-exclude", "--staged", *paths]
        results = rounds(tools, staged(root, paths, folder), options.rounds * 8)
    show(f"{len(paths)} files that are staged, as a commit hook", results)
    less(results)


if __name__ == "__main__":
    main()
