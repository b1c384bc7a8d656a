/**
 * The settings of the section `envacuate`, as the server takes them.
 */
import { workspace } from "vscode";

export interface Settings {
  enable: boolean;
  notes: boolean;
  diagnosticMode: "openFiles" | "workspace";
  configuration: string | null;
  unsafeFixes: boolean;
}

export function settings(): Settings {
  const section = workspace.getConfiguration("envacuate");
  return {
    enable: section.get("enable", true),
    notes: section.get("notes", true),
    diagnosticMode: section.get("diagnosticMode", "workspace"),
    configuration: section.get("configuration", "").trim() || null,
    unsafeFixes: section.get("unsafeFixes", false),
  };
}

export function programSetting(): string {
  return workspace.getConfiguration("envacuate").get("path", "");
}
