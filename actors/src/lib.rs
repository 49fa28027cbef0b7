//! Who does what.
