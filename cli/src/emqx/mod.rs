//! EMQX's management API, as far as it concerns exhook servers.

mod api;
mod arguments;
mod client;
mod error;
mod interrupt;
mod secret;
mod survey;

pub(crate) use api::ExhookServer;
pub(crate) use arguments::EmqxArguments;
pub(crate) use client::{EmqxClient, Method};
pub(crate) use error::EmqxError;
pub(crate) use interrupt::{Ended, until_interrupted};
pub(crate) use survey::Survey;
