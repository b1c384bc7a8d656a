// A program that has an accessor and does what it is told: `node driver.mjs ACCESSOR`. Each line of its input is JSON, the
// body of an async function; each answer is one line. Whatever else comes on stdout is a mistake of the accessor.
import { createInterface } from "node:readline";
import { pathToFileURL } from "node:url";
import { inspect } from "node:util";

const accessor = await import(pathToFileURL(process.argv[2]).href);
const AsyncFunction = (async () => {}).constructor;

for await (const line of createInterface({ input: process.stdin })) {
  let answer;
  try {
    const value = await new AsyncFunction("accessor", "secrets", "inspect", JSON.parse(line))(accessor, accessor.secrets, inspect);
    answer = { value, unset: value === undefined };
  } catch (error) {
    const all = inspect(error, { showHidden: true, depth: 9 }) + JSON.stringify(error);
    answer = { error: { name: error.name, message: error.message, status: error.status, all } };
  }
  process.stdout.write(`> ${JSON.stringify(answer)}\n`);
}
