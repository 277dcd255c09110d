//! Reads the one Erlang term that brokers before package v3 print: a list of pairs of binaries.
//!
//! It is what `io_lib:format("~0p")` makes of MQTT user properties, such as
//! `[{<<"team">>,<<"ops">>},{<<"name">>,<<109,195,188,108>>},{<<"π"/utf8>>,<<>>}]`.

/// The pairs of `text`, or `None` when it is anything else, or not UTF-8 once read.
pub(super) fn parse_pairs(text: &str) -> Option<Vec<(String, String)>> {
    let mut reader = Reader { rest: text };
    let mut pairs = Vec::new();
    reader.expect('[')?;
    if !reader.accept(']') {
        loop {
            reader.expect('{')?;
            let name = reader.binary()?;
            reader.expect(',')?;
            let value = reader.binary()?;
            reader.expect('}')?;
            pairs.push((name, value));
            if !reader.accept(',') {
                reader.expect(']')?;
                break;
            }
        }
    }
    reader.skip_space();
    reader.rest.is_empty().then_some(pairs)
}

struct Reader<'text> {
    rest: &'text str,
}

impl Reader<'_> {
    fn skip_space(&mut self) {
        self.rest = self.rest.trim_start();
    }

    fn accept(&mut self, wanted: char) -> bool {
        self.skip_space();
        self.accept_here(wanted)
    }

    fn accept_here(&mut self, wanted: char) -> bool {
        match self.rest.strip_prefix(wanted) {
            Some(rest) => {
                self.rest = rest;
                true
            }
            None => false,
        }
    }

    fn expect(&mut self, wanted: char) -> Option<()> {
        self.accept(wanted).then_some(())
    }

    fn next(&mut self) -> Option<char> {
        let mut characters = self.rest.chars();
        let character = characters.next()?;
        self.rest = characters.as_str();
        Some(character)
    }

    fn binary(&mut self) -> Option<String> {
        self.expect('<')?;
        self.accept_here('<').then_some(())?;
        self.skip_space();
        let bytes = if self.rest.starts_with('"') {
            self.quoted()?
        } else {
            self.numbers()?
        };
        self.expect('>')?;
        self.accept_here('>').then_some(())?;
        String::from_utf8(bytes).ok()
    }

    /// `"text"` is printed byte by byte (Latin-1), `"text"/utf8` by character.
    fn quoted(&mut self) -> Option<Vec<u8>> {
        self.accept_here('"').then_some(())?;
        let mut characters = Vec::new();
        loop {
            match self.next()? {
                '"' => break,
                '\\' => characters.push(self.escaped()?),
                character => characters.push(character),
            }
        }
        if let Some(rest) = self.rest.strip_prefix("/utf8") {
            self.rest = rest;
            return Some(String::from_iter(characters).into_bytes());
        }
        characters
            .into_iter()
            .map(|character| u8::try_from(u32::from(character)).ok())
            .collect()
    }

    fn escaped(&mut self) -> Option<char> {
        Some(match self.next()? {
            'n' => '\n',
            'r' => '\r',
            't' => '\t',
            'v' => '\u{b}',
            'b' => '\u{8}',
            'f' => '\u{c}',
            'e' => '\u{1b}',
            's' => ' ',
            'd' => '\u{7f}',
            '0' => '\0',
            'x' => return self.hexadecimal(),
            character @ ('"' | '\\' | '\'') => character,
            _ => return None,
        })
    }

    fn hexadecimal(&mut self) -> Option<char> {
        self.accept_here('{').then_some(())?;
        let (digits, rest) = self.rest.split_once('}')?;
        self.rest = rest;
        u32::from_str_radix(digits, 16)
            .ok()
            .and_then(char::from_u32)
    }

    fn numbers(&mut self) -> Option<Vec<u8>> {
        let mut bytes = Vec::new();
        self.skip_space();
        if self.rest.starts_with('>') {
            return Some(bytes);
        }
        loop {
            self.skip_space();
            let end = self
                .rest
                .find(|character: char| !character.is_ascii_digit())
                .unwrap_or(self.rest.len());
            bytes.push(self.rest[..end].parse().ok()?);
            self.rest = &self.rest[end..];
            if !self.accept(',') {
                return Some(bytes);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn pairs(list: &[(&str, &str)]) -> Vec<(String, String)> {
        list.iter()
            .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
            .collect()
    }

    #[test]
    fn lists_of_pairs_are_read() {
        assert_eq!(parse_pairs("[]"), Some(Vec::new()));
        assert_eq!(
            parse_pairs(r#"[{<<"fw">>,<<"1.2.3">>},{<<"a">>, <<>>}]"#),
            Some(pairs(&[("fw", "1.2.3"), ("a", "")]))
        );
        assert_eq!(
            parse_pairs("[{<<\"π\"/utf8>>,<<109,195,188>>}]"),
            Some(pairs(&[("π", "mü")]))
        );
        assert_eq!(
            parse_pairs("[{<<\"say \\\"hi\\\"\\n\">>,\n  <<\"\\x{41}\">>}]"),
            Some(pairs(&[("say \"hi\"\n", "A")]))
        );
    }

    #[test]
    fn anything_else_is_left_alone() {
        for text in [
            "",
            "[",
            "undefined",
            "[{<<\"a\">>}]",
            "[{<<\"a\">>,<<\"b\">>}] more",
            "[{<<\"a\">>,<<255>>}]",
            "[{<<\"a\">>,<<256>>}]",
            "[{<<\"a,<<>>}]",
            "[{<<\"\\x{110000}\">>,<<>>}]",
        ] {
            assert_eq!(parse_pairs(text), None, "{text}");
        }
    }

    proptest! {
        #[test]
        fn what_is_printed_as_bytes_is_read_back(list in prop::collection::vec((".*", ".*"), 0..4)) {
            let printed: Vec<String> = list
                .iter()
                .map(|(name, value)| format!("{{{},{}}}", print(name), print(value)))
                .collect();
            prop_assert_eq!(parse_pairs(&format!("[{}]", printed.join(","))), Some(list));
        }

        #[test]
        fn no_text_makes_it_panic(text in "[\\[\\]{}<>,\"\\\\/utf8x0-9 é]*") {
            let _ = parse_pairs(&text);
        }
    }

    fn print(text: &str) -> String {
        let numbers: Vec<String> = text.bytes().map(|byte| byte.to_string()).collect();
        format!("<<{}>>", numbers.join(","))
    }
}
