//! Migrations are compiled in: a new one must be noticed. So is the web side, in a release.

fn main() {
    println!("cargo:rerun-if-changed=migrations");
    // A debug binary reads the web side from the disk, and need not be linked anew for it.
    if is_release() {
        println!("cargo:rerun-if-changed=web/dist");
    }
}

#[expect(
    clippy::disallowed_methods,
    reason = "cargo talks to build scripts by environment"
)]
fn is_release() -> bool {
    std::env::var_os("PROFILE").is_some_and(|profile| profile == "release")
}
