//! [`Reflection`]: `grpc.reflection`, by which grpcurl and its like learn what there is to call.

use once_cell::sync::OnceCell;
use tonic_reflection::{pb, server::Builder};
use tracing::warn;

use super::{Handler, MAX_REQUEST_BYTES, handler};
use crate::proto::FILE_DESCRIPTOR_SET;

const NAME_V1: &str = "grpc.reflection.v1.ServerReflection";
const NAME_V1_ALPHA: &str = "grpc.reflection.v1alpha.ServerReflection";

/// Both versions of the service, made when they are asked for first.
#[derive(Default)]
pub(super) struct Reflection {
    v1: OnceCell<Option<Handler>>,
    v1_alpha: OnceCell<Option<Handler>>,
}

impl Reflection {
    pub(super) fn find(&self, service: &str) -> Option<&Handler> {
        let made = match service {
            NAME_V1 => self.v1.get_or_init(|| {
                let server = builder().build_v1().inspect_err(warn_of).ok()?;
                Some(handler(server.max_decoding_message_size(MAX_REQUEST_BYTES)))
            }),
            NAME_V1_ALPHA => self.v1_alpha.get_or_init(|| {
                let server = builder().build_v1alpha().inspect_err(warn_of).ok()?;
                Some(handler(server.max_decoding_message_size(MAX_REQUEST_BYTES)))
            }),
            _ => return None,
        };
        made.as_ref()
    }
}

fn builder() -> Builder<'static> {
    Builder::configure()
        .register_encoded_file_descriptor_set(FILE_DESCRIPTOR_SET)
        .register_encoded_file_descriptor_set(tonic_health::pb::FILE_DESCRIPTOR_SET)
        .register_encoded_file_descriptor_set(pb::v1::FILE_DESCRIPTOR_SET)
        .register_encoded_file_descriptor_set(pb::v1alpha::FILE_DESCRIPTOR_SET)
}

fn warn_of(error: &tonic_reflection::server::Error) {
    warn!(%error, "reflection cannot be served; this is a defect of exhook, please report it");
}
