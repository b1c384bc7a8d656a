#!/usr/bin/env node
import { McpServer } from "@modelcontextprotocol/sdk/server/mcp.js";
import { StdioServerTransport } from "@modelcontextprotocol/sdk/server/stdio.js";
import { z } from "zod";
import { note } from "./upstream.js";

const server = new McpServer({ name: "notes", version: "1.0.0" });

server.tool("note", "Reads a note", { id: z.string() }, async ({ id }) => {
  return { content: [{ type: "text", text: await note(id) }] };
});

await server.connect(new StdioServerTransport());
