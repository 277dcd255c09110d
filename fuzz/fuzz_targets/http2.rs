#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| exhook::testing::fuzz::http2(data));
