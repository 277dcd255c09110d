//! [`Message`]: the message of a request, and the changed message that a handler answers with.

use std::{collections::BTreeMap, sync::Arc};

use exhook::{MessagePatch, proto};
use pyo3::{
    exceptions::{PyTypeError, PyValueError},
    prelude::*,
    types::{PyByteArray, PyBytes, PyMemoryView, PyTuple},
};

use crate::{part::Part, repr::repr};

/// The header by which EMQX decides whether a message goes on to its subscribers.
const ALLOW_PUBLISH: &str = "allow_publish";

/// An MQTT message.
#[pyclass(frozen, eq, module = "exhook")]
pub(crate) struct Message {
    original: Arc<Part<proto::Message>>,
    patch: MessagePatch,
}

impl Message {
    /// The message as the broker sent it.
    pub(crate) fn new(original: Part<proto::Message>) -> Self {
        Self {
            original: Arc::new(original),
            patch: MessagePatch::new(),
        }
    }

    /// The changes that turn the message of `request` into this one.
    pub(crate) fn patch_for(&self, request: &Arc<exhook::Request>) -> MessagePatch {
        if Arc::ptr_eq(self.original.request(), request) {
            return self.patch.clone();
        }
        // A message of another call: all that an answer can set is taken from it.
        MessagePatch {
            topic: Some(self.topic().to_owned()),
            qos: Some(self.qos()),
            payload: Some(self.bytes().clone()),
            block: self.patch.block,
        }
    }

    fn bytes(&self) -> &bytes::Bytes {
        let patched = self.patch.payload.as_ref();
        patched.unwrap_or(&self.original.get().payload)
    }

    fn patched(&self, patch: MessagePatch) -> Self {
        Self {
            original: Arc::clone(&self.original),
            patch,
        }
    }
}

impl PartialEq for Message {
    fn eq(&self, other: &Self) -> bool {
        let (one, two) = (self.original.get(), other.original.get());
        self.topic() == other.topic()
            && self.qos() == other.qos()
            && self.bytes() == other.bytes()
            && self.patch.block == other.patch.block
            && (&one.node, &one.id, &one.from, one.timestamp, &one.headers)
                == (&two.node, &two.id, &two.from, two.timestamp, &two.headers)
    }
}

#[pymethods]
impl Message {
    #[classattr]
    fn __match_args__(py: Python<'_>) -> PyResult<Bound<'_, PyTuple>> {
        let fields = [
            "node",
            "id",
            "qos",
            "from_",
            "topic",
            "payload",
            "timestamp",
            "headers",
        ];
        PyTuple::new(py, fields)
    }

    /// Erlang name of the broker node, for example `emqx@10.0.0.1`.
    #[getter]
    fn node(&self) -> &str {
        &self.original.get().node
    }

    /// Message id of the broker in hexadecimal. An answer cannot change it.
    #[getter]
    fn id(&self) -> &str {
        &self.original.get().id
    }

    /// `QoS`: 0, 1 or 2.
    #[getter]
    fn qos(&self) -> u32 {
        self.patch.qos.unwrap_or(self.original.get().qos)
    }

    /// Client id of the publisher. An answer cannot change it.
    #[getter(from_)]
    fn from(&self) -> &str {
        &self.original.get().from
    }

    /// Topic with the mountpoint.
    #[getter]
    fn topic(&self) -> &str {
        let patched = self.patch.topic.as_ref();
        patched.unwrap_or(&self.original.get().topic)
    }

    /// Payload; may be empty.
    #[getter]
    fn payload(&self) -> &[u8] {
        self.bytes()
    }

    /// Time of the publish in milliseconds since 1970-01-01 UTC. An answer cannot change it.
    #[getter]
    fn timestamp(&self) -> u64 {
        self.original.get().timestamp
    }

    /// What the broker adds to the message: `username`, `protocol` and `peerhost`, or nothing.
    #[getter]
    fn headers(&self) -> BTreeMap<&str, &str> {
        let headers = self.original.get().headers.iter();
        let mut headers: BTreeMap<_, _> = headers.map(|(k, v)| (k.as_str(), v.as_str())).collect();
        if self.patch.block {
            headers.insert(ALLOW_PUBLISH, "false");
        }
        headers
    }

    /// The message with other topic, `QoS` or payload; what is not given stays as it is. Raises
    /// `ValueError` for a topic or `QoS` that cannot be published.
    #[pyo3(signature = (*, topic = None, qos = None, payload = None))]
    fn replace(
        &self,
        topic: Option<String>,
        qos: Option<i64>,
        payload: Option<&Bound<'_, PyAny>>,
    ) -> PyResult<Self> {
        let mut patch = self.patch.clone();
        if topic.is_some() {
            patch.topic = topic;
        }
        if let Some(qos) = qos {
            // What does not fit is as wrong as 3, and named by the check below.
            patch.qos = Some(u32::try_from(qos).map_err(|_| {
                PyValueError::new_err(format!("the qos is {qos}; MQTT knows 0, 1 and 2"))
            })?);
        }
        if let Some(payload) = payload {
            patch.payload = Some(bytes_of(payload)?);
        }
        let problem = patch.validate();
        problem.map_err(|problem| PyValueError::new_err(problem.to_string()))?;
        Ok(self.patched(patch))
    }

    /// The message as one that does not reach its subscribers.
    fn block(&self) -> Self {
        self.patched(MessagePatch {
            block: true,
            ..self.patch.clone()
        })
    }

    fn __repr__(this: &Bound<'_, Self>) -> PyResult<String> {
        repr(this)
    }
}

fn bytes_of(payload: &Bound<'_, PyAny>) -> PyResult<bytes::Bytes> {
    if let Ok(payload) = payload.cast::<PyBytes>() {
        // A copy, because the server lets go of it on a thread that Python does not know.
        return Ok(bytes::Bytes::copy_from_slice(payload.as_bytes()));
    }
    let is_bytes_like =
        payload.is_instance_of::<PyByteArray>() || payload.is_instance_of::<PyMemoryView>();
    if !is_bytes_like {
        return Err(PyTypeError::new_err(format!(
            "payload is bytes, not {}; encode text with .encode()",
            payload.get_type().name()?
        )));
    }
    let bytes = payload.py().get_type::<PyBytes>().call1((payload,))?;
    Ok(bytes::Bytes::copy_from_slice(
        bytes.cast_into::<PyBytes>()?.as_bytes(),
    ))
}
