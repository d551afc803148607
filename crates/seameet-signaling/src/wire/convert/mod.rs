//! Between wire messages and the values of the core.

/// Translates an enum of the core into its wire twin, variant by variant, so that a new variant does not
/// compile before the protocol has a word for it.
macro_rules! twin {
    ($core:ty => $wire:ty { $($variant:ident),+ $(,)? }) => {
        impl From<$core> for $wire {
            fn from(value: $core) -> Self {
                match value {
                    $(<$core>::$variant => Self::$variant,)+
                }
            }
        }
    };
}

mod from_core;
mod to_core;
