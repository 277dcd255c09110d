//! [`Entry`]: what is written into memory of JavaScript's, in words of 32 bits of the machine's own
//! byte order.
//!
//! A text or payload lies behind the words of its entry; two words say where and how long.
//! Positions count from the beginning of the memory. `lib/part.js` reads all that.

use std::collections::BTreeMap;

/// Entries begin at a multiple of so many bytes, because they hold a 64-bit float.
const ALIGNMENT: usize = 8;
const WORD: usize = 4;
/// Set in the length of a text that is ASCII, which is read faster.
const ASCII: u32 = 1 << 30;

/// An entry that is being written. What does not fit is not written, but measured all the same.
pub(crate) struct Entry<'memory> {
    memory: &'memory mut [u8],
    start: usize,
    end: usize,
}

impl<'memory> Entry<'memory> {
    /// An entry of so many words, all 0, at the byte `start`, a multiple of 8.
    pub(crate) fn begin(memory: &'memory mut [u8], start: usize, words: usize) -> Self {
        let end = start + words * WORD;
        if let Some(place) = memory.get_mut(start..end) {
            place.fill(0);
        }
        Self { memory, start, end }
    }

    /// The entry's first word.
    pub(crate) const fn first_word(&self) -> usize {
        self.start / WORD
    }

    /// Ends the entry, whose first word becomes its size.
    pub(crate) fn finish(&mut self) {
        self.end = self.end.next_multiple_of(ALIGNMENT);
        self.number(self.first_word(), small(self.size()));
    }

    /// The first byte behind the entry, where the next one begins; `None` when the entry did not
    /// fit.
    pub(crate) fn end(&self) -> Option<usize> {
        (self.end <= self.memory.len()).then_some(self.end)
    }

    /// How many bytes the entry takes.
    pub(crate) fn size(&self) -> usize {
        self.end - self.start
    }

    /// Writes a number of 32 bits.
    pub(crate) fn number(&mut self, at: usize, value: u32) {
        self.put(at * WORD, &value.to_ne_bytes());
    }

    /// Writes a number of 64 bits: the lower half first.
    #[expect(clippy::cast_possible_truncation, reason = "the halves are meant")]
    pub(crate) fn wide_number(&mut self, at: usize, value: u64) {
        self.number(at, value as u32);
        self.number(at + 1, (value >> 32) as u32);
    }

    /// Writes a float of 64 bits.
    pub(crate) fn float(&mut self, at: usize, value: f64) {
        self.put(at * WORD, &value.to_ne_bytes());
    }

    /// Writes a text behind the entry's words.
    pub(crate) fn text(&mut self, at: usize, text: &str) {
        let ascii = if text.is_ascii() { ASCII } else { 0 };
        if !text.is_empty() {
            self.behind(at, text.as_bytes(), ascii);
        }
    }

    /// Writes bytes behind the entry's words.
    pub(crate) fn bytes(&mut self, at: usize, bytes: &[u8]) {
        self.behind(at, bytes, 0);
    }

    /// Writes names and values behind the entry's words, each as two texts.
    pub(crate) fn map(&mut self, at: usize, map: &BTreeMap<String, String>) {
        let first = self.reserve(at, map.len(), 4);
        for ((name, value), at) in map.iter().zip((first..).step_by(4)) {
            self.text(at, name);
            self.text(at + 2, value);
        }
    }

    /// Writes messages behind the entry's words, each with `write` and as long as `words`.
    pub(crate) fn list<M>(
        &mut self,
        at: usize,
        messages: &[M],
        words: usize,
        write: impl Fn(&mut Entry<'_>, usize, &M),
    ) {
        let first = self.reserve(at, messages.len(), words);
        for (message, at) in messages.iter().zip((first..).step_by(words)) {
            write(self, at, message);
        }
    }

    /// Makes room for `count` times `words`, says so at the word `at`, and returns the first of
    /// them.
    fn reserve(&mut self, at: usize, count: usize, words: usize) -> usize {
        let start = self.end.next_multiple_of(WORD);
        self.end = start + count * words * WORD;
        if let Some(place) = self.memory.get_mut(start..self.end) {
            place.fill(0);
        }
        self.number(at, small(start / WORD));
        self.number(at + 1, small(count));
        start / WORD
    }

    fn behind(&mut self, at: usize, bytes: &[u8], flags: u32) {
        self.number(at, small(self.end));
        self.number(at + 1, small(bytes.len()) | flags);
        self.put(self.end, bytes);
        self.end += bytes.len();
    }

    fn put(&mut self, at: usize, bytes: &[u8]) {
        if let Some(place) = self.memory.get_mut(at..at + bytes.len()) {
            place.copy_from_slice(bytes);
        }
    }
}

/// Requests have less than 4 GiB, so every position and length fits; what would not is refused
/// by JavaScript, which has no such memory.
fn small(number: usize) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}
