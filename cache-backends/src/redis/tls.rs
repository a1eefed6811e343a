//! TLS around the stream to a server: whom to trust, who we are, and why there is no trust.
//!
//! rustls does the work, with `ring` for cryptography, which needs a C compiler and nothing more. The provider goes into
//! each configuration; none is installed for the process. All PEM is read when the handler is built. Nothing here repeats
//! what a PEM contains.

use std::fmt;
use std::io;
use std::sync::Arc;

use redis::RedisError;
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tokio_rustls::rustls::crypto::ring;
use tokio_rustls::rustls::pki_types::pem::{self, PemObject as _};
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer, ServerName};
use tokio_rustls::rustls::{
    AlertDescription, CertificateError, ClientConfig, Error, InconsistentKeys, RootCertStore, version,
};

use super::builder::RedisBuilder;
use super::stream::Stream;

/// How the [`Redis`](crate::Redis) handler encrypts its connection, for [`RedisBuilder::tls`]. Needs the feature `tls`.
///
/// The server's certificate has to be valid, to name the host that the handler connects to, and to be issued by an
/// authority that is trusted: those of the system, or those of [`ca_pem`](Tls::ca_pem) alone. None of that can be turned
/// off. TLS 1.3 and 1.2 are spoken.
///
/// ```
/// use cache_backends::{Redis, Tls};
///
/// let redis = Redis::builder().host("cache.example").port(6380).tls(Tls::new());
/// ```
#[derive(Clone, Default)]
#[must_use = "it does nothing until it is given to `Redis::builder().tls(..)`"]
pub struct Tls {
    ca: Vec<Vec<u8>>,
    client: Option<(Vec<u8>, Vec<u8>)>,
}

impl Tls {
    /// Trusts the authorities that the system trusts, and shows no certificate of the client.
    pub fn new() -> Self {
        Self::default()
    }

    /// Trusts the authorities whose certificates are in `pem`, instead of those of the system. One text may have several;
    /// called again, it adds to them. A text that has none, or a bad one, is an error when the cache is built.
    ///
    /// ```no_run
    /// use cache_backends::{Redis, Tls};
    ///
    /// let tls = Tls::new().ca_pem(std::fs::read("/etc/redis/ca.crt")?);
    /// let redis = Redis::builder().url("rediss://cache.example:6380/0").tls(tls);
    /// # Ok::<(), std::io::Error>(())
    /// ```
    pub fn ca_pem(mut self, pem: impl AsRef<[u8]>) -> Self {
        self.ca.push(pem.as_ref().to_vec());
        self
    }

    /// Shows a certificate to servers that want one (`tls-auth-clients yes`): its chain, its own certificate first, and its
    /// private key, unencrypted, as PKCS #8, PKCS #1 or SEC 1. The key is never shown. What cannot be used is an error when
    /// the cache is built.
    ///
    /// ```no_run
    /// use cache_backends::{Redis, Tls};
    ///
    /// let tls = Tls::new().client_pem(std::fs::read("client.crt")?, std::fs::read("client.key")?);
    /// let redis = Redis::builder().url("rediss://cache.example:6380/0").tls(tls);
    /// # Ok::<(), std::io::Error>(())
    /// ```
    pub fn client_pem(mut self, certificate_chain: impl AsRef<[u8]>, private_key: impl AsRef<[u8]>) -> Self {
        self.client = Some((certificate_chain.as_ref().to_vec(), private_key.as_ref().to_vec()));
        self
    }

    /// What a URL with TLS means.
    pub(super) fn by_url() -> Result<Self, String> {
        Ok(Self::new())
    }

    /// All of it read and checked, or what is wrong with it.
    pub(super) fn connector(&self) -> Result<Connector, String> {
        let provider = Arc::new(ring::default_provider());
        let config = ClientConfig::builder_with_provider(provider)
            .with_protocol_versions(&[&version::TLS13, &version::TLS12])
            .map_err(|error| format!("the redis handler's TLS cannot be set up: {error}"))?
            .with_root_certificates(self.roots()?);
        let config = match &self.client {
            None => config.with_no_client_auth(),
            Some((chain, key)) => {
                let chain = certificates(chain, "certificate chain of `.client_pem(..)`")?;
                config.with_client_auth_cert(chain, private_key(key)?).map_err(|error| bad_client(&error))?
            }
        };
        Ok(Connector { connector: TlsConnector::from(Arc::new(config)), shows_certificate: self.client.is_some() })
    }

    fn roots(&self) -> Result<RootCertStore, String> {
        let mut roots = RootCertStore::empty();
        if self.ca.is_empty() {
            roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
            if roots.is_empty() {
                return Err(
                    "the redis handler's TLS finds no certificate authorities of this system: install them (e.g. \
                            the package `ca-certificates`), or add `.ca_pem(..)`"
                        .into(),
                );
            }
        }
        for pem in &self.ca {
            const WHERE: &str = "`.ca_pem(..)`";
            for (index, certificate) in certificates(pem, WHERE)?.into_iter().enumerate() {
                roots.add(certificate).map_err(|_| {
                    format!("the redis handler's {WHERE} has a bad certificate: number {} is no X.509", index + 1)
                })?;
            }
        }
        Ok(roots)
    }
}

impl fmt::Debug for Tls {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let ca = if self.ca.is_empty() { "of the system" } else { "given" };
        let client = self.client.as_ref().map(|_| "hidden");
        f.debug_struct("Tls").field("ca", &ca).field("client", &client).finish()
    }
}

impl RedisBuilder {
    /// Encrypts the connection, and checks that the server is the one that was meant; off unless set here or by a
    /// `rediss://` URL, which is the same as `.tls(Tls::new())`. It stays on whatever URL is set. With
    /// [`sentinel`](RedisBuilder::sentinel) it is for the sentinels as well as for the servers.
    ///
    /// Needs the feature `tls`.
    ///
    /// ```
    /// use cache_backends::{Redis, Tls};
    ///
    /// let redis = Redis::builder().host("cache.example").port(6380).tls(Tls::new()).password("secret");
    /// ```
    pub fn tls(mut self, tls: Tls) -> Self {
        self.tls = Some(tls);
        self
    }
}

/// The certificates in `pem`, of which there is at least one. Errors are not passed on: they contain what was read.
fn certificates(pem: &[u8], place: &str) -> Result<Vec<CertificateDer<'static>>, String> {
    let mut certificates = Vec::new();
    for certificate in CertificateDer::pem_slice_iter(pem) {
        let number = certificates.len() + 1;
        certificates.push(certificate.map_err(|_| {
            format!("the redis handler's {place} is not PEM: it ends or is damaged within certificate {number}")
        })?);
    }
    if certificates.is_empty() {
        return Err(format!("the redis handler's {place} has no `-----BEGIN CERTIFICATE-----` in it"));
    }
    Ok(certificates)
}

fn private_key(pem: &[u8]) -> Result<PrivateKeyDer<'static>, String> {
    const ENCRYPTED: &[u8] = b"-----BEGIN ENCRYPTED PRIVATE KEY-----";
    PrivateKeyDer::from_pem_slice(pem).map_err(|error| {
        let what = match error {
            pem::Error::NoItemsFound if pem.windows(ENCRYPTED.len()).any(|part| part == ENCRYPTED) => {
                "is encrypted: give it decrypted, e.g. by `openssl pkey`"
            }
            pem::Error::NoItemsFound => "has no `-----BEGIN PRIVATE KEY-----` in it",
            _ => "is not PEM: it ends or is damaged within the key",
        };
        format!("the redis handler's private key of `.client_pem(..)` {what}")
    })
}

fn bad_client(error: &Error) -> String {
    let what = match error {
        Error::InconsistentKeys(InconsistentKeys::KeyMismatch) => "a private key that is not that of its certificate",
        Error::InvalidCertificate(_) => "a certificate that is no X.509",
        _ => "a private key that cannot be used: write an RSA, ECDSA (P-256, P-384) or Ed25519 key",
    };
    format!("the redis handler's `.client_pem(..)` has {what}")
}

/// Whether certificates can be for `host`.
pub(super) fn is_name(host: &str) -> bool {
    ServerName::try_from(host).is_ok()
}

/// Shakes hands with servers.
pub(super) struct Connector {
    connector: TlsConnector,
    shows_certificate: bool,
}

impl Connector {
    /// Encrypts `stream`, which leads to `host`.
    pub(super) async fn shake_hands(&self, host: &str, stream: TcpStream) -> io::Result<Box<dyn Stream>> {
        let name = ServerName::try_from(host.to_owned())
            .map_err(|_| io::Error::new(io::ErrorKind::InvalidInput, "no certificate can name this host"))?;
        Ok(Box::new(self.connector.connect(name, stream).await?))
    }

    /// Why TLS, or what stands in for it, failed; `None` if `error` is about something else.
    pub(super) fn reason(&self, error: &RedisError) -> Option<String> {
        if let Some(error) = within(error) {
            return Some(explain(error, self.shows_certificate));
        }
        // A server that wants a certificate says so behind the handshake of TLS 1.3, and may close before that is read.
        (error.is_connection_dropped() && !self.shows_certificate).then(|| {
            format!(
                "{error}: check that the server speaks TLS there; if it wants a certificate of its clients \
                 (`tls-auth-clients`), add `.client_pem(..)`"
            )
        })
    }
}

/// The error of rustls within that of the connection.
fn within(error: &RedisError) -> Option<&Error> {
    let source = std::error::Error::source(error)?;
    let shared: &Arc<dyn std::error::Error + Send + Sync> = source.downcast_ref()?;
    shared.downcast_ref::<io::Error>()?.get_ref()?.downcast_ref()
}

fn explain(error: &Error, shows_certificate: bool) -> String {
    use CertificateError as Bad;
    match error {
        Error::InvalidCertificate(bad) => match bad {
            Bad::UnknownIssuer | Bad::BadSignature => "the server's certificate is from an authority that is not trusted: add that \
                                   authority's certificate by `Tls::ca_pem`"
                .into(),
            Bad::NotValidForName | Bad::NotValidForNameContext { .. } => {
                "the server's certificate is for another name: connect by a name that it has".into()
            }
            Bad::Expired | Bad::ExpiredContext { .. } => {
                "the server's certificate has expired: renew it, or set this machine's clock".into()
            }
            Bad::NotValidYet | Bad::NotValidYetContext { .. } => {
                "the server's certificate is not valid yet: check this machine's clock, and the server's when it was made"
                    .into()
            }
            other => format!("the server's certificate cannot be trusted: {other}"),
        },
        Error::AlertReceived(AlertDescription::CertificateRequired) if !shows_certificate => WANTS_CERTIFICATE.into(),
        // What servers say before TLS 1.3.
        Error::AlertReceived(AlertDescription::HandshakeFailure) if !shows_certificate => {
            format!("the server ended the handshake of TLS; it may be that {WANTS_CERTIFICATE}")
        }
        Error::AlertReceived(
            alert @ (AlertDescription::UnknownCA
            | AlertDescription::BadCertificate
            | AlertDescription::CertificateUnknown
            | AlertDescription::CertificateExpired
            | AlertDescription::CertificateRevoked
            | AlertDescription::DecryptError),
        ) if shows_certificate => {
            format!("the server refused the certificate of `.client_pem(..)` ({alert:?}): check what authorities it trusts")
        }
        Error::AlertReceived(alert) => format!("the server ended TLS ({alert:?}): see its log"),
        Error::InvalidMessage(_) => "what answers there does not speak TLS: check the port, or use a `redis://` url".into(),
        Error::PeerIncompatible(_) => format!("the server and larder have no version or cipher of TLS in common: {error}"),
        other => format!("TLS failed: {other}"),
    }
}

const WANTS_CERTIFICATE: &str = "the server wants a certificate of its clients: add `.client_pem(..)`";
