#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| exhook::testing::fuzz::decode_request(data));
