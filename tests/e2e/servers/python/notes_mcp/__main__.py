"""An MCP server that reads notes from an upstream."""

from mcp.server.fastmcp import FastMCP

from .upstream import read

server = FastMCP("notes")


@server.tool()
async def note(id: str) -> str:
    """Reads a note."""
    return read(id)


server.run()
