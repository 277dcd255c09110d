/// The version of the interface that the header describes. A library of another version is none
/// that a program built with this header can use.
pub const EXHOOK_ABI_VERSION: u32 = 1;
