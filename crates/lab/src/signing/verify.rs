//! What a signature is worth, as the keys that a lab trusts see it.

use std::io::Cursor;

use assay_core::signing::{SignatureReport, SignatureStatus, SigningSettings};
use minisign::SignatureBox;

/// `sums` are the bytes of CHECKSUMS. Nothing is said of a signature by a key that is not trusted: without the key it
/// cannot be checked.
pub fn report(settings: &SigningSettings, sums: &[u8], signature: Option<&str>) -> SignatureReport {
    let mut report = SignatureReport {
        status: SignatureStatus::Unsigned,
        key_id: None,
        signer: None,
        comment: None,
        required: settings.required,
    };
    let Some(text) = signature else {
        return report;
    };
    let Ok(signature) = SignatureBox::from_string(text) else {
        report.status = SignatureStatus::Invalid;
        return report;
    };
    report.key_id = Some(key_id(signature.keynum()));
    report.status = SignatureStatus::UnknownKey;
    for (name, key) in &settings.trusted {
        let Some(key) = super::read_public(key) else {
            continue;
        };
        if key.keynum() != signature.keynum() {
            continue;
        }
        // Two keys may share an id, of which only one made it.
        if minisign::verify(&key, &signature, Cursor::new(sums), true, false, true).is_ok() {
            report.status = SignatureStatus::Trusted;
            report.signer = Some(name.clone());
            report.comment = signature.trusted_comment().ok();
            return report;
        }
        report.status = SignatureStatus::Invalid;
    }
    report
}

/// As minisign writes it: the number in hexadecimal.
pub fn key_id(keynum: &[u8]) -> String {
    let mut bytes = [0; 8];
    for (to, from) in bytes.iter_mut().zip(keynum) {
        *to = *from;
    }
    format!("{:016X}", u64::from_le_bytes(bytes))
}

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use super::*;

    fn trusting(key: &str) -> SigningSettings {
        SigningSettings {
            trusted: [("ada".to_owned(), key.to_owned())].into(),
            ..SigningSettings::default()
        }
    }

    #[test]
    fn a_signature_of_another_implementation_is_believed_and_no_byte_of_it_may_change() {
        let golden: Value = serde_json::from_str(include_str!("golden.json")).unwrap();
        let text = |name: &str| golden[name].as_str().unwrap().to_owned();
        let (sums, signature) = (text("sums"), text("signature"));
        let settings = trusting(&text("public_key"));
        let found = report(&settings, sums.as_bytes(), Some(&signature));
        assert_eq!(found.status, SignatureStatus::Trusted);
        assert_eq!(found.signer.as_deref(), Some("ada"));
        assert_eq!(
            found.comment.as_deref(),
            Some("timestamp:1\tfile:CHECKSUMS\thashed")
        );
        for at in 0..sums.len() {
            let mut other = sums.clone().into_bytes();
            other[at] ^= 1;
            assert!(
                !report(&settings, &other, Some(&signature)).passes(),
                "{at}"
            );
        }
        // The first line is no part of what is signed.
        let signed = signature.find('\n').unwrap() + 1;
        for at in signed..signature.trim_end().len() {
            let mut other = signature.clone().into_bytes();
            other[at] ^= 1;
            let passes = String::from_utf8(other)
                .is_ok_and(|other| report(&settings, sums.as_bytes(), Some(&other)).passes());
            assert!(!passes, "{at}");
        }
    }

    #[test]
    fn what_is_signed_here_is_believed_elsewhere() {
        let pair = minisign::KeyPair::generate_unencrypted_keypair().unwrap();
        let sums = b"BLAKE3 (f) = 00\n";
        let signed = minisign::sign(None, &pair.sk, &sums[..], Some("m@1"), None).unwrap();
        let theirs = minisign_verify::PublicKey::from_base64(&pair.pk.to_base64()).unwrap();
        let signature = minisign_verify::Signature::decode(&signed.to_string()).unwrap();
        assert!(theirs.verify(sums, &signature, false).is_ok());
        assert!(theirs.verify(b"else", &signature, false).is_err());
    }

    #[test]
    fn what_cannot_be_checked_does_not_pass() {
        let golden: Value = serde_json::from_str(include_str!("golden.json")).unwrap();
        let signature = golden["signature"].as_str();
        for (settings, signature, status, passes) in [
            (
                SigningSettings::default(),
                None,
                SignatureStatus::Unsigned,
                true,
            ),
            (
                SigningSettings {
                    required: true,
                    ..SigningSettings::default()
                },
                None,
                SignatureStatus::Unsigned,
                false,
            ),
            (
                SigningSettings::default(),
                signature,
                SignatureStatus::UnknownKey,
                false,
            ),
            (
                SigningSettings::default(),
                Some(""),
                SignatureStatus::Invalid,
                false,
            ),
            (
                trusting("no key"),
                signature,
                SignatureStatus::UnknownKey,
                false,
            ),
        ] {
            let found = report(&settings, b"sums", signature);
            assert_eq!((found.status, found.passes()), (status, passes));
        }
    }
}
