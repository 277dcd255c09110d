//! [`HeaderBlocks`]: header blocks as heads, remembered for when they come again.

use std::rc::Rc;

use bytes::Bytes;

use super::{
    hpack::{Decoder, Fields, Malformed},
    request_head::{self, Asked, RequestHead},
};

/// How many blocks are remembered: brokers call up to 21 methods.
const MOST_REMEMBERED: usize = 32;
/// Longer blocks are not remembered; once its fields are in the table, a broker's has some ten bytes.
const LONGEST_REMEMBERED: usize = 512;

/// Reads the header blocks of one connection.
///
/// A client repeats itself: once its fields are in the table, each call of a method has the same block,
/// byte for byte. What a block means is remembered for as long as the table stays as it is.
pub(super) struct HeaderBlocks {
    decoder: Decoder,
    remembered: Vec<(Bytes, Rc<RequestHead>)>,
    most_bytes: usize,
}

impl HeaderBlocks {
    /// Of the fields of each block, `most_bytes` are kept.
    pub(super) fn new(most_bytes: usize) -> Self {
        Self {
            decoder: Decoder::new(),
            remembered: Vec::new(),
            most_bytes,
        }
    }

    /// The head that a block stands for. The outer error is the connection's, the inner one only the
    /// stream's.
    pub(super) fn head(
        &mut self,
        block: &[u8],
    ) -> Result<Result<Rc<RequestHead>, request_head::Malformed>, Malformed> {
        let known = self.remembered.iter().find(|(known, _)| known == block);
        if let Some((_, head)) = known {
            return Ok(Ok(Rc::clone(head)));
        }
        let block = Bytes::copy_from_slice(block);
        let fields = self.fields(&block)?;
        let head = RequestHead::read(&fields).map(Rc::new);
        if let Ok(head) = &head
            && fields.is_lasting
            && block.len() <= LONGEST_REMEMBERED
            && matches!(head.asked, Asked::Hook { .. })
        {
            if self.remembered.len() == MOST_REMEMBERED {
                self.remembered.remove(0);
            }
            self.remembered.push((block, Rc::clone(head)));
        }
        Ok(head)
    }

    /// The fields of a block that is no head: trailers, or the head of a stream that is let go.
    pub(super) fn fields(&mut self, block: &Bytes) -> Result<Fields, Malformed> {
        let fields = self.decoder.decode(block, self.most_bytes)?;
        if !fields.is_lasting {
            self.remembered.clear();
        }
        Ok(fields)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::hook::Hook;

    /// `:method POST`, `:scheme http`, and two fields that are added to the table.
    const ADDING: &[u8] = b"\x83\x86\x44\x2e/emqx.exhook.v2.HookProvider/OnClientConnected\
        \x5f\x10application/grpc";

    fn hook(head: &RequestHead) -> Option<Hook> {
        match head.asked {
            Asked::Hook { hook, .. } => Some(hook),
            _ => None,
        }
    }

    #[test]
    fn a_block_that_comes_again_is_not_read_again_while_the_table_stays() {
        let mut blocks = HeaderBlocks::new(16_384);
        let mut head = |block: &[u8]| blocks.head(block).expect("a block").expect("a head");
        let added = head(ADDING);
        assert_eq!(hook(&added), Some(Hook::ClientConnected));
        let [one, two] = [0; 2].map(|_| head(b"\x83\x86\xbf\xbe"));
        assert_eq!(hook(&one), Some(Hook::ClientConnected));
        assert!(Rc::ptr_eq(&one, &two));
        // Another path: the numbers mean something else now.
        head(b"\x83\x86\x44\x2f/emqx.exhook.v2.HookProvider/OnMessageDelivered\xbf");
        let moved = head(b"\x83\x86\xbe\xbf");
        assert_eq!(hook(&moved), Some(Hook::MessageDelivered));
        let same_numbers = blocks.head(b"\x83\x86\xbf\xbe");
        assert!(!matches!(same_numbers, Ok(Ok(head)) if Rc::ptr_eq(&head, &one)));
    }
}
