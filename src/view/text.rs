//! Texts that must fit, or must be harmless, wherever they are drawn.

/// A text cut to a number of characters.
pub fn cut(text: &str, fits: usize) -> String {
    if text.chars().count() <= fits {
        return text.to_owned();
    }
    text.chars().take(fits.saturating_sub(1)).chain(['…']).collect()
}

/// A text without the characters that XML and HTML do not admit: a name from a file may hold any.
pub fn legible(text: &str) -> String {
    let odd = |each: char| (each.is_control() && each != '\n') || matches!(each, '\u{fffe}' | '\u{ffff}');
    text.chars().map(|each| if odd(each) { '\u{fffd}' } else { each }).collect()
}
