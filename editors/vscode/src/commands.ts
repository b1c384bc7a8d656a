/**
 * The commands of the palette that are not the server's.
 */
import {
  commands,
  type ExtensionContext,
  ProcessExecution,
  Task,
  TaskPanelKind,
  TaskRevealKind,
  tasks,
  Uri,
  window,
  workspace,
  type WorkspaceFolder,
} from "vscode";

import { ask, findOrTell } from "./program";

/** Documents that hold the page of a rule. */
export const RULE_SCHEME = "envacuate-rule";

interface Rule {
  id: string;
  summary: string;
}

/** Applies what `source.fixAll.envacuate` offers for the file: safe fixes only. */
export async function fixFile(): Promise<void> {
  if (window.activeTextEditor === undefined) return;
  await commands.executeCommand("editor.action.sourceAction", { kind: "source.fixAll.envacuate", apply: "first" });
}

/** Asks for a rule and shows its page, as this version of the program has it. */
export async function openRule(context: ExtensionContext): Promise<void> {
  const binary = findOrTell(context);
  if (binary === undefined) return;
  const rules = JSON.parse(await ask(binary, ["rules", "--format", "json"])) as Rule[];
  const items = rules.map(({ id, summary }) => ({ label: id, description: summary }));
  const chosen = await window.showQuickPick(items, { placeHolder: "Rule", matchOnDescription: true });
  if (chosen === undefined) return;
  const page = Uri.from({ scheme: RULE_SCHEME, path: `/${chosen.label}.md` });
  await commands.executeCommand("markdown.showPreview", page);
}

export async function rulePage(context: ExtensionContext, page: Uri): Promise<string> {
  const binary = findOrTell(context);
  const rule = page.path.slice(1, -".md".length);
  return binary === undefined ? "" : ask(binary, ["explain", rule, "--color", "never"]);
}

/** Shows in a terminal what `envacuate migrate` would change. It changes nothing. */
export async function previewMigration(context: ExtensionContext): Promise<void> {
  const folder = await chooseFolder();
  const binary = folder && findOrTell(context);
  if (!folder || !binary) return;
  const execution = new ProcessExecution(binary.path, ["migrate", "--color", "always"], { cwd: folder.uri.fsPath });
  const task = new Task({ type: "process" }, folder, "preview migration", "envacuate", execution);
  task.presentationOptions = { reveal: TaskRevealKind.Always, panel: TaskPanelKind.Dedicated, clear: true };
  await tasks.executeTask(task);
}

async function chooseFolder(): Promise<WorkspaceFolder | undefined> {
  const folders = (workspace.workspaceFolders ?? []).filter(({ uri }) => uri.scheme === "file");
  if (folders.length > 1) return window.showWorkspaceFolderPick({ placeHolder: "Folder to migrate" });
  if (folders.length === 0) void window.showInformationMessage("Open a folder to see what a migration would change.");
  return folders[0];
}
