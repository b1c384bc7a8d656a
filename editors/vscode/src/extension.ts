/**
 * The extension: registers commands, starts the server, and starts it again when what it was started with changes.
 */
import { commands, type ExtensionContext, window, workspace } from "vscode";

import { Server } from "./client";
import { fixFile, openRule, previewMigration, RULE_SCHEME, rulePage } from "./commands";

let server: Server | undefined;

export async function activate(context: ExtensionContext): Promise<void> {
  const output = window.createOutputChannel("envacuate", { log: true });
  const running = new Server(context, output);
  server = running;
  context.subscriptions.push(
    output,
    commands.registerCommand("envacuate.restart", () => running.restart()),
    commands.registerCommand("envacuate.showOutput", () => output.show()),
    commands.registerCommand("envacuate.fixFile", fixFile),
    commands.registerCommand("envacuate.openRule", () => openRule(context)),
    commands.registerCommand("envacuate.previewMigration", () => previewMigration(context)),
    workspace.registerTextDocumentContentProvider(RULE_SCHEME, {
      provideTextDocumentContent: (page) => rulePage(context, page),
    }),
    workspace.onDidChangeConfiguration(async (change) => {
      if (["path", "enable"].some((name) => change.affectsConfiguration(`envacuate.${name}`))) await running.restart();
    }),
    workspace.onDidGrantWorkspaceTrust(() => running.restart()),
  );
  await running.restart();
}

export async function deactivate(): Promise<void> {
  await server?.stop();
}
