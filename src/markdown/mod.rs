//! Markdown to a document, and a document to lines of a given width whose spans have roles.
//!
//! Pure. Colours are absent: a role says what a span is, the theme says how that looks. What a fence
//! means (a diagram, a simulation, an exercise) is absent too: such fences become slots, which the
//! caller fills.
