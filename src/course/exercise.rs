//! An exercise file to an [`Exercise`], and an answer to an exercise to its outcome.
