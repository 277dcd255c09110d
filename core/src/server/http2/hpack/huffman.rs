//! The Huffman code of HPACK (RFC 7541, appendix B), read back into text.

use std::sync::LazyLock;

/// How many bits the code of each byte has, and last that of the end of a string. The code is
/// canonical: the lengths are all that it takes.
#[rustfmt::skip]
const LENGTHS: [u8; 257] = [
    13, 23, 28, 28, 28, 28, 28, 28, 28, 24, 30, 28, 28, 30, 28, 28,
    28, 28, 28, 28, 28, 28, 30, 28, 28, 28, 28, 28, 28, 28, 28, 28,
    6, 10, 10, 12, 13, 6, 8, 11, 10, 10, 8, 11, 8, 6, 6, 6,
    5, 5, 5, 6, 6, 6, 6, 6, 6, 6, 7, 8, 15, 6, 12, 10,
    13, 6, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7,
    7, 7, 7, 7, 7, 7, 7, 7, 8, 7, 8, 13, 19, 13, 14, 6,
    15, 5, 6, 5, 6, 5, 6, 6, 6, 5, 7, 7, 6, 6, 6, 5,
    6, 7, 6, 5, 5, 6, 7, 7, 7, 7, 7, 15, 11, 14, 13, 28,
    20, 22, 20, 20, 22, 22, 22, 23, 22, 23, 23, 23, 23, 23, 24, 23,
    24, 24, 22, 23, 24, 23, 23, 23, 23, 21, 22, 23, 22, 23, 23, 24,
    22, 21, 20, 22, 22, 23, 23, 21, 23, 22, 22, 24, 21, 22, 23, 23,
    21, 21, 22, 21, 23, 22, 23, 23, 20, 22, 22, 22, 23, 22, 22, 23,
    26, 26, 20, 19, 22, 23, 22, 25, 26, 26, 26, 27, 27, 26, 24, 25,
    19, 21, 26, 27, 27, 26, 27, 24, 21, 21, 26, 26, 28, 27, 27, 27,
    20, 24, 20, 21, 22, 21, 21, 23, 22, 22, 25, 25, 24, 24, 26, 23,
    26, 27, 26, 26, 27, 27, 27, 27, 27, 28, 27, 27, 27, 27, 27, 26,
    30,
];
const END_OF_STRING: u16 = 256;
const LONGEST: usize = 30;
const SHORTEST: usize = 5;
/// The bits that fill the last byte are the beginning of the code for the end of a string.
const MOST_PADDING: usize = 7;

static CODE: LazyLock<Code> = LazyLock::new(Code::new);

/// For each length: the first code that has it, and where its bytes begin in the order of codes.
struct Code {
    first: [u32; LONGEST + 1],
    count: [u32; LONGEST + 1],
    start: [usize; LONGEST + 1],
    symbols: Vec<u16>,
}

impl Code {
    fn new() -> Self {
        let mut symbols: Vec<u16> = (0..=END_OF_STRING).collect();
        symbols.sort_by_key(|symbol| LENGTHS[usize::from(*symbol)]);
        let mut code = Self {
            first: [0; LONGEST + 1],
            count: [0; LONGEST + 1],
            start: [0; LONGEST + 1],
            symbols,
        };
        for length in LENGTHS {
            code.count[usize::from(length)] += 1;
        }
        for length in 1..=LONGEST {
            let before = length - 1;
            code.first[length] = (code.first[before] + code.count[before]) << 1;
            code.start[length] = code.start[before] + code.count[before] as usize;
        }
        code
    }

    /// The byte, or the end, whose code stands at the beginning of these bits, and its length;
    /// `None` where there are too few.
    fn next(&self, bits: u64, available: usize) -> Option<(u16, usize)> {
        for length in SHORTEST..=LONGEST.min(available) {
            let code = u32::try_from(bits >> (64 - length)).expect("30 bits at most");
            let offset = code.wrapping_sub(self.first[length]);
            if code >= self.first[length] && offset < self.count[length] {
                return Some((self.symbols[self.start[length] + offset as usize], length));
            }
        }
        None
    }
}

/// The text that `encoded` stands for, appended to `text`; `None` where it is no such code.
pub(super) fn decode(encoded: &[u8], text: &mut Vec<u8>) -> Option<()> {
    let code = &*CODE;
    let mut rest = encoded.iter();
    // The next bits, from the highest down.
    let (mut bits, mut available) = (0_u64, 0_usize);
    loop {
        while available <= 56
            && let Some(byte) = rest.next()
        {
            bits |= u64::from(*byte) << (56 - available);
            available += 8;
        }
        let Some((symbol, length)) = code.next(bits, available) else {
            let padding = !(u64::MAX >> available);
            return (available <= MOST_PADDING && bits == padding).then_some(());
        };
        // The end itself is never written.
        text.push(u8::try_from(symbol).ok()?);
        bits <<= length;
        available -= length;
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn text_of(encoded: &[u8]) -> Option<Vec<u8>> {
        let mut text = Vec::new();
        decode(encoded, &mut text).map(|()| text)
    }

    /// The codes as the canonical order gives them, written bit by bit.
    fn encode(text: &[u8]) -> Vec<u8> {
        let code = &*CODE;
        let mut bits: Vec<bool> = Vec::new();
        for byte in text {
            let place = code
                .symbols
                .iter()
                .position(|symbol| *symbol == u16::from(*byte));
            let length = usize::from(LENGTHS[usize::from(*byte)]);
            let offset = place.expect("every byte has a code") - code.start[length];
            let value = code.first[length] as usize + offset;
            bits.extend((0..length).rev().map(|bit| value >> bit & 1 == 1));
        }
        while !bits.len().is_multiple_of(8) {
            bits.push(true);
        }
        let byte = |bits: &[bool]| bits.iter().fold(0, |byte, bit| byte << 1 | u8::from(*bit));
        bits.chunks(8).map(byte).collect()
    }

    #[test]
    fn the_examples_of_the_standard_are_read() {
        let examples: [(&[u8], &str); 3] = [
            (
                &[
                    0xf1, 0xe3, 0xc2, 0xe5, 0xf2, 0x3a, 0x6b, 0xa0, 0xab, 0x90, 0xf4, 0xff,
                ],
                "www.example.com",
            ),
            (&[0xa8, 0xeb, 0x10, 0x64, 0x9c, 0xbf], "no-cache"),
            (
                &[
                    0xd0, 0x7a, 0xbe, 0x94, 0x10, 0x54, 0xd4, 0x44, 0xa8, 0x20, 0x05, 0x95, 0x04,
                    0x0b, 0x81, 0x66, 0xe0, 0x82, 0xa6, 0x2d, 0x1b, 0xff,
                ],
                "Mon, 21 Oct 2013 20:13:21 GMT",
            ),
        ];
        for (encoded, text) in examples {
            assert_eq!(text_of(encoded).as_deref(), Some(text.as_bytes()));
        }
    }

    #[test]
    fn what_is_no_code_is_refused() {
        // A whole byte of padding, padding that is not the beginning of the end, and the end.
        for encoded in [&[0xff_u8][..], &[0x06], &[0x00], &[0xff, 0xff, 0xff, 0xfc]] {
            assert_eq!(text_of(encoded), None, "{encoded:?}");
        }
        assert_eq!(text_of(&[]), Some(Vec::new()));
    }

    proptest! {
        #[test]
        fn every_text_comes_back(text in prop::collection::vec(any::<u8>(), 0..100)) {
            prop_assert_eq!(text_of(&encode(&text)), Some(text));
        }
    }
}
