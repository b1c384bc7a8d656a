/**
 * The language client: one server for the window, started, stopped and started again in order.
 */
import { type ExtensionContext, type LogOutputChannel, window } from "vscode";
import { LanguageClient, type LanguageClientOptions, type ServerOptions } from "vscode-languageclient/node";

import { command, findOrTell } from "./program";
import { settings } from "./settings";

/** Languages of the files that are checked. */
const LANGUAGES = [
  "javascript",
  "javascriptreact",
  "typescript",
  "typescriptreact",
  "python",
  "rust",
  "json",
  "jsonc",
  "yaml",
  "dockercompose",
  "dockerfile",
  "toml",
  "dotenv",
  "ini",
  "properties",
  "shellscript",
];

/** Files whose language many editors do not know. */
const PATTERNS = ["**/.env", "**/.env.*", "**/*.env", "**/.envrc"];

export class Server {
  private client: LanguageClient | undefined;
  private last: Promise<void> = Promise.resolve();

  constructor(
    private readonly context: ExtensionContext,
    private readonly output: LogOutputChannel,
  ) {}

  /** Starts the server, or starts it again. Calls wait for each other. */
  restart(): Promise<void> {
    return this.next(async () => {
      await this.end();
      await this.begin();
    });
  }

  stop(): Promise<void> {
    return this.next(() => this.end());
  }

  private next(step: () => Promise<void>): Promise<void> {
    this.last = this.last.then(step).catch((error: unknown) => {
      this.output.error(error instanceof Error ? error : String(error));
      void window.showErrorMessage("The envacuate server did not start. See the output of envacuate for the reason.");
    });
    return this.last;
  }

  private async begin(): Promise<void> {
    if (!settings().enable) {
      this.output.info("envacuate.enable is off");
      return;
    }
    const binary = findOrTell(this.context);
    if (binary === undefined) {
      this.output.error("no envacuate program was found");
      return;
    }
    this.output.info(`starting ${binary.path} (${binary.origin})`);
    const server: ServerOptions = { ...command(binary), args: ["lsp"], options: { shell: binary.shell } };
    const client: LanguageClientOptions = {
      documentSelector: [
        ...LANGUAGES.map((language) => ({ scheme: "file", language })),
        ...PATTERNS.map((pattern) => ({ scheme: "file", pattern })),
      ],
      outputChannel: this.output,
      initializationOptions: settings(),
      synchronize: { configurationSection: "envacuate" },
    };
    this.client = new LanguageClient("envacuate", "envacuate", server, client);
    await this.client.start();
  }

  private async end(): Promise<void> {
    const client = this.client;
    this.client = undefined;
    if (client === undefined) return;
    try {
      await client.dispose();
    } catch (error) {
      this.output.warn(`the server did not stop in order: ${String(error)}`);
    }
  }
}
