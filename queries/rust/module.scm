;; Names taken from other modules; the tree of a use declaration is taken apart by the facts.

;> use std::env::{self, var};
(use_declaration argument: (_) @import.source) @import
