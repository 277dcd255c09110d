//! Blocks of another encoder, read by ours and by its own decoder.

use bytes::Bytes;
use loona_hpack as other;
use proptest::{collection::vec, prelude::*};

use super::Decoder;

fn field() -> impl Strategy<Value = (Vec<u8>, Vec<u8>)> {
    let name = prop_oneof![
        Just(b":path".to_vec()),
        Just(b"content-type".to_vec()),
        (0..30_u8).prop_map(|number| vec![b'n', number]),
        vec(any::<u8>(), 0..300),
    ];
    let value = prop_oneof![
        (0..5_u8).prop_map(|number| vec![b'v', number]),
        vec(any::<u8>(), 0..300),
        (0..5_000_usize).prop_map(|length| vec![b'l'; length]),
    ];
    (name, value)
}

/// A change of the table's size, as it is written.
fn resized(most: usize) -> Vec<u8> {
    let mut out = Vec::new();
    other::encoder::encode_integer_into(most, 5, 0x20, &mut out).expect("room");
    out
}

proptest! {
    #[test]
    fn blocks_of_another_encoder_are_read_whatever_its_table_keeps(
        blocks in vec((vec(field(), 1..12), prop::option::weighted(0.2, 0..=4_096_usize)), 1..20),
    ) {
        let (mut encoder, mut decoder) = (other::Encoder::new(), Decoder::new());
        let mut their_decoder = other::Decoder::new();
        for (fields, most) in &blocks {
            let mut block = Vec::new();
            if let Some(most) = most {
                encoder.set_max_table_size(*most);
                block = resized(*most);
            }
            block.extend(encoder.encode(fields.iter().map(|(name, value)| (&name[..], &value[..]))));
            let read = decoder.decode(&block.clone().into(), usize::MAX).expect("a block");
            let owned = |text: &Bytes| text.to_vec();
            let read: Vec<_> =
                read.list.iter().map(|(name, value)| (owned(name), owned(value))).collect();
            prop_assert_eq!(&read, fields);
            prop_assert_eq!(&their_decoder.decode(&block).expect("their own"), fields);
        }
    }
}
