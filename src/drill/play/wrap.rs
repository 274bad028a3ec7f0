//! Words in lines, cells in columns.
//!
//! What always holds: no line is wider than asked, unless one word is.

use super::readable::{Line, Style, plain};

/// Words in lines, each line after an indent.
#[must_use]
pub(super) fn wrapped(block: &Line, width: usize, first: &str, rest: &str) -> Vec<Line> {
    let mut lines: Vec<Line> = Vec::new();
    let mut line: Line = vec![(Style::Plain, first.to_owned())];
    let (mut used, mut empty, mut space) = (first.chars().count(), true, false);
    for (style, word, glued) in words(block) {
        let long = word.chars().count();
        if !glued && !empty && used + 1 + long > width {
            lines.push(std::mem::replace(&mut line, vec![(Style::Plain, rest.to_owned())]));
            (used, empty, space) = (rest.chars().count(), true, false);
        }
        if !glued && !empty {
            space = true;
        }
        let word = if std::mem::take(&mut space) { format!(" {word}") } else { word };
        used += word.chars().count();
        empty = false;
        match line.last_mut() {
            Some((last, text)) if *last == style => *text += &word,
            _ => line.push((style, word)),
        }
    }
    lines.push(line);
    lines
}

/// Each word with its style, and whether it hangs on the one before.
fn words(block: &Line) -> Vec<(Style, String, bool)> {
    let mut words = Vec::new();
    let mut open = false;
    for (style, text) in block {
        for (nth, word) in text.split(' ').enumerate() {
            if nth > 0 {
                open = false;
            }
            if !word.is_empty() {
                words.push((*style, word.to_owned(), open));
                open = true;
            }
        }
    }
    words
}

/// Columns where they fit; else each row as a list of its cells.
pub(super) fn table(rows: &[Vec<Line>], width: usize) -> Vec<Line> {
    let columns = rows.iter().map(Vec::len).max().unwrap_or(0);
    let wide = |column: usize| {
        rows.iter().filter_map(|row| row.get(column)).map(|cell| plain(cell).chars().count()).max().unwrap_or(0)
    };
    let widths: Vec<usize> = (0..columns).map(wide).collect();
    if widths.iter().sum::<usize>() + 2 * columns.saturating_sub(1) <= width {
        return rows.iter().map(|row| in_columns(row, &widths)).collect();
    }
    rows.iter().skip(1).flat_map(|row| in_a_list(row, width)).collect()
}

fn in_columns(row: &[Line], widths: &[usize]) -> Line {
    let mut line = Line::new();
    for (nth, (cell, width)) in row.iter().zip(widths).enumerate() {
        if nth > 0 {
            line.push((Style::Plain, "  ".to_owned()));
        }
        line.extend(cell.iter().cloned());
        if nth + 1 < row.len() {
            line.push((Style::Plain, " ".repeat(width.saturating_sub(plain(cell).chars().count()))));
        }
    }
    line
}

fn in_a_list(row: &[Line], width: usize) -> Vec<Line> {
    let mut block = Line::new();
    for cell in row.iter().filter(|cell| !plain(cell).trim().is_empty()) {
        if !block.is_empty() {
            block.push((Style::Plain, ", ".to_owned()));
        }
        block.extend(cell.iter().cloned());
    }
    wrapped(&block, width, "- ", "  ")
}
