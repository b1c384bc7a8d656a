// secrets.ts is the one that is edited. This makes secrets.mjs from it by taking the types out, and secrets.cjs by turning
// imports and exports as well. `node derive.mjs` writes both, `node derive.mjs --check` only compares.
import { readFileSync, writeFileSync } from "node:fs";
import { transformSync } from "amaro";

const folder = new URL("../../../src/backend/vault/", import.meta.url);
const TYPE = "@type {Readonly<Record<keyof typeof SOURCES, string | undefined>>}";

/** `amaro`, the stripper of Node itself, puts a space where each character of a type was; this closes the gaps. */
function strip(source) {
  const blanked = transformSync(source, { mode: "strip-only" }).code;
  if (blanked.length !== source.length) throw new Error("secrets.ts is not ASCII, or not erasable");
  const isSpace = (text, at) => text[at] === " " || text[at] === "\n";
  let result = "";
  let at = 0;
  while (at < blanked.length) {
    let end = at;
    while (isSpace(blanked, end)) end++;
    if (end === at) {
      result += blanked[at++];
      continue;
    }
    const places = Array.from({ length: end - at }, (_, n) => at + n);
    const removed = places.filter((n) => !isSpace(source, n));
    const [gap, next] = [source.slice(at, end), blanked[end] ?? ""];
    if (removed.length === 0) result += gap;
    else if (/\n/.test(blanked.slice(at, removed[0]))) result += /^\s*/.exec(gap)[0]; // it began its line
    else if (/\n/.test(blanked.slice(at, end))) result += blanked.slice(at, end).replace(/^ +(?=\n)/, "");
    else result += /[)\],;(.[]/.test(next) || /[([]$/.test(result) ? "" : " ";
    at = end;
  }
  return result;
}

function toModule(source) {
  const typed = /^(\/\*\* Like process\.env.*) \*\/$/m;
  const header = /\n(?=import )/;
  const text = strip(source);
  if (!typed.test(text)) throw new Error("the comment of `secrets` is not what it was");
  return text.replace(typed, `$1 ${TYPE} */`).replace(header, "\n// @ts-nocheck: written in TypeScript and checked there\n");
}

function toCommonJs(module) {
  const names = [...module.matchAll(/^export (?:const|function|class) (\w+)/gm)].map((match) => match[1]);
  const text = module
    .replace(/\bimport (\{[^}]*\}) from ("[^"]+");/g, "const $1 = require($2);")
    .replace(/^export /gm, "")
    .replace(/\n(?=const )/, '\n"use strict";\n\n');
  return `${text}\nmodule.exports = { ${names.sort().join(", ")} };\n`;
}

const module = toModule(readFileSync(new URL("secrets.ts", folder), "utf8"));
for (const [name, text] of Object.entries({ "secrets.mjs": module, "secrets.cjs": toCommonJs(module) })) {
  const file = new URL(name, folder);
  if (!process.argv.includes("--check")) writeFileSync(file, text);
  else if (readFileSync(file, "utf8") !== text) {
    console.error(`${name} does not say what secrets.ts says: run \`node derive.mjs\``);
    process.exitCode = 1;
  }
}
