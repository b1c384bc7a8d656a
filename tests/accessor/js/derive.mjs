// The parts in TypeScript are what is edited. This makes those of secrets.mjs from them by taking the types out, and those
// of secrets.cjs by turning imports and exports as well. `node derive.mjs` writes them, `node derive.mjs --check` only
// compares.
import { readFileSync, readdirSync, writeFileSync } from "node:fs";
import { transformSync } from "amaro";

const folder = new URL("../../../src/backend/", import.meta.url);
const TYPE = "@type {Readonly<Record<keyof typeof SOURCES, string | undefined>>}";

/** `amaro`, the stripper of Node itself, puts a space where each character of a type was; this closes the gaps. */
function strip(source) {
  const blanked = transformSync(source, { mode: "strip-only" }).code;
  if (blanked.length !== source.length) throw new Error("it is not ASCII, or not erasable");
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
  const header = /\n(?=import )/; // of a part that begins a file
  return strip(source)
    .replace(typed, `$1 ${TYPE} */`)
    .replace(header, "\n// @ts-nocheck: written in TypeScript and checked there\n");
}

function toCommonJs(module) {
  const names = [...module.matchAll(/^export (?:const|function|class) (\w+)/gm)].map((match) => match[1]);
  const text = module
    .replace(/\n(?=import )/, '\n"use strict";\n\n')
    .replace(/\bimport (\{[^}]*\}) from ("[^"]+");/g, "const $1 = require($2);")
    .replace(/^(const HERE = )import\.meta\.url;/m, "$1__filename;")
    .replace(/^export /gm, "");
  return names.length ? `${text}module.exports = { ${names.sort().join(", ")} };\n\n` : text;
}

for (const name of readdirSync(folder, { recursive: true }).filter((name) => name.endsWith(".ts"))) {
  const module = toModule(readFileSync(new URL(name, folder), "utf8"));
  for (const [ending, text] of Object.entries({ mjs: module, cjs: toCommonJs(module) })) {
    const derived = name.replace(/ts$/, ending);
    const file = new URL(derived, folder);
    if (!process.argv.includes("--check")) writeFileSync(file, text);
    else if (readFileSync(file, "utf8") !== text) {
      console.error(`${derived} does not say what ${name} says: run \`node derive.mjs\``);
      process.exitCode = 1;
    }
  }
}
