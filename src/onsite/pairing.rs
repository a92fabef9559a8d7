//! File names to people: which roster row a photo belongs to by the number in its name.

use super::document_number::normalised;

/// A shorter run of signs is a counter or a camera's number, unless it is the whole name.
const SHORTEST_NUMBER: usize = 5;

/// What a file name may say of its person: candidates for a document or student number, best first.
///
/// The whole name without extension comes first, then every run of letters, digits and brackets that is long enough,
/// each also without a copy's counter such as ` (2)`. Normalised as stored numbers are.
pub fn numbers_in(file_name: &str) -> Vec<String> {
    let stem = file_name.rsplit_once('.').map_or(file_name, |(stem, _)| stem);
    let whole = normalised(stem);
    let mut found = vec![whole];
    for stem in [stem, without_counter(stem)] {
        let belongs = |sign: char| sign.is_ascii_alphanumeric() || matches!(sign, '(' | ')');
        let narrow: String = stem.chars().map(|sign| normalised_sign(sign).unwrap_or(' ')).collect();
        let with_brackets = narrow.split(|sign: char| !belongs(sign));
        let without_brackets = narrow.split(|sign: char| !sign.is_ascii_alphanumeric());
        let runs = with_brackets.chain(without_brackets).filter(|run| run.len() >= SHORTEST_NUMBER);
        found.extend(runs.map(str::to_owned));
    }
    let mut seen = std::collections::HashSet::new();
    found.retain(|number| !number.is_empty() && seen.insert(number.clone()));
    found
}

/// `name (2)` and `name(2)` as copies are named.
fn without_counter(stem: &str) -> &str {
    let Some(open) = stem.trim_end().strip_suffix([')', '）']).and_then(|_| stem.rfind(['(', '（'])) else {
        return stem;
    };
    let inner = stem[open..].trim_matches(['(', ')', '（', '）', ' ']);
    let is_counter = !inner.is_empty() && inner.len() <= 2 && inner.chars().all(|sign| sign.is_ascii_digit());
    if is_counter { &stem[..open] } else { stem }
}

fn normalised_sign(sign: char) -> Option<char> {
    normalised(sign.encode_utf8(&mut [0; 4])).chars().next()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(file_name: &str, expect: &str) {
        let found = numbers_in(file_name);
        assert!(found.iter().any(|number| number == expect), "{file_name}: {found:?}");
    }

    #[test]
    fn numbers_are_found_beside_names_counters_and_brackets() {
        check("20210012345.jpg", "20210012345");
        check("吴小兰_11010519491231002x.JPG", "11010519491231002X");
        check("20210012345-1.jpg", "20210012345");
        check("20210012345 (2).jpg", "20210012345");
        check("20210012345(2).jpg", "20210012345");
        check("C123456（A）.jpg", "C123456(A)");
        check("吴小兰C123456(A) (3).jpg", "C123456(A)");
        check("２０２１００１２３４５.jpg", "20210012345");
        check("17.jpg", "17");
    }

    #[test]
    fn a_counter_alone_is_no_number() {
        assert_eq!(numbers_in("吴小兰-17.jpg"), ["吴小兰-17"]);
        assert!(!numbers_in("IMG_0042.jpg").contains(&"0042".to_owned()));
    }
}
