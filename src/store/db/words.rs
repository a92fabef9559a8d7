//! The store's SQL in PostgreSQL's words.

/// Parameters `?1` become `$1`, a lone `?` the next number; a member of JSON text is read as JSON. Nothing that looks
/// like these stands in our texts between quotes.
pub(super) fn postgres(sql: &str) -> String {
    let sql = sql.replace(" ->> '$.", "::jsonb ->> '").replace(" NOT INDEXED", "");
    let mut words = String::with_capacity(sql.len() + 8);
    let mut lone = 0;
    let mut letters = sql.chars().peekable();
    while let Some(letter) = letters.next() {
        if letter != '?' {
            words.push(letter);
            continue;
        }
        words.push('$');
        if !letters.peek().is_some_and(char::is_ascii_digit) {
            lone += 1;
            words.push_str(&lone.to_string());
        }
    }
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parameters_are_numbered_and_json_is_read() {
        assert_eq!(postgres("a = ?1 AND b = ?12"), "a = $1 AND b = $12");
        assert_eq!(postgres("a = ? AND b = ?"), "a = $1 AND b = $2");
        assert_eq!(postgres("event ->> '$.verb' = 'undo'"), "event::jsonb ->> 'verb' = 'undo'");
    }
}
