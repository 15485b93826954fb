//! Whether a rubric judges as its author meant it to.
