/**
 * Where the `envacuate` program is. Knows nothing of the editor, so that a test can load it.
 */
import { posix, win32 } from "node:path";

/** How a program was found, in the order in which it is looked for. */
export type Origin = "setting" | "project" | "bundled" | "PATH";

export interface Binary {
  path: string;
  origin: Origin;
  /** Batch files of Windows are started by a shell only. */
  shell: boolean;
}

/** What decides where to look. */
export interface Place {
  /** The value of `envacuate.path`; empty if it is not set. */
  setting: string;
  /** The folders of the workspace. */
  folders: readonly string[];
  /** Whether the user trusts the workspace. */
  trusted: boolean;
  /** The folder of this extension. */
  extension: string;
  /** The environment's `PATH`. */
  searchPath: string;
  home: string;
  windows: boolean;
  isProgram(path: string): boolean;
}

/** The program to start, or nothing. A setting that names no program is not passed over. */
export function findBinary(place: Place): Binary | undefined {
  const { isProgram } = place;
  if (place.setting.trim() !== "") {
    const found = named(place).find(isProgram);
    return found === undefined ? undefined : binary(found, "setting", place);
  }
  const searches: [Origin, string[]][] = [
    ["project", place.trusted ? place.folders.flatMap((folder) => inProject(folder, place)) : []],
    ["bundled", [path(place).join(place.extension, "bundled", "bin", place.windows ? "envacuate.exe" : "envacuate")]],
    ["PATH", onSearchPath(place)],
  ];
  for (const [origin, candidates] of searches) {
    const found = candidates.find(isProgram);
    if (found !== undefined) return binary(found, origin, place);
  }
  return undefined;
}

/** What to tell when there is none. */
export function notFound(setting: string): string {
  return setting.trim() === ""
    ? "The envacuate program was not found. Install it (for example `pip install envacuate`), or set `envacuate.path`."
    : `There is no program at \`${setting.trim()}\`, the value of \`envacuate.path\`. Correct it, or clear it to search for envacuate.`;
}

function path({ windows }: Place): typeof posix {
  return windows ? win32 : posix;
}

function binary(found: string, origin: Origin, { windows }: Place): Binary {
  return { path: found, origin, shell: windows && /\.(cmd|bat)$/i.test(found) };
}

/** What the setting may mean: a path, below the home folder or a folder of the workspace, or a name on `PATH`. */
function named(place: Place): string[] {
  const { join, isAbsolute } = path(place);
  const setting = place.setting.trim();
  if (/^~[/\\]/.test(setting)) return [join(place.home, setting.slice(2))];
  if (isAbsolute(setting)) return [setting];
  if (!/[/\\]/.test(setting)) {
    const files = place.windows && !/\.\w+$/.test(setting) ? [`${setting}.exe`, `${setting}.cmd`] : [setting];
    return directories(place).flatMap((directory) => files.map((file) => join(directory, file)));
  }
  // Of a folder that is not trusted the editor drops the value, and that of the user must not be led into one either.
  const relative = setting.replace(/^\$\{workspaceFolder\}[/\\]/, "");
  return place.trusted ? place.folders.map((folder) => join(folder, relative)) : [];
}

function inProject(folder: string, place: Place): string[] {
  const { join } = path(place);
  return place.windows
    ? [join(folder, "node_modules", ".bin", "envacuate.cmd"), join(folder, ".venv", "Scripts", "envacuate.exe")]
    : [join(folder, "node_modules", ".bin", "envacuate"), join(folder, ".venv", "bin", "envacuate")];
}

/** The absolute directories of `PATH`: one like `.` would lead into the folder that is open. */
function directories(place: Place): string[] {
  const { delimiter, isAbsolute } = path(place);
  return place.searchPath.split(delimiter).filter((directory) => isAbsolute(directory));
}

function onSearchPath(place: Place): string[] {
  const files = place.windows ? ["envacuate.exe", "envacuate.cmd"] : ["envacuate"];
  return directories(place).flatMap((directory) => files.map((file) => path(place).join(directory, file)));
}
