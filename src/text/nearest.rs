//! What somebody probably meant: the allowed words that come nearest to a word that is not one.
//!
//! What always holds: suggestions are only shown, never acted on. Look-alike letters of other alphabets are compared as
//! the Latin letters that they resemble, so a `high` with a Cyrillic first letter suggests `high`. What is deliberately
//! not here: the allowed words.

/// How much of a word is compared, in characters: enough for any name, and a bound on the work.
const COMPARED: usize = 64;

/// At most three of `among` that are plausibly meant by `word`, the best first.
///
/// Plausible is a word at a distance of up to a third of the longer one (swapped neighbours count once), one that it
/// begins, or one that it goes on from (up to twice its length).
pub fn nearest<'a>(word: &str, among: impl Iterator<Item = &'a str>) -> Vec<String> {
    let mut best: Vec<String> = Vec::with_capacity(3);
    for candidate in ranked(word, among) {
        if best.len() < 3 && !best.iter().any(|known| known == candidate) {
            best.push(candidate.to_owned());
        }
    }
    best
}

/// All plausible words of `among`, the best first; equally good ones stay in order.
pub(super) fn ranked<'a>(word: &str, among: impl Iterator<Item = &'a str>) -> Vec<&'a str> {
    let word = skeleton(word);
    let mut scored: Vec<(usize, &str)> =
        among.filter_map(|candidate| Some((score(&word, &skeleton(candidate))?, candidate))).collect();
    scored.sort_by_key(|(score, _)| *score);
    scored.into_iter().map(|(_, candidate)| candidate).collect()
}

/// Lower is better; `None` is not plausible.
fn score(word: &[char], candidate: &[char]) -> Option<usize> {
    let (shorter, longer) = (word.len().min(candidate.len()), word.len().max(candidate.len()));
    if shorter == 0 {
        return None;
    }
    let goes_on = word.starts_with(candidate) && word.len() <= candidate.len() * 2;
    let continues = shorter >= 2 && (goes_on || candidate.starts_with(word));
    let allowed = (longer / 3).max(1);
    if !continues && longer - shorter > allowed {
        return None; // the distance is at least the difference in length
    }
    let distance = distance(word, candidate);
    match (continues, distance <= allowed && (shorter > 1 || distance == 0)) {
        (true, true) => Some(distance * 2),
        (true, false) => Some(distance.min(3) * 2),
        (false, true) => Some(distance * 2 + 1),
        (false, false) => None,
    }
}

/// Edits needed, where inserting, dropping, replacing and swapping neighbours are one edit each.
fn distance(a: &[char], b: &[char]) -> usize {
    let mut before: Vec<usize> = Vec::new();
    let mut above: Vec<usize> = (0..=b.len()).collect();
    let mut left_of_a = None;
    for (row, from) in a.iter().enumerate() {
        let mut current = Vec::with_capacity(b.len() + 1);
        current.push(row + 1);
        let mut left_of_b = None;
        for (column, to) in b.iter().enumerate() {
            let cell = |cells: &[usize], at: usize| cells.get(at).copied().unwrap_or(usize::MAX - 1);
            let mut best = (cell(&above, column) + usize::from(from != to))
                .min(cell(&above, column + 1) + 1)
                .min(cell(&current, column) + 1);
            if column > 0 && left_of_a == Some(to) && left_of_b == Some(from) {
                best = best.min(cell(&before, column - 1) + 1);
            }
            current.push(best);
            left_of_b = Some(to);
        }
        before = std::mem::replace(&mut above, current);
        left_of_a = Some(from);
    }
    above.last().copied().unwrap_or(0)
}

/// What the eye takes the word for: lower case, Latin, without invisible characters.
fn skeleton(word: &str) -> Vec<char> {
    word.chars().filter(|c| !super::chars::invisible(*c)).flat_map(|c| latin(c).to_lowercase()).take(COMPARED).collect()
}

/// The Latin letter that a letter of another alphabet is easily taken for, else the letter itself.
fn latin(c: char) -> char {
    match c {
        '\u{ff01}'..='\u{ff5e}' => char::from_u32(u32::from(c) - 0xfee0).unwrap_or(c), // full-width forms
        'А' | 'а' | 'Α' | 'α' | 'ɑ' => 'a',
        'В' | 'в' | 'Β' | 'Ь' | 'ь' => 'b',
        'С' | 'с' | 'Ϲ' | 'ϲ' => 'c',
        'ԁ' | 'ɗ' => 'd',
        'Е' | 'е' | 'Ё' | 'ё' | 'Ε' | 'ε' => 'e',
        'ɡ' | 'Ԍ' | 'ԍ' => 'g',
        'Н' | 'н' | 'Η' | 'Һ' | 'һ' => 'h',
        'І' | 'і' | 'Ї' | 'ї' | 'Ι' | 'ι' | 'ı' | 'Ӏ' => 'i',
        'Ј' | 'ј' => 'j',
        'К' | 'к' | 'Κ' | 'κ' => 'k',
        'ӏ' => 'l',
        'М' | 'м' | 'Μ' => 'm',
        'Ν' | 'ո' | 'п' => 'n',
        'О' | 'о' | 'Ο' | 'ο' | 'Օ' | 'օ' => 'o',
        'Р' | 'р' | 'Ρ' | 'ρ' => 'p',
        'ԛ' => 'q',
        'г' => 'r',
        'Ѕ' | 'ѕ' => 's',
        'Т' | 'т' | 'Τ' | 'τ' => 't',
        'υ' | 'ս' => 'u',
        'ν' | 'Ѵ' | 'ѵ' => 'v',
        'ѡ' | 'ԝ' | 'Ԝ' => 'w',
        'Х' | 'х' | 'Χ' | 'χ' => 'x',
        'У' | 'у' | 'Υ' | 'Ү' | 'ү' => 'y',
        'Ζ' => 'z',
        other => other,
    }
}
