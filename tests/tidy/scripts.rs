//! The scripts that judge the rest are judged here.

use crate::tree::root;
use std::io::Write;
use std::process::{Command, Stdio};

/// What `scripts/tally` prints for a log, and whether it is content.
fn tally(log: &str) -> (String, bool) {
    let mut child = Command::new(root().join("scripts/tally"))
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("scripts/tally starts");
    let mut input = child.stdin.take().expect("its input is a pipe");
    input.write_all(log.as_bytes()).expect("it reads its input");
    drop(input);
    let output = child.wait_with_output().expect("it ends");
    let line = String::from_utf8_lossy(&output.stdout).trim().to_owned();
    (line, output.status.success())
}

#[test]
fn the_closing_line_adds_up_every_runner() {
    let log = "PASS footage::tidy 9 passed, 9 failed\n\
               test result: ok. 2 passed; 0 failed; 0 ignored; 0 measured; 0 filtered out\n\
               \x1b[2m Test Files \x1b[22m \x1b[32m4 passed\x1b[39m (4)\n\
               \x1b[2m      Tests \x1b[22m \x1b[32m30 passed\x1b[39m (30)\n";
    assert_eq!(tally(log), ("32 passed, 0 failed".to_owned(), true));
}

#[test]
fn a_failed_test_fails_the_run_whoever_ran_it() {
    let cargo = "test result: FAILED. 2 passed; 1 failed; 0 ignored; 0 measured; 0 filtered out\n";
    assert_eq!(tally(cargo), ("2 passed, 1 failed".to_owned(), false));
    let vitest = "      Tests  1 failed | 2 passed | 1 skipped (4)\n";
    assert_eq!(tally(vitest), ("2 passed, 1 failed".to_owned(), false));
}

#[test]
fn a_run_without_tests_fails() {
    assert_eq!(
        tally("nothing to see\n"),
        ("0 passed, 0 failed".to_owned(), false)
    );
}
