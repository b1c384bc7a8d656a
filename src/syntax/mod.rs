//! Source to tree, and tree to matches. The only place that names `tree_sitter`'s parser, and the only one that reads
//! query files.
//!
//! The tree is copied into a flat table right after parsing: parents, siblings and ancestors then cost nothing, and no
//! later step can recurse or climb in quadratic time on a hostile file.

mod captures;
mod macros;
mod parse;
mod query;
mod query_text;
mod steps;
mod tree;

pub use captures::{CAPTURES, Capture, MEANINGS};
pub use parse::{Incomplete, Parsed, as_parsed, is_worse, parse, parse_parts};
pub use query::{Match, Query, QueryError, query};
pub use steps::bounded;
pub use tree::{Children, NodeId, Tree};
