/**
 * The program that this window uses: found once for each start of the server, and run for short questions.
 */
import { execFile } from "node:child_process";
import { accessSync, constants, statSync } from "node:fs";
import { homedir } from "node:os";
import { commands, env, type ExtensionContext, Uri, window, workspace } from "vscode";

import { type Binary, findBinary, notFound } from "./binary";
import { programSetting } from "./settings";

const INSTALL = Uri.parse("https://github.com/envacuate/envacuate#install");

export function find(context: ExtensionContext): Binary | undefined {
  return findBinary({
    setting: programSetting(),
    folders: (workspace.workspaceFolders ?? []).filter(({ uri }) => uri.scheme === "file").map(({ uri }) => uri.fsPath),
    trusted: workspace.isTrusted,
    extension: context.extensionPath,
    searchPath: process.env["PATH"] ?? "",
    home: homedir(),
    windows: process.platform === "win32",
    isProgram,
  });
}

/** Finds the program, or tells the user what to do about it. */
export function findOrTell(context: ExtensionContext): Binary | undefined {
  const found = find(context);
  if (found === undefined) void tell();
  return found;
}

async function tell(): Promise<void> {
  const install = "How to Install";
  const open = "Open Settings";
  const chosen = await window.showErrorMessage(notFound(programSetting()), install, open);
  if (chosen === install) await env.openExternal(INSTALL);
  if (chosen === open) await commands.executeCommand("workbench.action.openSettings", "envacuate.path");
}

/** How a process of it is started: what stands for the program, and whether by a shell. */
export function command(binary: Binary): { command: string; shell: boolean } {
  return { command: binary.shell ? `"${binary.path}"` : binary.path, shell: binary.shell };
}

/** What the program prints for these arguments. */
export function ask(binary: Binary, words: readonly string[]): Promise<string> {
  const { command: file, shell } = command(binary);
  return new Promise((resolve, reject) => {
    execFile(file, words, { shell, timeout: 10_000, windowsHide: true }, (error, stdout) => {
      if (error) reject(error);
      else resolve(stdout);
    });
  });
}

function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
}
