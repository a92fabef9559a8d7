//! Personal text in the form that may stand in the clear: 吴*兰, *123X.

/// Characters a long number keeps: the last four, as on a collection code.
const KEPT_DIGITS: usize = 4;

/// Masks every name and long number in `text`; what separates them stays.
///
/// A run of letters keeps its first and last character, a number longer than four digits (with an `X` that
/// closes a document number) its last four.
pub fn masked(text: &str) -> String {
    let characters: Vec<char> = text.chars().collect();
    let mut out = String::with_capacity(text.len());
    let mut rest = characters.as_slice();
    while let Some(first) = rest.first() {
        let length = if first.is_ascii_digit() { number_length(rest) } else { run_length(rest, is_letter) };
        let (run, after) = rest.split_at(length.max(1));
        if first.is_ascii_digit() {
            push_number(&mut out, run);
        } else {
            push_name(&mut out, run);
        }
        rest = after;
    }
    out
}

/// The masked form of a file name: without its extension.
pub fn masked_file_name(file_name: &str) -> String {
    let stem = file_name.rsplit_once('.').map_or(file_name, |(stem, _)| stem);
    masked(if stem.is_empty() { file_name } else { stem })
}

fn is_letter(character: char) -> bool {
    character.is_alphabetic()
}

fn run_length(characters: &[char], belongs: fn(char) -> bool) -> usize {
    characters.iter().take_while(|character| belongs(**character)).count()
}

/// Digits, and an `X` that closes them when no further letter follows.
fn number_length(characters: &[char]) -> usize {
    let digits = run_length(characters, |character| character.is_ascii_digit());
    let is_check_digit = matches!(characters.get(digits), Some('X' | 'x'))
        && !characters.get(digits + 1).is_some_and(|next| is_letter(*next));
    digits + usize::from(is_check_digit)
}

fn push_number(out: &mut String, run: &[char]) {
    if run.len() > KEPT_DIGITS {
        out.push('*');
    }
    out.extend(&run[run.len().saturating_sub(KEPT_DIGITS)..]);
}

fn push_name(out: &mut String, run: &[char]) {
    match run {
        [first, _] if is_letter(*first) => out.extend([*first, '*']),
        [first, .., last] => out.extend([*first, '*', *last]),
        _ => out.extend(run),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(file_name: &str, expect: &str) {
        assert_eq!(masked_file_name(file_name), expect, "{file_name}");
    }

    #[test]
    fn names_keep_their_ends_and_numbers_their_last_four() {
        check("吴小兰.jpg", "吴*兰");
        check("欧阳小兰.jpg", "欧*兰");
        check("吴兰.jpg", "吴*");
        check("吴.jpg", "吴");
        check("吴小兰_11010119900307123X.JPG", "吴*兰_*123X");
        check("20210012345.png", "*2345");
        check("IMG_2031.jpeg", "I*G_2031");
        check("WuXiaolan-01.jpg", "W*n-01");
        check("C123456(A).jpg", "C*3456(A)");
    }

    #[test]
    fn characters_beyond_the_basic_plane_count_as_one() {
        check("𠮷田𪚥.jpg", "𠮷*𪚥");
    }

    #[test]
    fn names_without_extension_or_stem_are_masked_too() {
        check("吴小兰", "吴*兰");
        check(".jpg", ".j*g");
        check("", "");
    }
}
