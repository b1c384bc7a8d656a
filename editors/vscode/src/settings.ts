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
  migrate: { team: string; server: string; backend: string; mount: string };
}

export function settings(): Settings {
  const section = workspace.getConfiguration("envacuate");
  return {
    enable: section.get("enable", true),
    notes: section.get("notes", true),
    diagnosticMode: section.get("diagnosticMode", "workspace"),
    configuration: section.get("configuration", "").trim() || null,
    unsafeFixes: section.get("unsafeFixes", true),
    migrate: {
      team: section.get("migrate.team", "mcp"),
      server: section.get("migrate.server", ""),
      backend: section.get("migrate.backend", ""),
      mount: section.get("migrate.mount", ""),
    },
  };
}

export function programSetting(): string {
  return workspace.getConfiguration("envacuate").get("path", "");
}
