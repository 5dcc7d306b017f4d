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
