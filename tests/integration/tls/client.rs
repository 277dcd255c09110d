//! A client as strict as brokers are, on rustls and h2.

use std::{io, sync::Arc};

use bytes::{BufMut as _, Bytes, BytesMut};
use exhook::proto;
use h2::client::SendRequest;
use rustls::{
    ClientConfig, ProtocolVersion, RootCertStore, SupportedProtocolVersion,
    crypto::ring::default_provider,
    pki_types::{CertificateDer, ServerName},
};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;

use super::authority::{Authority, Pair};

/// What a client trusts, shows and offers.
pub(crate) struct Terms<'a> {
    pub(crate) trusts: &'a Authority,
    pub(crate) shows: Option<&'a Pair>,
    pub(crate) offers: &'a [&'a [u8]],
    pub(crate) versions: &'a [&'static SupportedProtocolVersion],
}

impl<'a> Terms<'a> {
    pub(crate) fn new(trusts: &'a Authority) -> Self {
        Self {
            trusts,
            shows: None,
            offers: &[b"h2"],
            versions: rustls::DEFAULT_VERSIONS,
        }
    }

    pub(crate) fn showing(trusts: &'a Authority, pair: &'a Pair) -> Self {
        Self {
            shows: Some(pair),
            ..Self::new(trusts)
        }
    }

    fn config(&self) -> ClientConfig {
        let mut roots = RootCertStore::empty();
        roots.add(self.trusts.der()).expect("an authority");
        let builder = ClientConfig::builder_with_provider(Arc::new(default_provider()))
            .with_protocol_versions(self.versions)
            .expect("versions")
            .with_root_certificates(roots);
        let mut config = match self.shows {
            Some(pair) => builder
                .with_client_auth_cert(vec![pair.der.clone()], pair.key_der())
                .expect("a pair"),
            None => builder.with_no_client_auth(),
        };
        config.alpn_protocols = self.offers.iter().map(|offer| offer.to_vec()).collect();
        config
    }
}

/// A connection with TLS and HTTP/2.
pub(crate) struct Client {
    requests: SendRequest<Bytes>,
    pub(crate) version: ProtocolVersion,
    pub(crate) alpn: Option<Vec<u8>>,
    pub(crate) certificate: CertificateDer<'static>,
}

impl Client {
    pub(crate) async fn connect(address: &str, terms: &Terms<'_>) -> io::Result<Self> {
        let socket = TcpStream::connect(address).await?;
        let connector = TlsConnector::from(Arc::new(terms.config()));
        let name = ServerName::try_from("localhost").expect("a name");
        let stream = connector.connect(name, socket).await?;
        let (_, tls) = stream.get_ref();
        let version = tls.protocol_version().expect("shaken hands");
        let alpn = tls.alpn_protocol().map(<[u8]>::to_vec);
        let certificate = tls.peer_certificates().expect("shaken hands")[0].clone();
        let (requests, connection) = h2::client::handshake(stream).await.map_err(other)?;
        tokio::spawn(connection);
        Ok(Self {
            requests,
            version,
            alpn,
            certificate,
        })
    }

    /// Calls a method of package v2 with `request`.
    pub(crate) async fn call<M: prost::Message + Default>(
        &self,
        rpc: &str,
        request: &impl prost::Message,
    ) -> io::Result<M> {
        let head = http::Request::post(format!(
            "https://localhost/emqx.exhook.v2.HookProvider/{rpc}"
        ))
        .header("content-type", "application/grpc+proto")
        .header("te", "trailers")
        .body(())
        .expect("a request");
        let mut requests = self.requests.clone().ready().await.map_err(other)?;
        let (response, mut body) = requests.send_request(head, false).map_err(other)?;
        let message = request.encode_to_vec();
        let mut framed = BytesMut::new();
        framed.put_u8(0);
        framed.put_u32(message.len().try_into().expect("small"));
        framed.extend_from_slice(&message);
        body.send_data(framed.freeze(), true).map_err(other)?;
        let mut answer = response.await.map_err(other)?.into_body();
        let mut received = Vec::new();
        while let Some(data) = answer.data().await {
            let data = data.map_err(other)?;
            let _ = answer.flow_control().release_capacity(data.len());
            received.extend_from_slice(&data);
        }
        let message = received.get(5..).ok_or(io::ErrorKind::UnexpectedEof)?;
        M::decode(message).map_err(io::Error::other)
    }

    /// Whether the hook program says yes.
    pub(crate) async fn authenticate(&self) -> io::Result<bool> {
        let request = crate::provider::authenticate("one");
        let answer: proto::ValuedResponse = self.call("OnClientAuthenticate", &request).await?;
        Ok(answer.value == Some(proto::valued_response::Value::BoolResult(true)))
    }
}

/// Connects, calls and lets go.
pub(crate) async fn try_call(address: &str, terms: &Terms<'_>) -> io::Result<Client> {
    let client = Client::connect(address, terms).await?;
    assert!(client.authenticate().await?);
    Ok(client)
}

fn other(error: h2::Error) -> io::Error {
    io::Error::other(error)
}
