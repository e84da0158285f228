//! What the pages of applicants and of staff have in common: frame, style, language, forms, cookies, and
//! refusals as pages. What a page says is its function's own; so is its layout, which extends `frame.html`
//! (`templates`, compiled in the functions).

pub mod assets;
pub mod cookies;
pub mod errors;
pub mod forms;
pub mod page;
pub mod words;
