// The order in which the program is looked for. Needs no editor: `npm test`.
import assert from "node:assert/strict";
import { test } from "node:test";
import binary from "../out/binary.cjs";

const { findBinary, notFound } = binary;

const EVERYWHERE = [
  "/a/node_modules/.bin/envacuate",
  "/a/.venv/bin/envacuate",
  "/b/.venv/bin/envacuate",
  "/extension/bundled/bin/envacuate",
  "/usr/bin/envacuate",
  "/mine/envacuate",
];

function find(there, change = {}) {
  const found = findBinary({
    setting: "",
    folders: ["/a", "/b"],
    trusted: true,
    extension: "/extension",
    searchPath: "/usr/local/bin:/usr/bin",
    home: "/home/me",
    windows: false,
    isProgram: (path) => there.includes(path),
    ...change,
  });
  return found && [found.origin, found.path];
}

test("looks in the setting, the project, the extension and PATH, in that order", () => {
  const order = [];
  for (let there = EVERYWHERE; ; there = there.filter((path) => path !== order.at(-1)[1])) {
    const found = find(there, order.length === 0 ? { setting: "/mine/envacuate" } : {});
    if (!found) break;
    order.push(found);
  }
  assert.deepEqual(order, [
    ["setting", "/mine/envacuate"],
    ["project", "/a/node_modules/.bin/envacuate"],
    ["project", "/a/.venv/bin/envacuate"],
    ["project", "/b/.venv/bin/envacuate"],
    ["bundled", "/extension/bundled/bin/envacuate"],
    ["PATH", "/usr/bin/envacuate"],
  ]);
});

test("takes nothing from a folder that is not trusted", () => {
  const untrusted = { trusted: false };
  assert.deepEqual(find(EVERYWHERE, untrusted), ["bundled", "/extension/bundled/bin/envacuate"]);
  assert.equal(find(["/a/tools/envacuate"], { ...untrusted, setting: "./tools/envacuate" }), undefined);
  assert.equal(find(["/a/.venv/bin/envacuate"], untrusted), undefined);
});

test("takes no relative directory of PATH, which would be one of the folder", () => {
  assert.equal(find(["envacuate", "bin/envacuate", "./envacuate"], { searchPath: ".:bin::" }), undefined);
});

test("a setting that names nothing is not passed over", () => {
  assert.equal(find(EVERYWHERE, { setting: "/gone/envacuate" }), undefined);
  assert.match(notFound("/gone/envacuate"), /\/gone\/envacuate.*envacuate\.path/);
  assert.match(notFound(""), /Install.*envacuate\.path/);
});

test("a setting may be below home, in the workspace, or a name on PATH", () => {
  const at = (path, setting) => assert.deepEqual(find([path], { setting }), ["setting", path]);
  at("/home/me/bin/envacuate", "~/bin/envacuate");
  at("/b/tools/envacuate", "${workspaceFolder}/tools/envacuate");
  at("/a/tools/envacuate", "./tools/envacuate");
  at("/usr/bin/envacuate-next", " envacuate-next ");
});

test("on Windows programs have other names, and batch files need a shell", () => {
  const windows = {
    windows: true,
    folders: ["C:\\a b"],
    extension: "C:\\extension",
    searchPath: "C:\\tools;.;D:\\more",
    home: "C:\\Users\\me",
  };
  const all = [
    "C:\\a b\\node_modules\\.bin\\envacuate.cmd",
    "C:\\a b\\.venv\\Scripts\\envacuate.exe",
    "C:\\extension\\bundled\\bin\\envacuate.exe",
    "D:\\more\\envacuate.exe",
  ];
  all.forEach((path, at) => assert.equal(find(all.slice(at), windows)[1], path));
  const shell = (path) =>
    findBinary({ ...windows, setting: path, trusted: true, isProgram: (other) => other === path }).shell;
  assert.ok(shell(all[0]));
  assert.ok(!shell(all[1]));
});
