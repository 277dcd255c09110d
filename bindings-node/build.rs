//! Lets the module find the symbols of Node.js where it is loaded.

fn main() {
    napi_build::setup();
}
