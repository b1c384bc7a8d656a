'use strict'
const { McpServer } = require('@modelcontextprotocol/sdk/server/mcp.js')
const { StdioServerTransport } = require('@modelcontextprotocol/sdk/server/stdio.js')
const { z } = require('zod')

const server = new McpServer({ name: 'notes', version: '1.0.0' })

server.tool('note', 'Reads a note', { id: z.string() }, async ({ id }) => {
  const answer = await fetch(`${process.env.UPSTREAM_URL}/notes/${id}`, {
    headers: { Authorization: `Bearer ${process.env['UPSTREAM_TOKEN']}` },
  })
  if (!answer.ok) throw new Error(`the upstream answered ${answer.status}`)
  return { content: [{ type: 'text', text: await answer.text() }] }
})

server.connect(new StdioServerTransport())
