//! The `console` blocks of the README and of `tests/it/cmd/` are run, and must print what they show.
//!
//! `TRYCMD=overwrite` rewrites what they show. Blocks that build or install are `sh`, and not run.

#[test]
fn commands_print_what_the_documents_show() {
    trycmd::TestCases::new()
        .case("README.md")
        .case("tests/it/cmd/*.md");
}
