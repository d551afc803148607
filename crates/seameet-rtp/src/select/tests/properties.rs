//! What holds whatever is wanted, in whichever order packets come.

mod encodings;
mod layers;

use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;

use super::*;

fn any_meanwhile() -> impl Strategy<Value = Meanwhile> {
    prop_oneof![
        Just(Meanwhile::Keep),
        Just(Meanwhile::Reduce),
        Just(Meanwhile::Stop)
    ]
}

fn any_target() -> impl Strategy<Value = Option<Target>> {
    let target = (0_u8..3, 0_u8..4, 0_u8..4).prop_map(|(encoding, spatial, temporal)| Target {
        encoding: EncodingId(encoding),
        layer: Layer { spatial, temporal },
    });
    prop_oneof![9 => target.prop_map(Some), 1 => Just(None)]
}
