//! Text in aligned columns.

/// How the cells of a column are aligned.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Align {
    Left,
    Right,
}

/// Lays out `rows` in columns, two spaces apart, without spaces at the ends of lines.
pub(crate) fn table<const N: usize>(columns: [Align; N], rows: &[[String; N]]) -> String {
    let widths: [usize; N] = std::array::from_fn(|column| {
        rows.iter()
            .map(|row| row[column].chars().count())
            .max()
            .unwrap_or(0)
    });
    let mut text = String::new();
    for row in rows {
        let cells: Vec<String> = (0..N)
            .map(|column| {
                let (cell, width) = (&row[column], widths[column]);
                match columns[column] {
                    Align::Left => format!("{cell:<width$}"),
                    Align::Right => format!("{cell:>width$}"),
                }
            })
            .collect();
        text.push_str(cells.join("  ").trim_end());
        text.push('\n');
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_are_aligned_by_characters() {
        let rows = [["a", "12"], ["bcd", "3"], ["µ·", ""]].map(|row| row.map(str::to_owned));
        assert_eq!(
            table([Align::Left, Align::Right], &rows),
            "a    12\nbcd   3\nµ·\n"
        );
    }
}
