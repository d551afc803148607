//! Taking the session's secrets from the handshake.
//!
//! The engine makes one DTLS instance for each endpoint, through a provider that can be exchanged. Ours wraps the usual one
//! and keeps a copy of the secrets that come out of a handshake (RFC 5764, section 4.2). The engine gives no way to say
//! which endpoint an instance is for, but it makes the instance while the endpoint is made, on the same thread.

use std::cell::RefCell;
use std::fmt;
use std::sync::{Arc, OnceLock};
use std::time::Instant;

use str0m::crypto::dtls::{
    DtlsCert, DtlsImplError, DtlsInstance, DtlsOutput, DtlsProvider, DtlsVersion, ProtocolVersion,
    SrtpProfile,
};
use str0m::crypto::{CryptoError, CryptoProvider};

use crate::light::cipher::{Opener, Sealer};

/// The secrets of a session, once the handshake is through.
pub(crate) type SharedSecrets = Arc<OnceLock<Secrets>>;

thread_local! {
    static LATEST: RefCell<Option<SharedSecrets>> = const { RefCell::new(None) };
}

/// The usual provider, but handshakes show their secrets.
pub(crate) fn provider() -> Arc<CryptoProvider> {
    static PROVIDER: OnceLock<Arc<CryptoProvider>> = OnceLock::new();
    Arc::clone(PROVIDER.get_or_init(|| {
        let mut provider = str0m::crypto::from_feature_flags();
        // Once in the life of the process.
        provider.dtls_provider = Box::leak(Box::new(Listening {
            inner: provider.dtls_provider,
        }));
        Arc::new(provider)
    }))
}

/// Where the secrets will be of the endpoint that this thread made last.
pub(crate) fn take_latest() -> Option<SharedSecrets> {
    LATEST.with(RefCell::take)
}

/// What both sides know after the handshake.
pub(crate) struct Secrets {
    profile: SrtpProfile,
    material: Vec<u8>,
    /// This side began the handshake.
    is_active: bool,
}

impl Secrets {
    /// Opens what the other side sends.
    pub(super) fn opener(&self) -> Option<Opener> {
        Opener::new(self.profile, &self.side(!self.is_active)?)
    }

    /// Seals what this side sends.
    pub(super) fn sealer(&self) -> Option<Sealer> {
        Sealer::new(self.profile, &self.side(self.is_active)?)
    }

    /// The master key and salt of one side: first both keys, then both salts, those of who began first.
    fn side(&self, is_active: bool) -> Option<Master> {
        let (key, salt) = lengths(self.profile)?;
        let place = usize::from(!is_active);
        let part =
            |from: usize, length: usize| Some(self.material.get(from..from + length)?.to_vec());
        Some(Master {
            key: part(place * key, key)?,
            salt: part(2 * key + place * salt, salt)?,
        })
    }
}

impl fmt::Debug for Secrets {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secrets(..)")
    }
}

/// Bytes of a profile's master key and salt.
const fn lengths(profile: SrtpProfile) -> Option<(usize, usize)> {
    match profile {
        SrtpProfile::AES128_CM_SHA1_80 => Some((16, 14)),
        SrtpProfile::AEAD_AES_128_GCM => Some((16, 12)),
        SrtpProfile::AEAD_AES_256_GCM => Some((32, 12)),
        _ => None,
    }
}

/// One side's master key and salt.
pub(super) struct Master {
    pub(super) key: Vec<u8>,
    pub(super) salt: Vec<u8>,
}

impl Master {
    /// Derives a session key or salt (RFC 3711, section 4.3.1; RFC 7714, section 11).
    pub(super) fn derive<const LENGTH: usize>(&self, label: u8) -> [u8; LENGTH] {
        let srtp = provider().srtp_provider;
        let mut input = [0; 16];
        input[..self.salt.len()].copy_from_slice(&self.salt);
        input[7] ^= label;
        let mut derived = [0; LENGTH];
        for (round, part) in (0_u16..).zip(derived.chunks_mut(16)) {
            input[14..].copy_from_slice(&round.to_be_bytes());
            // The library writes one block more than it is asked for.
            let mut block = [0; 32];
            if self.key.len() == 16 {
                srtp.srtp_aes_128_ecb_round(&self.key, &input, &mut block);
            } else {
                srtp.srtp_aes_256_ecb_round(&self.key, &input, &mut block);
            }
            part.copy_from_slice(&block[..part.len()]);
        }
        derived
    }
}

#[derive(Debug)]
struct Listening {
    inner: &'static dyn DtlsProvider,
}

impl DtlsProvider for Listening {
    fn generate_certificate(&self) -> Option<DtlsCert> {
        self.inner.generate_certificate()
    }

    fn new_dtls(
        &self,
        certificate: &DtlsCert,
        now: Instant,
        version: DtlsVersion,
        mtu: Option<usize>,
    ) -> Result<Box<dyn DtlsInstance>, CryptoError> {
        let secrets = SharedSecrets::default();
        let inner = self.inner.new_dtls(certificate, now, version, mtu)?;
        LATEST.with(|latest| latest.replace(Some(Arc::clone(&secrets))));
        Ok(Box::new(Overheard { inner, secrets }))
    }

    fn is_test(&self) -> bool {
        self.inner.is_test()
    }
}

/// One handshake that is listened to.
#[derive(Debug)]
struct Overheard {
    inner: Box<dyn DtlsInstance>,
    secrets: SharedSecrets,
}

impl DtlsInstance for Overheard {
    fn set_active(&mut self, active: bool) {
        self.inner.set_active(active);
    }

    fn handle_packet(&mut self, packet: &[u8]) -> Result<(), DtlsImplError> {
        self.inner.handle_packet(packet)
    }

    fn poll_output<'a>(&mut self, buffer: &'a mut [u8]) -> DtlsOutput<'a> {
        let output = self.inner.poll_output(buffer);
        if let DtlsOutput::KeyingMaterial(material, profile) = &output {
            let secrets = Secrets {
                profile: *profile,
                material: material.to_vec(),
                is_active: self.inner.is_active(),
            };
            // A session has one handshake; later ones would not change what is in use.
            let _ = self.secrets.set(secrets);
        }
        output
    }

    fn handle_timeout(&mut self, now: Instant) -> Result<(), DtlsImplError> {
        self.inner.handle_timeout(now)
    }

    fn send_application_data(&mut self, data: &[u8]) -> Result<usize, DtlsImplError> {
        self.inner.send_application_data(data)
    }

    fn is_active(&self) -> bool {
        self.inner.is_active()
    }

    fn protocol_version(&self) -> Option<ProtocolVersion> {
        self.inner.protocol_version()
    }

    fn is_closing(&self) -> bool {
        self.inner.is_closing()
    }

    fn is_closed(&self) -> bool {
        self.inner.is_closed()
    }

    fn close(&mut self) -> Result<(), DtlsImplError> {
        self.inner.close()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bytes(hex: &str) -> Vec<u8> {
        let pair = |at: usize| u8::from_str_radix(&hex[at..at + 2], 16).unwrap();
        (0..hex.len()).step_by(2).map(pair).collect()
    }

    /// RFC 3711, appendix B.3.
    #[test]
    fn session_keys_are_those_of_the_standard() {
        let master = Master {
            key: bytes("E1F97A0D3E018BE0D64FA32C06DE4139"),
            salt: bytes("0EC675AD498AFEEBB6960B3AABE6"),
        };
        let key = bytes("C61E7A93744F39EE10734AFE3FF7A087");
        assert_eq!(master.derive::<16>(0), key[..]);
        let authentication = bytes("CEBE321F6FF7716B6FD4AB49AF256A156D38BAA4");
        assert_eq!(master.derive::<20>(1), authentication[..]);
        let salt = bytes("30CBBC08863D8C85D49DB34A9AE1");
        assert_eq!(master.derive::<14>(2), salt[..]);
    }
}
