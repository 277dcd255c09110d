//! Text in generated files: wrapped, indented, with its prefix.

use std::{
    error::Error,
    io::Write as _,
    process::{Command, Stdio},
};

/// The longest line of a generated file.
const WIDTH: usize = 100;

/// `text` in lines that begin with `prefix`, each ended by a newline.
pub(crate) fn wrapped(prefix: &str, text: &str) -> String {
    wrapped_to(WIDTH, prefix, text)
}

fn wrapped_to(width: usize, prefix: &str, text: &str) -> String {
    let mut lines = String::new();
    for paragraph in text.split("\n\n") {
        if !lines.is_empty() {
            lines.push_str(prefix.trim_end());
            lines.push('\n');
        }
        let mut line = String::new();
        for word in paragraph.split_whitespace() {
            if !line.is_empty() && prefix.len() + line.len() + 1 + word.len() > width {
                push_line(&mut lines, prefix, &line);
                line.clear();
            }
            if !line.is_empty() {
                line.push(' ');
            }
            line.push_str(word);
        }
        push_line(&mut lines, prefix, &line);
    }
    lines
}

fn push_line(lines: &mut String, prefix: &str, line: &str) {
    lines.push_str(prefix);
    lines.push_str(line);
    lines.push('\n');
}

/// A Python docstring of `text` at this indentation.
pub(crate) fn docstring(indent: &str, text: &str) -> String {
    let short = format!("{indent}\"\"\"{text}\"\"\"\n");
    // A closing quote right before the quotes that end the docstring would end it early.
    if short.len() <= WIDTH + 1 && !text.contains("\n\n") && !text.ends_with('"') {
        return short;
    }
    // Narrower by the closing quotes: on one line with its text the docstring would be too long.
    let marked = wrapped_to(WIDTH - 3, indent, &format!("\"\"\"{text}"));
    format!("{marked}{indent}\"\"\"\n")
}

/// The first sentence of `text`, without its full stop, and what follows.
pub(crate) fn first_sentence(text: &str) -> (&str, &str) {
    text.split_once(". ")
        .unwrap_or((text.trim_end_matches('.'), ""))
}

/// A comment in the way of `JSDoc` of `text` at this indentation.
pub(crate) fn jsdoc(indent: &str, text: &str) -> String {
    let short = format!("{indent}/** {text} */\n");
    if short.len() <= WIDTH + 1 && !text.contains("\n\n") {
        return short;
    }
    let lines = wrapped(&format!("{indent} * "), text);
    format!("{indent}/**\n{lines}{indent} */\n")
}

/// `ClientInfo` as `client_info`.
pub(crate) fn snake_case(name: &str) -> String {
    let mut snake = String::new();
    for letter in name.chars() {
        if letter.is_uppercase() && !snake.is_empty() {
            snake.push('_');
        }
        snake.extend(letter.to_lowercase());
    }
    snake
}

/// Rust as rustfmt has it.
pub(crate) fn formatted_rust(source: &str) -> Result<String, Box<dyn Error>> {
    let mut rustfmt = Command::new("rustfmt")
        .args(["--edition", "2024"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()?;
    rustfmt
        .stdin
        .take()
        .ok_or("rustfmt has no input")?
        .write_all(source.as_bytes())?;
    let output = rustfmt.wait_with_output()?;
    if !output.status.success() {
        return Err(format!("rustfmt refused the generated code:\n{source}").into());
    }
    Ok(String::from_utf8(output.stdout)?)
}
