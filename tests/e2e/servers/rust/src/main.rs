//! An MCP server that reads notes from an upstream.

use rmcp::handler::server::wrapper::Parameters;
use rmcp::transport::stdio;
use rmcp::{ServerHandler, ServiceExt, tool, tool_handler, tool_router};

mod upstream;

#[derive(serde::Deserialize, schemars::JsonSchema)]
struct Wanted {
    id: String,
}

struct Notes;

#[tool_router]
impl Notes {
    #[tool(description = "Reads a note")]
    async fn note(&self, Parameters(wanted): Parameters<Wanted>) -> Result<String, String> {
        upstream::read(&wanted.id).await
    }
}

#[tool_handler]
impl ServerHandler for Notes {}

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    Notes.serve(stdio()).await?.waiting().await?;
    Ok(())
}
