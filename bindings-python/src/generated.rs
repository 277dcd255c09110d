// generated, do not edit, run `make gen`
//! The classes of the requests and of their parts, with one getter for each field.

use exhook::{Hook, proto};
use pyo3::{prelude::*, types::PyTuple};

use crate::{
    message::Message,
    part::{Part, content},
    repr::repr,
    request::Request,
};

/// What a broker node says about itself when it loads the server.
#[pyclass(frozen, eq, hash, module = "exhook")]
#[derive(PartialEq, Eq, Hash)]
pub(crate) struct BrokerInfo(Part<proto::BrokerInfo>);

#[pymethods]
impl BrokerInfo {
    #[classattr]
    fn __match_args__(py: Python<'_>) -> PyResult<Bound<'_, PyTuple>> {
        PyTuple::new(py, ["version", "sysdescr", "uptime", "datetime"])
    }

    /// EMQX version, for example `5.9.2`.
    #[getter]
    fn version(&self) -> &str {
        &self.0.get().version
    }

    /// Product name, for example `EMQX Enterprise`.
    #[getter]
    fn sysdescr(&self) -> &str {
        &self.0.get().sysdescr
    }

    /// Time since the broker's start in milliseconds.
    #[getter]
    fn uptime(&self) -> i64 {
        self.0.get().uptime
    }

    /// Wall clock of the broker as text, for example `2026-11-21T02:42:14.953254468+00:00`.
    #[getter]
    fn datetime(&self) -> &str {
        &self.0.get().datetime
    }

    fn __repr__(this: &Bound<'_, Self>) -> PyResult<String> {
        repr(this)
    }
}

/// A connection as the broker sees it before authentication.
#[pyclass(frozen, eq, hash, module = "exhook")]
#[derive(PartialEq, Eq, Hash)]
pub(crate) struct ConnInfo(Part<proto::ConnInfo>);

#[pymethods]
impl ConnInfo {
    #[classattr]
    fn __match_args__(py: Python<'_>) -> PyResult<Bound<'_, PyTuple>> {
        PyTuple::new(
            py,
            [
                "node",
                "clientid",
                "username",
                "peerhost",
                "sockport",
                "proto_name",
                "proto_ver",
                "keepalive",
                "peerport",
            ],
        )
    }

    /// Erlang name of the broker node, for example `emqx@10.0.0.1`.
    #[getter]
    fn node(&self) -> &str {
        &self.0.get().node
    }

    /// Client id of the CONNECT packet, empty when the broker is to choose one. A client id that is not
    /// UTF-8 never reaches the server.
    #[getter]
    fn clientid(&self) -> &str {
        &self.0.get().clientid
    }

    /// User name, empty when the client sends none.
    #[getter]
    fn username(&self) -> &str {
        &self.0.get().username
    }

    /// IP address of the client; an IPv4-mapped IPv6 address is in IPv4 form.
    #[getter]
    fn peerhost(&self) -> &str {
        &self.0.get().peerhost
    }

    /// Port of the broker's listener.
    #[getter]
    fn sockport(&self) -> u32 {
        self.0.get().sockport
    }

    /// Protocol name of the CONNECT packet: `MQTT`, or `MQIsdp` in MQTT 3.1.
    #[getter]
    fn proto_name(&self) -> &str {
        &self.0.get().proto_name
    }

    /// Protocol version as the text of a number: `3` is MQTT 3.1, `4` is MQTT 3.1.1, `5` is MQTT 5.
    #[getter]
    fn proto_ver(&self) -> &str {
        &self.0.get().proto_ver
    }

    /// Keep-alive interval in seconds; 0 turns it off.
    #[getter]
    fn keepalive(&self) -> u32 {
        self.0.get().keepalive
    }

    /// Source port of the client.
    #[getter]
    fn peerport(&self) -> u32 {
        self.0.get().peerport
    }

    fn __repr__(this: &Bound<'_, Self>) -> PyResult<String> {
        repr(this)
    }
}

/// A client as the broker sees it from authentication on.
#[pyclass(frozen, eq, hash, module = "exhook")]
#[derive(PartialEq, Eq, Hash)]
pub(crate) struct ClientInfo(Part<proto::ClientInfo>);

#[pymethods]
impl ClientInfo {
    #[classattr]
    fn __match_args__(py: Python<'_>) -> PyResult<Bound<'_, PyTuple>> {
        PyTuple::new(
            py,
            [
                "node",
                "clientid",
                "username",
                "password",
                "peerhost",
                "sockport",
                "protocol",
                "mountpoint",
                "is_superuser",
                "anonymous",
                "cn",
                "dn",
                "peerport",
            ],
        )
    }

    /// Erlang name of the broker node, for example `emqx@10.0.0.1`.
    #[getter]
    fn node(&self) -> &str {
        &self.0.get().node
    }

    /// Client id, chosen by the broker when the client sends none. A client id that is not UTF-8 never
    /// reaches the server.
    #[getter]
    fn clientid(&self) -> &str {
        &self.0.get().clientid
    }

    /// User name, empty when the client sends none.
    #[getter]
    fn username(&self) -> &str {
        &self.0.get().username
    }

    /// Password in clear text, so keep it out of logs. It comes above all with `OnClientAuthenticate`;
    /// empty when the client sends none.
    #[getter]
    fn password(&self) -> &str {
        &self.0.get().password
    }

    /// IP address of the client; an IPv4-mapped IPv6 address is in IPv4 form.
    #[getter]
    fn peerhost(&self) -> &str {
        &self.0.get().peerhost
    }

    /// Port of the broker's listener.
    #[getter]
    fn sockport(&self) -> u32 {
        self.0.get().sockport
    }

    /// Protocol of the client, for example `mqtt`, `mqtt-sn` or `coap`.
    #[getter]
    fn protocol(&self) -> &str {
        &self.0.get().protocol
    }

    /// Prefix that the listener puts before the client's topics, empty when it has none.
    #[getter]
    fn mountpoint(&self) -> &str {
        &self.0.get().mountpoint
    }

    /// True when the broker treats the client as a superuser. An answer cannot change it.
    #[getter]
    fn is_superuser(&self) -> bool {
        self.0.get().is_superuser
    }

    /// True also when the broker does not know.
    #[getter]
    fn anonymous(&self) -> bool {
        self.0.get().anonymous
    }

    /// Common name of the client's TLS certificate, empty without one.
    #[getter]
    fn cn(&self) -> &str {
        &self.0.get().cn
    }

    /// Subject of the client's TLS certificate, empty without one.
    #[getter]
    fn dn(&self) -> &str {
        &self.0.get().dn
    }

    /// Source port of the client.
    #[getter]
    fn peerport(&self) -> u32 {
        self.0.get().peerport
    }

    fn __repr__(this: &Bound<'_, Self>) -> PyResult<String> {
        repr(this)
    }
}

/// One MQTT 5 property as text.
#[pyclass(frozen, eq, hash, module = "exhook")]
#[derive(PartialEq, Eq, Hash)]
pub(crate) struct Property(Part<proto::Property>);

#[pymethods]
impl Property {
    #[classattr]
    fn __match_args__(py: Python<'_>) -> PyResult<Bound<'_, PyTuple>> {
        PyTuple::new(py, ["name", "value"])
    }

    /// Name, for example `Session-Expiry-Interval`.
    #[getter]
    fn name(&self) -> &str {
        &self.0.get().name
    }

    /// Value as text.
    #[getter]
    fn value(&self) -> &str {
        &self.0.get().value
    }

    /// The name and the value.
    fn __iter__<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        let property = self.0.get();
        Ok(PyTuple::new(py, [&property.name, &property.value])?
            .try_iter()?
            .into_any())
    }

    fn __repr__(this: &Bound<'_, Self>) -> PyResult<String> {
        repr(this)
    }
}

/// The options of one subscription.
#[pyclass(frozen, eq, hash, module = "exhook")]
#[derive(PartialEq, Eq, Hash)]
pub(crate) struct SubOpts(proto::SubOpts);

#[pymethods]
impl SubOpts {
    #[classattr]
    fn __match_args__(py: Python<'_>) -> PyResult<Bound<'_, PyTuple>> {
        PyTuple::new(py, ["qos", "rh", "rap", "nl"])
    }

    /// `QoS`: 0, 1 or 2. Requested in a `TopicFilter`, granted in a `SessionSubscribedRequest`.
    #[getter]
    fn qos(&self) -> u32 {
        self.0.qos
    }

    /// Retain handling: retained messages come at each subscribe (0), at a new subscription (1) or
    /// never (2).
    #[getter]
    fn rh(&self) -> u32 {
        self.0.rh
    }

    /// Retain as published: 1 keeps the retain flag of messages, 0 clears it.
    #[getter]
    fn rap(&self) -> u32 {
        self.0.rap
    }

    /// No local: 1 keeps the client's own messages from it.
    #[getter]
    fn nl(&self) -> u32 {
        self.0.nl
    }

    fn __repr__(this: &Bound<'_, Self>) -> PyResult<String> {
        repr(this)
    }
}

/// The broker node that makes a call.
#[pyclass(frozen, eq, hash, module = "exhook")]
#[derive(PartialEq, Eq, Hash)]
pub(crate) struct RequestMeta(Part<proto::RequestMeta>);

#[pymethods]
impl RequestMeta {
    #[classattr]
    fn __match_args__(py: Python<'_>) -> PyResult<Bound<'_, PyTuple>> {
        PyTuple::new(py, ["node", "version", "sysdescr", "cluster_name"])
    }

    /// Erlang name of the broker node, for example `emqx@10.0.0.1`.
    #[getter]
    fn node(&self) -> &str {
        &self.0.get().node
    }

    /// EMQX version of the node, for example `5.9.2`.
    #[getter]
    fn version(&self) -> &str {
        &self.0.get().version
    }

    /// Product name, for example `EMQX Enterprise`.
    #[getter]
    fn sysdescr(&self) -> &str {
        &self.0.get().sysdescr
    }

    /// Name of the node's cluster, for example `emqxcl`.
    #[getter]
    fn cluster_name(&self) -> &str {
        &self.0.get().cluster_name
    }

    fn __repr__(this: &Bound<'_, Self>) -> PyResult<String> {
        repr(this)
    }
}

/// One topic filter of a SUBSCRIBE or UNSUBSCRIBE packet.
#[pyclass(frozen, eq, hash, module = "exhook")]
#[derive(PartialEq, Eq, Hash)]
pub(crate) struct TopicFilter(Part<proto::TopicFilter>);

#[pymethods]
impl TopicFilter {
    #[classattr]
    fn __match_args__(py: Python<'_>) -> PyResult<Bound<'_, PyTuple>> {
        PyTuple::new(py, ["name", "subopts"])
    }

    /// Topic filter. A shared subscription keeps its `$share/group/`.
    #[getter]
    fn name(&self) -> &str {
        &self.0.get().name
    }

    /// Requested options, all 0 in an UNSUBSCRIBE.
    #[getter]
    fn subopts(&self) -> SubOpts {
        SubOpts(self.0.get().subopts.unwrap_or_default())
    }

    fn __repr__(this: &Bound<'_, Self>) -> PyResult<String> {
        repr(this)
    }
}

/// Request of `OnProviderLoaded`.
#[pyclass(frozen, extends = Request, module = "exhook")]
pub(crate) struct ProviderLoadedRequest;

fn provider_loaded(request: &exhook::Request) -> Option<&proto::ProviderLoadedRequest> {
    match request {
        exhook::Request::ProviderLoaded(request) => Some(request),
        _ => None,
    }
}

#[pymethods]
impl ProviderLoadedRequest {
    #[classattr]
    fn __match_args__(py: Python<'_>) -> PyResult<Bound<'_, PyTuple>> {
        PyTuple::new(py, ["broker", "meta"])
    }

    /// Version and uptime of the broker.
    #[getter]
    fn broker(this: &Bound<'_, Self>) -> BrokerInfo {
        BrokerInfo(Part::one_or_empty(this, |request, _| {
            provider_loaded(request)?.broker.as_ref()
        }))
    }

    /// Broker node that makes the call.
    #[getter]
    fn meta(this: &Bound<'_, Self>) -> Option<RequestMeta> {
        Part::one(this, |request, _| provider_loaded(request)?.meta.as_ref()).map(RequestMeta)
    }
}

/// Request of `OnProviderUnloaded`.
#[pyclass(frozen, extends = Request, module = "exhook")]
pub(crate) struct ProviderUnloadedRequest;

fn provider_unloaded(request: &exhook::Request) -> Option<&proto::ProviderUnloadedRequest> {
    match request {
        exhook::Request::ProviderUnloaded(request) => Some(request),
        _ => None,
    }
}

#[pymethods]
impl ProviderUnloadedRequest {
    #[classattr]
    fn __match_args__(py: Python<'_>) -> PyResult<Bound<'_, PyTuple>> {
        PyTuple::new(py, ["meta"])
    }

    /// Broker node that makes the call.
    #[getter]
    fn meta(this: &Bound<'_, Self>) -> Option<RequestMeta> {
        Part::one(this, |request, _| provider_unloaded(request)?.meta.as_ref()).map(RequestMeta)
    }
}

/// Request of `OnClientConnect`.
#[pyclass(frozen, extends = Request, module = "exhook")]
pub(crate) struct ClientConnectRequest;

fn client_connect(request: &exhook::Request) -> Option<&proto::ClientConnectRequest> {
    match request {
        exhook::Request::ClientConnect(request) => Some(request),
        _ => None,
    }
}

#[pymethods]
impl ClientConnectRequest {
    #[classattr]
    fn __match_args__(py: Python<'_>) -> PyResult<Bound<'_, PyTuple>> {
        PyTuple::new(py, ["conninfo", "props", "meta", "user_props"])
    }

    /// The connection.
    #[getter]
    fn conninfo(this: &Bound<'_, Self>) -> ConnInfo {
        ConnInfo(Part::one_or_empty(this, |request, _| {
            client_connect(request)?.conninfo.as_ref()
        }))
    }

    /// Properties of the CONNECT packet in no fixed order, empty before MQTT 5. User-Property pairs are
    /// in `user_props`.
    #[getter]
    fn props<'py>(this: &Bound<'py, Self>) -> PyResult<Bound<'py, PyTuple>> {
        Part::all(
            this,
            |request, index| client_connect(request)?.props.get(index),
            Property,
        )
    }

    /// Broker node that makes the call.
    #[getter]
    fn meta(this: &Bound<'_, Self>) -> Option<RequestMeta> {
        Part::one(this, |request, _| client_connect(request)?.meta.as_ref()).map(RequestMeta)
    }

    /// User-Property pairs of the CONNECT packet in their order, repeated names included. Empty before
    /// MQTT 5.
    #[getter]
    fn user_props<'py>(this: &Bound<'py, Self>) -> PyResult<Bound<'py, PyTuple>> {
        Part::all(
            this,
            |request, index| client_connect(request)?.user_props.get(index),
            Property,
        )
    }
}

/// Request of `OnClientConnack`.
#[pyclass(frozen, extends = Request, module = "exhook")]
pub(crate) struct ClientConnackRequest;

fn client_connack(request: &exhook::Request) -> Option<&proto::ClientConnackRequest> {
    match request {
        exhook::Request::ClientConnack(request) => Some(request),
        _ => None,
    }
}

#[pymethods]
impl ClientConnackRequest {
    #[classattr]
    fn __match_args__(py: Python<'_>) -> PyResult<Bound<'_, PyTuple>> {
        PyTuple::new(
            py,
            ["conninfo", "result_code", "props", "meta", "user_props"],
        )
    }

    /// The connection.
    #[getter]
    fn conninfo(this: &Bound<'_, Self>) -> ConnInfo {
        ConnInfo(Part::one_or_empty(this, |request, _| {
            client_connack(request)?.conninfo.as_ref()
        }))
    }

    /// Name of the reason code, for example `success` or `not_authorized`.
    #[getter]
    fn result_code<'a>(this: &'a Bound<'_, Self>) -> &'a str {
        &content(this, client_connack).result_code
    }

    /// Properties of the CONNACK packet in no fixed order, empty before MQTT 5. User-Property pairs are
    /// in `user_props`.
    #[getter]
    fn props<'py>(this: &Bound<'py, Self>) -> PyResult<Bound<'py, PyTuple>> {
        Part::all(
            this,
            |request, index| client_connack(request)?.props.get(index),
            Property,
        )
    }

    /// Broker node that makes the call.
    #[getter]
    fn meta(this: &Bound<'_, Self>) -> Option<RequestMeta> {
        Part::one(this, |request, _| client_connack(request)?.meta.as_ref()).map(RequestMeta)
    }

    /// User-Property pairs of the CONNACK packet in their order, repeated names included. Empty before
    /// MQTT 5.
    #[getter]
    fn user_props<'py>(this: &Bound<'py, Self>) -> PyResult<Bound<'py, PyTuple>> {
        Part::all(
            this,
            |request, index| client_connack(request)?.user_props.get(index),
            Property,
        )
    }
}

/// Request of `OnClientConnected`.
#[pyclass(frozen, extends = Request, module = "exhook")]
pub(crate) struct ClientConnectedRequest;

fn client_connected(request: &exhook::Request) -> Option<&proto::ClientConnectedRequest> {
    match request {
        exhook::Request::ClientConnected(request) => Some(request),
        _ => None,
    }
}

#[pymethods]
impl ClientConnectedRequest {
    #[classattr]
    fn __match_args__(py: Python<'_>) -> PyResult<Bound<'_, PyTuple>> {
        PyTuple::new(py, ["clientinfo", "meta"])
    }

    /// The accepted client.
    #[getter]
    fn clientinfo(this: &Bound<'_, Self>) -> ClientInfo {
        ClientInfo(Part::one_or_empty(this, |request, _| {
            client_connected(request)?.clientinfo.as_ref()
        }))
    }

    /// Broker node that makes the call.
    #[getter]
    fn meta(this: &Bound<'_, Self>) -> Option<RequestMeta> {
        Part::one(this, |request, _| client_connected(request)?.meta.as_ref()).map(RequestMeta)
    }
}

/// Request of `OnClientDisconnected`.
#[pyclass(frozen, extends = Request, module = "exhook")]
pub(crate) struct ClientDisconnectedRequest;

fn client_disconnected(request: &exhook::Request) -> Option<&proto::ClientDisconnectedRequest> {
    match request {
        exhook::Request::ClientDisconnected(request) => Some(request),
        _ => None,
    }
}

#[pymethods]
impl ClientDisconnectedRequest {
    #[classattr]
    fn __match_args__(py: Python<'_>) -> PyResult<Bound<'_, PyTuple>> {
        PyTuple::new(py, ["clientinfo", "reason", "meta"])
    }

    /// Client whose connection ends.
    #[getter]
    fn clientinfo(this: &Bound<'_, Self>) -> ClientInfo {
        ClientInfo(Part::one_or_empty(this, |request, _| {
            client_disconnected(request)?.clientinfo.as_ref()
        }))
    }

    /// Text of an Erlang term, for example `normal` or `tcp_closed`. The set of texts is not stable.
    #[getter]
    fn reason<'a>(this: &'a Bound<'_, Self>) -> &'a str {
        &content(this, client_disconnected).reason
    }

    /// Broker node that makes the call.
    #[getter]
    fn meta(this: &Bound<'_, Self>) -> Option<RequestMeta> {
        Part::one(this, |request, _| {
            client_disconnected(request)?.meta.as_ref()
        })
        .map(RequestMeta)
    }
}

/// Request of `OnClientAuthenticate`.
#[pyclass(frozen, extends = Request, module = "exhook")]
pub(crate) struct ClientAuthenticateRequest;

fn client_authenticate(request: &exhook::Request) -> Option<&proto::ClientAuthenticateRequest> {
    match request {
        exhook::Request::ClientAuthenticate(request) => Some(request),
        _ => None,
    }
}

#[pymethods]
impl ClientAuthenticateRequest {
    #[classattr]
    fn __match_args__(py: Python<'_>) -> PyResult<Bound<'_, PyTuple>> {
        PyTuple::new(py, ["clientinfo", "result", "meta"])
    }

    /// Client that logs in, with its password.
    #[getter]
    fn clientinfo(this: &Bound<'_, Self>) -> ClientInfo {
        ClientInfo(Part::one_or_empty(this, |request, _| {
            client_authenticate(request)?.clientinfo.as_ref()
        }))
    }

    /// Verdict so far: true when the broker or an earlier exhook server admits the client.
    #[getter]
    fn result(this: &Bound<'_, Self>) -> bool {
        content(this, client_authenticate).result
    }

    /// Broker node that makes the call.
    #[getter]
    fn meta(this: &Bound<'_, Self>) -> Option<RequestMeta> {
        Part::one(this, |request, _| {
            client_authenticate(request)?.meta.as_ref()
        })
        .map(RequestMeta)
    }
}

/// Request of `OnClientAuthorize`.
#[pyclass(frozen, extends = Request, module = "exhook")]
pub(crate) struct ClientAuthorizeRequest;

fn client_authorize(request: &exhook::Request) -> Option<&proto::ClientAuthorizeRequest> {
    match request {
        exhook::Request::ClientAuthorize(request) => Some(request),
        _ => None,
    }
}

#[pymethods]
impl ClientAuthorizeRequest {
    #[classattr]
    fn __match_args__(py: Python<'_>) -> PyResult<Bound<'_, PyTuple>> {
        PyTuple::new(py, ["clientinfo", "type", "topic", "result", "meta"])
    }

    /// Client that publishes or subscribes.
    #[getter]
    fn clientinfo(this: &Bound<'_, Self>) -> ClientInfo {
        ClientInfo(Part::one_or_empty(this, |request, _| {
            client_authorize(request)?.clientinfo.as_ref()
        }))
    }

    /// Publish or subscribe; `QoS` and retain flag are not told.
    #[getter]
    fn r#type(this: &Bound<'_, Self>) -> &'static str {
        use proto::client_authorize_request::AuthorizeReqType as Kind;

        match content(this, client_authorize).r#type() {
            Kind::Publish => "publish",
            Kind::Subscribe => "subscribe",
        }
    }

    /// Topic that the client asks for, without `$share/group/` and by default without mountpoint.
    #[getter]
    fn topic<'a>(this: &'a Bound<'_, Self>) -> &'a str {
        &content(this, client_authorize).topic
    }

    /// Verdict so far: true means allowed. At first it is the broker's `authorization.no_match`.
    #[getter]
    fn result(this: &Bound<'_, Self>) -> bool {
        content(this, client_authorize).result
    }

    /// Broker node that makes the call.
    #[getter]
    fn meta(this: &Bound<'_, Self>) -> Option<RequestMeta> {
        Part::one(this, |request, _| client_authorize(request)?.meta.as_ref()).map(RequestMeta)
    }
}

/// Request of `OnClientSubscribe`.
#[pyclass(frozen, extends = Request, module = "exhook")]
pub(crate) struct ClientSubscribeRequest;

fn client_subscribe(request: &exhook::Request) -> Option<&proto::ClientSubscribeRequest> {
    match request {
        exhook::Request::ClientSubscribe(request) => Some(request),
        _ => None,
    }
}

#[pymethods]
impl ClientSubscribeRequest {
    #[classattr]
    fn __match_args__(py: Python<'_>) -> PyResult<Bound<'_, PyTuple>> {
        PyTuple::new(
            py,
            ["clientinfo", "props", "topic_filters", "meta", "user_props"],
        )
    }

    /// Client that subscribes.
    #[getter]
    fn clientinfo(this: &Bound<'_, Self>) -> ClientInfo {
        ClientInfo(Part::one_or_empty(this, |request, _| {
            client_subscribe(request)?.clientinfo.as_ref()
        }))
    }

    /// Properties of the SUBSCRIBE packet in no fixed order, empty before MQTT 5. User-Property pairs
    /// are in `user_props`.
    #[getter]
    fn props<'py>(this: &Bound<'py, Self>) -> PyResult<Bound<'py, PyTuple>> {
        Part::all(
            this,
            |request, index| client_subscribe(request)?.props.get(index),
            Property,
        )
    }

    /// Filters of the packet without the denied ones; empty when all are denied.
    #[getter]
    fn topic_filters<'py>(this: &Bound<'py, Self>) -> PyResult<Bound<'py, PyTuple>> {
        Part::all(
            this,
            |request, index| client_subscribe(request)?.topic_filters.get(index),
            TopicFilter,
        )
    }

    /// Broker node that makes the call.
    #[getter]
    fn meta(this: &Bound<'_, Self>) -> Option<RequestMeta> {
        Part::one(this, |request, _| client_subscribe(request)?.meta.as_ref()).map(RequestMeta)
    }

    /// User-Property pairs of the SUBSCRIBE packet in their order, repeated names included. Empty
    /// before MQTT 5.
    #[getter]
    fn user_props<'py>(this: &Bound<'py, Self>) -> PyResult<Bound<'py, PyTuple>> {
        Part::all(
            this,
            |request, index| client_subscribe(request)?.user_props.get(index),
            Property,
        )
    }
}

/// Request of `OnClientUnsubscribe`.
#[pyclass(frozen, extends = Request, module = "exhook")]
pub(crate) struct ClientUnsubscribeRequest;

fn client_unsubscribe(request: &exhook::Request) -> Option<&proto::ClientUnsubscribeRequest> {
    match request {
        exhook::Request::ClientUnsubscribe(request) => Some(request),
        _ => None,
    }
}

#[pymethods]
impl ClientUnsubscribeRequest {
    #[classattr]
    fn __match_args__(py: Python<'_>) -> PyResult<Bound<'_, PyTuple>> {
        PyTuple::new(
            py,
            ["clientinfo", "props", "topic_filters", "meta", "user_props"],
        )
    }

    /// Client that unsubscribes.
    #[getter]
    fn clientinfo(this: &Bound<'_, Self>) -> ClientInfo {
        ClientInfo(Part::one_or_empty(this, |request, _| {
            client_unsubscribe(request)?.clientinfo.as_ref()
        }))
    }

    /// Properties of the UNSUBSCRIBE packet in no fixed order, empty before MQTT 5. User-Property pairs
    /// are in `user_props`.
    #[getter]
    fn props<'py>(this: &Bound<'py, Self>) -> PyResult<Bound<'py, PyTuple>> {
        Part::all(
            this,
            |request, index| client_unsubscribe(request)?.props.get(index),
            Property,
        )
    }

    /// Filters of the packet.
    #[getter]
    fn topic_filters<'py>(this: &Bound<'py, Self>) -> PyResult<Bound<'py, PyTuple>> {
        Part::all(
            this,
            |request, index| client_unsubscribe(request)?.topic_filters.get(index),
            TopicFilter,
        )
    }

    /// Broker node that makes the call.
    #[getter]
    fn meta(this: &Bound<'_, Self>) -> Option<RequestMeta> {
        Part::one(this, |request, _| {
            client_unsubscribe(request)?.meta.as_ref()
        })
        .map(RequestMeta)
    }

    /// User-Property pairs of the UNSUBSCRIBE packet in their order, repeated names included. Empty
    /// before MQTT 5.
    #[getter]
    fn user_props<'py>(this: &Bound<'py, Self>) -> PyResult<Bound<'py, PyTuple>> {
        Part::all(
            this,
            |request, index| client_unsubscribe(request)?.user_props.get(index),
            Property,
        )
    }
}

/// Request of `OnSessionCreated`.
#[pyclass(frozen, extends = Request, module = "exhook")]
pub(crate) struct SessionCreatedRequest;

fn session_created(request: &exhook::Request) -> Option<&proto::SessionCreatedRequest> {
    match request {
        exhook::Request::SessionCreated(request) => Some(request),
        _ => None,
    }
}

#[pymethods]
impl SessionCreatedRequest {
    #[classattr]
    fn __match_args__(py: Python<'_>) -> PyResult<Bound<'_, PyTuple>> {
        PyTuple::new(py, ["clientinfo", "meta"])
    }

    /// Client that begins the session.
    #[getter]
    fn clientinfo(this: &Bound<'_, Self>) -> ClientInfo {
        ClientInfo(Part::one_or_empty(this, |request, _| {
            session_created(request)?.clientinfo.as_ref()
        }))
    }

    /// Broker node that makes the call.
    #[getter]
    fn meta(this: &Bound<'_, Self>) -> Option<RequestMeta> {
        Part::one(this, |request, _| session_created(request)?.meta.as_ref()).map(RequestMeta)
    }
}

/// Request of `OnSessionSubscribed`.
#[pyclass(frozen, extends = Request, module = "exhook")]
pub(crate) struct SessionSubscribedRequest;

fn session_subscribed(request: &exhook::Request) -> Option<&proto::SessionSubscribedRequest> {
    match request {
        exhook::Request::SessionSubscribed(request) => Some(request),
        _ => None,
    }
}

#[pymethods]
impl SessionSubscribedRequest {
    #[classattr]
    fn __match_args__(py: Python<'_>) -> PyResult<Bound<'_, PyTuple>> {
        PyTuple::new(py, ["clientinfo", "topic", "subopts", "meta"])
    }

    /// Client that subscribes.
    #[getter]
    fn clientinfo(this: &Bound<'_, Self>) -> ClientInfo {
        ClientInfo(Part::one_or_empty(this, |request, _| {
            session_subscribed(request)?.clientinfo.as_ref()
        }))
    }

    /// Topic filter with the mountpoint. A shared subscription keeps its `$share/group/`.
    #[getter]
    fn topic<'a>(this: &'a Bound<'_, Self>) -> &'a str {
        &content(this, session_subscribed).topic
    }

    /// Granted options.
    #[getter]
    fn subopts(this: &Bound<'_, Self>) -> SubOpts {
        SubOpts(
            content(this, session_subscribed)
                .subopts
                .unwrap_or_default(),
        )
    }

    /// Broker node that makes the call.
    #[getter]
    fn meta(this: &Bound<'_, Self>) -> Option<RequestMeta> {
        Part::one(this, |request, _| {
            session_subscribed(request)?.meta.as_ref()
        })
        .map(RequestMeta)
    }
}

/// Request of `OnSessionUnsubscribed`.
#[pyclass(frozen, extends = Request, module = "exhook")]
pub(crate) struct SessionUnsubscribedRequest;

fn session_unsubscribed(request: &exhook::Request) -> Option<&proto::SessionUnsubscribedRequest> {
    match request {
        exhook::Request::SessionUnsubscribed(request) => Some(request),
        _ => None,
    }
}

#[pymethods]
impl SessionUnsubscribedRequest {
    #[classattr]
    fn __match_args__(py: Python<'_>) -> PyResult<Bound<'_, PyTuple>> {
        PyTuple::new(py, ["clientinfo", "topic", "meta"])
    }

    /// Client that unsubscribes.
    #[getter]
    fn clientinfo(this: &Bound<'_, Self>) -> ClientInfo {
        ClientInfo(Part::one_or_empty(this, |request, _| {
            session_unsubscribed(request)?.clientinfo.as_ref()
        }))
    }

    /// Topic filter with the mountpoint. A shared subscription keeps its `$share/group/`.
    #[getter]
    fn topic<'a>(this: &'a Bound<'_, Self>) -> &'a str {
        &content(this, session_unsubscribed).topic
    }

    /// Broker node that makes the call.
    #[getter]
    fn meta(this: &Bound<'_, Self>) -> Option<RequestMeta> {
        Part::one(this, |request, _| {
            session_unsubscribed(request)?.meta.as_ref()
        })
        .map(RequestMeta)
    }
}

/// Request of `OnSessionResumed`.
#[pyclass(frozen, extends = Request, module = "exhook")]
pub(crate) struct SessionResumedRequest;

fn session_resumed(request: &exhook::Request) -> Option<&proto::SessionResumedRequest> {
    match request {
        exhook::Request::SessionResumed(request) => Some(request),
        _ => None,
    }
}

#[pymethods]
impl SessionResumedRequest {
    #[classattr]
    fn __match_args__(py: Python<'_>) -> PyResult<Bound<'_, PyTuple>> {
        PyTuple::new(py, ["clientinfo", "meta"])
    }

    /// Client that resumes the session.
    #[getter]
    fn clientinfo(this: &Bound<'_, Self>) -> ClientInfo {
        ClientInfo(Part::one_or_empty(this, |request, _| {
            session_resumed(request)?.clientinfo.as_ref()
        }))
    }

    /// Broker node that makes the call.
    #[getter]
    fn meta(this: &Bound<'_, Self>) -> Option<RequestMeta> {
        Part::one(this, |request, _| session_resumed(request)?.meta.as_ref()).map(RequestMeta)
    }
}

/// Request of `OnSessionDiscarded`.
#[pyclass(frozen, extends = Request, module = "exhook")]
pub(crate) struct SessionDiscardedRequest;

fn session_discarded(request: &exhook::Request) -> Option<&proto::SessionDiscardedRequest> {
    match request {
        exhook::Request::SessionDiscarded(request) => Some(request),
        _ => None,
    }
}

#[pymethods]
impl SessionDiscardedRequest {
    #[classattr]
    fn __match_args__(py: Python<'_>) -> PyResult<Bound<'_, PyTuple>> {
        PyTuple::new(py, ["clientinfo", "meta"])
    }

    /// Client on the connection that loses the session.
    #[getter]
    fn clientinfo(this: &Bound<'_, Self>) -> ClientInfo {
        ClientInfo(Part::one_or_empty(this, |request, _| {
            session_discarded(request)?.clientinfo.as_ref()
        }))
    }

    /// Broker node that makes the call.
    #[getter]
    fn meta(this: &Bound<'_, Self>) -> Option<RequestMeta> {
        Part::one(this, |request, _| session_discarded(request)?.meta.as_ref()).map(RequestMeta)
    }
}

/// Request of `OnSessionTakenover`.
#[pyclass(frozen, extends = Request, module = "exhook")]
pub(crate) struct SessionTakenoverRequest;

fn session_takenover(request: &exhook::Request) -> Option<&proto::SessionTakenoverRequest> {
    match request {
        exhook::Request::SessionTakenover(request) => Some(request),
        _ => None,
    }
}

#[pymethods]
impl SessionTakenoverRequest {
    #[classattr]
    fn __match_args__(py: Python<'_>) -> PyResult<Bound<'_, PyTuple>> {
        PyTuple::new(py, ["clientinfo", "meta"])
    }

    /// Client on the connection that loses the session.
    #[getter]
    fn clientinfo(this: &Bound<'_, Self>) -> ClientInfo {
        ClientInfo(Part::one_or_empty(this, |request, _| {
            session_takenover(request)?.clientinfo.as_ref()
        }))
    }

    /// Broker node that makes the call.
    #[getter]
    fn meta(this: &Bound<'_, Self>) -> Option<RequestMeta> {
        Part::one(this, |request, _| session_takenover(request)?.meta.as_ref()).map(RequestMeta)
    }
}

/// Request of `OnSessionTerminated`.
#[pyclass(frozen, extends = Request, module = "exhook")]
pub(crate) struct SessionTerminatedRequest;

fn session_terminated(request: &exhook::Request) -> Option<&proto::SessionTerminatedRequest> {
    match request {
        exhook::Request::SessionTerminated(request) => Some(request),
        _ => None,
    }
}

#[pymethods]
impl SessionTerminatedRequest {
    #[classattr]
    fn __match_args__(py: Python<'_>) -> PyResult<Bound<'_, PyTuple>> {
        PyTuple::new(py, ["clientinfo", "reason", "meta"])
    }

    /// Client whose session ends.
    #[getter]
    fn clientinfo(this: &Bound<'_, Self>) -> ClientInfo {
        ClientInfo(Part::one_or_empty(this, |request, _| {
            session_terminated(request)?.clientinfo.as_ref()
        }))
    }

    /// Text of an Erlang term, for example `{shutdown,normal}`. The set of texts is not stable.
    #[getter]
    fn reason<'a>(this: &'a Bound<'_, Self>) -> &'a str {
        &content(this, session_terminated).reason
    }

    /// Broker node that makes the call.
    #[getter]
    fn meta(this: &Bound<'_, Self>) -> Option<RequestMeta> {
        Part::one(this, |request, _| {
            session_terminated(request)?.meta.as_ref()
        })
        .map(RequestMeta)
    }
}

/// Request of `OnMessagePublish`.
#[pyclass(frozen, extends = Request, module = "exhook")]
pub(crate) struct MessagePublishRequest;

fn message_publish(request: &exhook::Request) -> Option<&proto::MessagePublishRequest> {
    match request {
        exhook::Request::MessagePublish(request) => Some(request),
        _ => None,
    }
}

#[pymethods]
impl MessagePublishRequest {
    #[classattr]
    fn __match_args__(py: Python<'_>) -> PyResult<Bound<'_, PyTuple>> {
        PyTuple::new(py, ["message", "meta", "props", "user_props"])
    }

    /// The published message.
    #[getter]
    fn message(this: &Bound<'_, Self>) -> Message {
        Message::new(Part::one_or_empty(this, |request, _| {
            message_publish(request)?.message.as_ref()
        }))
    }

    /// Broker node that makes the call.
    #[getter]
    fn meta(this: &Bound<'_, Self>) -> Option<RequestMeta> {
        Part::one(this, |request, _| message_publish(request)?.meta.as_ref()).map(RequestMeta)
    }

    /// Properties of the PUBLISH packet in no fixed order, empty before MQTT 5. User-Property pairs are
    /// in `user_props`.
    #[getter]
    fn props<'py>(this: &Bound<'py, Self>) -> PyResult<Bound<'py, PyTuple>> {
        Part::all(
            this,
            |request, index| message_publish(request)?.props.get(index),
            Property,
        )
    }

    /// User-Property pairs of the PUBLISH packet in their order, repeated names included. Empty before
    /// MQTT 5.
    #[getter]
    fn user_props<'py>(this: &Bound<'py, Self>) -> PyResult<Bound<'py, PyTuple>> {
        Part::all(
            this,
            |request, index| message_publish(request)?.user_props.get(index),
            Property,
        )
    }
}

/// Request of `OnMessageDelivered`.
#[pyclass(frozen, extends = Request, module = "exhook")]
pub(crate) struct MessageDeliveredRequest;

fn message_delivered(request: &exhook::Request) -> Option<&proto::MessageDeliveredRequest> {
    match request {
        exhook::Request::MessageDelivered(request) => Some(request),
        _ => None,
    }
}

#[pymethods]
impl MessageDeliveredRequest {
    #[classattr]
    fn __match_args__(py: Python<'_>) -> PyResult<Bound<'_, PyTuple>> {
        PyTuple::new(py, ["clientinfo", "message", "meta"])
    }

    /// Subscriber that receives the message.
    #[getter]
    fn clientinfo(this: &Bound<'_, Self>) -> ClientInfo {
        ClientInfo(Part::one_or_empty(this, |request, _| {
            message_delivered(request)?.clientinfo.as_ref()
        }))
    }

    /// The delivered message.
    #[getter]
    fn message(this: &Bound<'_, Self>) -> Message {
        Message::new(Part::one_or_empty(this, |request, _| {
            message_delivered(request)?.message.as_ref()
        }))
    }

    /// Broker node that makes the call.
    #[getter]
    fn meta(this: &Bound<'_, Self>) -> Option<RequestMeta> {
        Part::one(this, |request, _| message_delivered(request)?.meta.as_ref()).map(RequestMeta)
    }
}

/// Request of `OnMessageDropped`.
#[pyclass(frozen, extends = Request, module = "exhook")]
pub(crate) struct MessageDroppedRequest;

fn message_dropped(request: &exhook::Request) -> Option<&proto::MessageDroppedRequest> {
    match request {
        exhook::Request::MessageDropped(request) => Some(request),
        _ => None,
    }
}

#[pymethods]
impl MessageDroppedRequest {
    #[classattr]
    fn __match_args__(py: Python<'_>) -> PyResult<Bound<'_, PyTuple>> {
        PyTuple::new(py, ["message", "reason", "meta"])
    }

    /// The dropped message.
    #[getter]
    fn message(this: &Bound<'_, Self>) -> Message {
        Message::new(Part::one_or_empty(this, |request, _| {
            message_dropped(request)?.message.as_ref()
        }))
    }

    /// Text of an Erlang term, for example `no_subscribers`. The set of texts is not stable.
    #[getter]
    fn reason<'a>(this: &'a Bound<'_, Self>) -> &'a str {
        &content(this, message_dropped).reason
    }

    /// Broker node that makes the call.
    #[getter]
    fn meta(this: &Bound<'_, Self>) -> Option<RequestMeta> {
        Part::one(this, |request, _| message_dropped(request)?.meta.as_ref()).map(RequestMeta)
    }
}

/// Request of `OnMessageAcked`.
#[pyclass(frozen, extends = Request, module = "exhook")]
pub(crate) struct MessageAckedRequest;

fn message_acked(request: &exhook::Request) -> Option<&proto::MessageAckedRequest> {
    match request {
        exhook::Request::MessageAcked(request) => Some(request),
        _ => None,
    }
}

#[pymethods]
impl MessageAckedRequest {
    #[classattr]
    fn __match_args__(py: Python<'_>) -> PyResult<Bound<'_, PyTuple>> {
        PyTuple::new(py, ["clientinfo", "message", "meta"])
    }

    /// Subscriber that acknowledges the message.
    #[getter]
    fn clientinfo(this: &Bound<'_, Self>) -> ClientInfo {
        ClientInfo(Part::one_or_empty(this, |request, _| {
            message_acked(request)?.clientinfo.as_ref()
        }))
    }

    /// The acknowledged message.
    #[getter]
    fn message(this: &Bound<'_, Self>) -> Message {
        Message::new(Part::one_or_empty(this, |request, _| {
            message_acked(request)?.message.as_ref()
        }))
    }

    /// Broker node that makes the call.
    #[getter]
    fn meta(this: &Bound<'_, Self>) -> Option<RequestMeta> {
        Part::one(this, |request, _| message_acked(request)?.meta.as_ref()).map(RequestMeta)
    }
}

/// Request of `OnMessageIngress`. Since EMQX 6.3.
#[pyclass(frozen, extends = Request, module = "exhook")]
pub(crate) struct MessageIngressRequest;

fn message_ingress(request: &exhook::Request) -> Option<&proto::MessageIngressRequest> {
    match request {
        exhook::Request::MessageIngress(request) => Some(request),
        _ => None,
    }
}

#[pymethods]
impl MessageIngressRequest {
    #[classattr]
    fn __match_args__(py: Python<'_>) -> PyResult<Bound<'_, PyTuple>> {
        PyTuple::new(py, ["clientinfo", "message", "meta", "props", "user_props"])
    }

    /// Client that publishes.
    #[getter]
    fn clientinfo(this: &Bound<'_, Self>) -> ClientInfo {
        ClientInfo(Part::one_or_empty(this, |request, _| {
            message_ingress(request)?.clientinfo.as_ref()
        }))
    }

    /// The message that it publishes.
    #[getter]
    fn message(this: &Bound<'_, Self>) -> Message {
        Message::new(Part::one_or_empty(this, |request, _| {
            message_ingress(request)?.message.as_ref()
        }))
    }

    /// Broker node that makes the call.
    #[getter]
    fn meta(this: &Bound<'_, Self>) -> Option<RequestMeta> {
        Part::one(this, |request, _| message_ingress(request)?.meta.as_ref()).map(RequestMeta)
    }

    /// Properties of the PUBLISH packet in no fixed order, empty before MQTT 5. User-Property pairs are
    /// in `user_props`.
    #[getter]
    fn props<'py>(this: &Bound<'py, Self>) -> PyResult<Bound<'py, PyTuple>> {
        Part::all(
            this,
            |request, index| message_ingress(request)?.props.get(index),
            Property,
        )
    }

    /// User-Property pairs of the PUBLISH packet in their order, repeated names included. Empty before
    /// MQTT 5.
    #[getter]
    fn user_props<'py>(this: &Bound<'py, Self>) -> PyResult<Bound<'py, PyTuple>> {
        Part::all(
            this,
            |request, index| message_ingress(request)?.user_props.get(index),
            Property,
        )
    }
}

/// The object for a request, of the class of its hook.
pub(crate) fn request_object(
    py: Python<'_>,
    hook: Hook,
    request: Request,
) -> PyResult<Py<Request>> {
    match hook {
        Hook::ProviderLoaded => request.into_object(py, ProviderLoadedRequest),
        Hook::ProviderUnloaded => request.into_object(py, ProviderUnloadedRequest),
        Hook::ClientConnect => request.into_object(py, ClientConnectRequest),
        Hook::ClientConnack => request.into_object(py, ClientConnackRequest),
        Hook::ClientConnected => request.into_object(py, ClientConnectedRequest),
        Hook::ClientDisconnected => request.into_object(py, ClientDisconnectedRequest),
        Hook::ClientAuthenticate => request.into_object(py, ClientAuthenticateRequest),
        Hook::ClientAuthorize => request.into_object(py, ClientAuthorizeRequest),
        Hook::ClientSubscribe => request.into_object(py, ClientSubscribeRequest),
        Hook::ClientUnsubscribe => request.into_object(py, ClientUnsubscribeRequest),
        Hook::SessionCreated => request.into_object(py, SessionCreatedRequest),
        Hook::SessionSubscribed => request.into_object(py, SessionSubscribedRequest),
        Hook::SessionUnsubscribed => request.into_object(py, SessionUnsubscribedRequest),
        Hook::SessionResumed => request.into_object(py, SessionResumedRequest),
        Hook::SessionDiscarded => request.into_object(py, SessionDiscardedRequest),
        Hook::SessionTakenover => request.into_object(py, SessionTakenoverRequest),
        Hook::SessionTerminated => request.into_object(py, SessionTerminatedRequest),
        Hook::MessagePublish => request.into_object(py, MessagePublishRequest),
        Hook::MessageDelivered => request.into_object(py, MessageDeliveredRequest),
        Hook::MessageDropped => request.into_object(py, MessageDroppedRequest),
        Hook::MessageAcked => request.into_object(py, MessageAckedRequest),
        Hook::MessageIngress => request.into_object(py, MessageIngressRequest),
    }
}

/// Adds all classes to the module.
pub(crate) fn add_classes(module: &Bound<'_, PyModule>) -> PyResult<()> {
    module.add_class::<BrokerInfo>()?;
    module.add_class::<ConnInfo>()?;
    module.add_class::<ClientInfo>()?;
    module.add_class::<Property>()?;
    module.add_class::<SubOpts>()?;
    module.add_class::<RequestMeta>()?;
    module.add_class::<TopicFilter>()?;
    module.add_class::<ProviderLoadedRequest>()?;
    module.add_class::<ProviderUnloadedRequest>()?;
    module.add_class::<ClientConnectRequest>()?;
    module.add_class::<ClientConnackRequest>()?;
    module.add_class::<ClientConnectedRequest>()?;
    module.add_class::<ClientDisconnectedRequest>()?;
    module.add_class::<ClientAuthenticateRequest>()?;
    module.add_class::<ClientAuthorizeRequest>()?;
    module.add_class::<ClientSubscribeRequest>()?;
    module.add_class::<ClientUnsubscribeRequest>()?;
    module.add_class::<SessionCreatedRequest>()?;
    module.add_class::<SessionSubscribedRequest>()?;
    module.add_class::<SessionUnsubscribedRequest>()?;
    module.add_class::<SessionResumedRequest>()?;
    module.add_class::<SessionDiscardedRequest>()?;
    module.add_class::<SessionTakenoverRequest>()?;
    module.add_class::<SessionTerminatedRequest>()?;
    module.add_class::<MessagePublishRequest>()?;
    module.add_class::<MessageDeliveredRequest>()?;
    module.add_class::<MessageDroppedRequest>()?;
    module.add_class::<MessageAckedRequest>()?;
    module.add_class::<MessageIngressRequest>()?;
    Ok(())
}
