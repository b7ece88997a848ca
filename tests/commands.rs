//! The commands of the README, run as a user would.

#[test]
fn transcripts() {
    trycmd::TestCases::new().case("README.md");
}
