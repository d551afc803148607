//! Opening RTP and sealing RTCP (RFC 3711, RFC 7714).

use str0m::crypto::dtls::SrtpProfile;
use str0m::crypto::{
    AeadAes128Gcm, AeadAes128GcmCipher, AeadAes256Gcm, AeadAes256GcmCipher, Aes128CmSha1_80,
    Aes128CmSha1_80Cipher, CryptoError, SrtpProvider,
};

use crate::light::keys::{Master, provider};

/// What session keys are derived for (RFC 3711, section 4.3.2).
const RTP_KEY: u8 = 0;
const RTP_AUTHENTICATION: u8 = 1;
const RTP_SALT: u8 = 2;
const RTCP_KEY: u8 = 3;
const RTCP_AUTHENTICATION: u8 = 4;
const RTCP_SALT: u8 = 5;

/// Bytes of a control packet that stay clear.
const CLEAR: usize = 8;
/// Says that a control packet is encrypted (RFC 3711, section 3.4).
const ENCRYPTED: u32 = 1 << 31;
/// The cipher writes up to so many bytes more than it was given.
const SLACK: usize = 15;

/// A cipher that encrypts and authenticates in one.
#[derive(Debug)]
enum Gcm {
    Small(Box<dyn AeadAes128GcmCipher>),
    Large(Box<dyn AeadAes256GcmCipher>),
}

impl Gcm {
    fn new(master: &Master, label: u8, encrypts: bool) -> Self {
        let srtp: &dyn SrtpProvider = provider().srtp_provider;
        if master.key.len() == AeadAes128Gcm::KEY_LEN {
            let cipher = srtp.aead_aes_128_gcm();
            Self::Small(cipher.create_cipher(master.derive(label), encrypts))
        } else {
            let cipher = srtp.aead_aes_256_gcm();
            Self::Large(cipher.create_cipher(master.derive(label), encrypts))
        }
    }

    fn decrypt(
        &mut self,
        iv: &[u8; 12],
        clear: &[u8],
        sealed: &[u8],
        out: &mut [u8],
    ) -> Result<usize, CryptoError> {
        match self {
            Self::Small(cipher) => cipher.decrypt(iv, &[clear], sealed, out),
            Self::Large(cipher) => cipher.decrypt(iv, &[clear], sealed, out),
        }
    }

    fn encrypt(
        &mut self,
        iv: &[u8; 12],
        clear: &[u8],
        body: &[u8],
        out: &mut [u8],
    ) -> Result<(), CryptoError> {
        match self {
            Self::Small(cipher) => cipher.encrypt(iv, clear, body, out),
            Self::Large(cipher) => cipher.encrypt(iv, clear, body, out),
        }
    }
}

/// A cipher of one direction and kind of packet.
#[derive(Debug)]
enum Cipher {
    Gcm {
        cipher: Gcm,
        salt: [u8; 12],
    },
    Counter {
        cipher: Box<dyn Aes128CmSha1_80Cipher>,
        salt: [u8; 14],
        authentication: [u8; 20],
    },
}

impl Cipher {
    fn new(
        profile: SrtpProfile,
        master: &Master,
        [key, authentication, salt]: [u8; 3],
        encrypts: bool,
    ) -> Option<Self> {
        match profile {
            SrtpProfile::AEAD_AES_128_GCM | SrtpProfile::AEAD_AES_256_GCM => Some(Self::Gcm {
                cipher: Gcm::new(master, key, encrypts),
                salt: master.derive(salt),
            }),
            SrtpProfile::AES128_CM_SHA1_80 => Some(Self::Counter {
                cipher: provider()
                    .srtp_provider
                    .aes_128_cm_sha1_80()
                    .create_cipher(master.derive(key), encrypts),
                salt: master.derive(salt),
                authentication: master.derive(authentication),
            }),
            _ => None,
        }
    }

    /// Bytes that authenticate a packet.
    const fn tag(&self) -> usize {
        match self {
            Self::Gcm { .. } => AeadAes256Gcm::TAG_LEN,
            Self::Counter { .. } => Aes128CmSha1_80::HMAC_TAG_LEN,
        }
    }
}

fn hmac(key: &[u8], parts: &[&[u8]]) -> [u8; 20] {
    provider().sha1_hmac_provider.sha1_hmac(key, parts)
}

/// Opens RTP packets.
#[derive(Debug)]
pub(super) struct Opener(Cipher);

impl Opener {
    pub(super) fn new(profile: SrtpProfile, master: &Master) -> Option<Self> {
        let labels = [RTP_KEY, RTP_AUTHENTICATION, RTP_SALT];
        Cipher::new(profile, master, labels, false).map(Self)
    }

    /// Bytes of the payload of a packet.
    pub(super) fn payload_len(&self, packet: usize, header: usize) -> usize {
        packet.saturating_sub(header + self.0.tag())
    }

    /// The payload of a packet with a header of some bytes and of a stream; `None` if it is not authentic.
    pub(super) fn open<'a>(
        &mut self,
        (packet, header, ssrc): (&[u8], usize, u32),
        index: u64,
        scratch: &'a mut Vec<u8>,
    ) -> Option<&'a [u8]> {
        let end = packet.len().checked_sub(self.0.tag())?;
        let length = end.checked_sub(header)?;
        scratch.resize(length + SLACK, 0);
        match &mut self.0 {
            Cipher::Gcm { cipher, salt } => {
                let cycle = u32::try_from(index >> 16).ok()?;
                let number = u16::try_from(index & 0xFFFF).ok()?;
                let iv = AeadAes128Gcm::rtp_iv(*salt, ssrc, cycle, number);
                let (clear, sealed) = packet.split_at_checked(header)?;
                cipher.decrypt(&iv, clear, sealed, scratch).ok()?;
            }
            Cipher::Counter {
                cipher,
                salt,
                authentication,
            } => {
                let (contents, tag) = packet.split_at_checked(end)?;
                if !Aes128CmSha1_80::rtp_verify(hmac, authentication, contents, index, tag) {
                    return None;
                }
                let iv = Aes128CmSha1_80::rtp_iv(*salt, ssrc, index);
                cipher.decrypt(&iv, contents.get(header..)?, scratch).ok()?;
            }
        }
        scratch.get(..length)
    }
}

/// Seals control packets.
#[derive(Debug)]
pub(super) struct Sealer {
    cipher: Cipher,
    /// Counts what was sealed.
    index: u32,
}

impl Sealer {
    pub(super) fn new(profile: SrtpProfile, master: &Master) -> Option<Self> {
        let labels = [RTCP_KEY, RTCP_AUTHENTICATION, RTCP_SALT];
        let cipher = Cipher::new(profile, master, labels, true)?;
        Some(Self { cipher, index: 0 })
    }

    /// The datagram of a control packet (RFC 3711, section 3.4; RFC 7714, section 9); `None` for what is none.
    pub(super) fn seal(&mut self, packet: &[u8]) -> Option<Vec<u8>> {
        let (clear, body) = packet.split_at_checked(CLEAR)?;
        let ssrc = u32::from_be_bytes(*clear.last_chunk()?);
        self.index = (self.index + 1) & (ENCRYPTED - 1);
        let trailer = (ENCRYPTED | self.index).to_be_bytes();
        let mut sealed = clear.to_vec();
        sealed.resize(packet.len() + AeadAes256Gcm::TAG_LEN + SLACK, 0);
        match &mut self.cipher {
            Cipher::Gcm { cipher, salt } => {
                let iv = AeadAes128Gcm::rtcp_iv(*salt, ssrc, self.index);
                let known = [clear, &trailer].concat();
                cipher
                    .encrypt(&iv, &known, body, &mut sealed[CLEAR..])
                    .ok()?;
                sealed.truncate(packet.len() + AeadAes256Gcm::TAG_LEN);
                sealed.extend_from_slice(&trailer);
            }
            Cipher::Counter {
                cipher,
                salt,
                authentication,
            } => {
                let iv = Aes128CmSha1_80::rtp_iv(*salt, ssrc, self.index.into());
                cipher.encrypt(&iv, body, &mut sealed[CLEAR..]).ok()?;
                sealed.truncate(packet.len());
                sealed.extend_from_slice(&trailer);
                let end = sealed.len();
                sealed.resize(end + Aes128CmSha1_80::HMAC_TAG_LEN, 0);
                Aes128CmSha1_80::rtcp_hmac(hmac, authentication, &mut sealed, end);
            }
        }
        Some(sealed)
    }
}
