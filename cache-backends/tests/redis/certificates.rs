//! Certificates of a test's own, made as it runs.

use std::path::{Path, PathBuf};

use rcgen::{
    BasicConstraints, CertificateParams, CertifiedIssuer, DnType, ExtendedKeyUsagePurpose, IsCa, KeyPair,
    KeyUsagePurpose, date_time_ymd,
};

use crate::server::{Server, free_port};

/// A certificate and its private key, as PEM.
pub(crate) struct Identity {
    pub(crate) certificate: String,
    pub(crate) key: String,
}

/// An authority.
pub(crate) struct Authority(CertifiedIssuer<'static, KeyPair>);

impl Authority {
    pub(crate) fn new(name: &str) -> Self {
        let mut params = CertificateParams::default();
        params.distinguished_name.push(DnType::CommonName, name);
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
        Self(CertifiedIssuer::self_signed(params, KeyPair::generate().unwrap()).unwrap())
    }

    pub(crate) fn pem(&self) -> String {
        self.0.pem()
    }

    /// A certificate for hosts or addresses.
    pub(crate) fn issue(&self, names: &[&str]) -> Identity {
        self.issue_between(names, 2000, 4000)
    }

    /// One that is valid from the beginning of one year to that of another.
    pub(crate) fn issue_between(&self, names: &[&str], from: i32, to: i32) -> Identity {
        let names: Vec<String> = names.iter().map(|&name| name.to_owned()).collect();
        let mut params = CertificateParams::new(names).unwrap();
        params.distinguished_name.push(DnType::CommonName, "larder's test");
        params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth, ExtendedKeyUsagePurpose::ClientAuth];
        params.not_before = date_time_ymd(from, 1, 1);
        params.not_after = date_time_ymd(to, 1, 1);
        let key = KeyPair::generate().unwrap();
        let certificate = params.signed_by(&key, &self.0).unwrap();
        Identity { certificate: certificate.pem(), key: key.serialize_pem() }
    }
}

/// A server that listens with TLS, and without it for the test's own look at it.
pub(crate) struct TlsServer {
    pub(crate) plain: Server,
    pub(crate) port: u16,
    _files: tempfile::TempDir,
}

impl TlsServer {
    /// A server that shows `identity` and wants no certificates.
    pub(crate) fn start(authority: &Authority, identity: &Identity) -> Self {
        Self::with(authority, identity, &["--tls-auth-clients", "no"])
    }

    pub(crate) fn with(authority: &Authority, identity: &Identity, options: &[&str]) -> Self {
        let files = tempfile::tempdir().unwrap();
        let port = free_port();
        let tls = tls_options(files.path(), authority, identity);
        let tls_port = port.to_string();
        let mut all: Vec<&str> = tls.iter().map(String::as_str).chain(["--tls-port", &tls_port]).collect();
        all.extend(options);
        Self { plain: Server::with(&all), port, _files: files }
    }

    pub(crate) fn url(&self) -> String {
        format!("rediss://127.0.0.1:{}/0", self.port)
    }
}

/// The options of a server, or lines of a sentinel's configuration, for its certificate.
pub(crate) fn tls_options(directory: &Path, authority: &Authority, identity: &Identity) -> Vec<String> {
    let file = |name: &str, text: &str| -> PathBuf {
        let path = directory.join(name);
        std::fs::write(&path, text).unwrap();
        path
    };
    [
        ("--tls-ca-cert-file", file("ca.crt", &authority.pem())),
        ("--tls-cert-file", file("server.crt", &identity.certificate)),
        ("--tls-key-file", file("server.key", &identity.key)),
    ]
    .into_iter()
    .flat_map(|(option, path)| [option.to_owned(), path.display().to_string()])
    .collect()
}
