//! Bytes by their hash, and the cache.

use std::io::Write;

use assay_core::Code;
use assay_core::profile::{PROFILE_SCHEMA, Profile};

use crate::support::{Lab, files, hash_of};

#[test]
fn objects_come_back_under_the_hash_of_their_bytes() {
    let lab = Lab::new();
    let (hash, size_bytes) = lab.store.put_object(b"penguins").unwrap();
    assert_eq!((hash.clone(), size_bytes), (hash_of("penguins"), 8));
    assert_eq!(lab.store.read_object(&hash).unwrap(), b"penguins");
    let path = lab.store.object_path(&hash).unwrap();
    assert!(path.ends_with(format!("objects/{}/{hash}", &hash.as_str()[..2])));

    // The same bytes, written through a path by somebody else.
    let object = lab.store.begin_object().unwrap();
    std::fs::write(object.path(), b"penguins").unwrap();
    assert_eq!(object.commit().unwrap().0, hash);
    // Hashed while it was written.
    let mut object = lab.store.begin_object().unwrap();
    object.write_all(b"pen").unwrap();
    object.write_all(b"guins").unwrap();
    assert_eq!(object.commit().unwrap(), (hash, 8));
    assert_eq!(n_unfinished(&lab), 0);
}

/// Beside locks and journals.
fn n_unfinished(lab: &Lab) -> usize {
    files(&lab.path().join("objects/tmp"))
        .into_keys()
        .filter(|path| path.to_string_lossy().contains("object-"))
        .count()
}

#[test]
fn what_was_put_and_never_referred_to_goes_when_the_lab_is_closed() {
    let lab = Lab::new();
    let other = lab.open_again();
    other.put_object(b"both").unwrap();
    other.put_object(b"other").unwrap();
    let kept = lab.object(b"both");
    drop(other);
    let left: Vec<_> = files(&lab.path().join("objects"))
        .into_values()
        .filter(|bytes| bytes == b"both" || bytes == b"other")
        .collect();
    assert_eq!(left, [b"both"]);
    assert_eq!(lab.store.read_object(&kept).unwrap(), b"both");
}

#[test]
fn an_object_that_is_dropped_leaves_nothing() {
    let lab = Lab::new();
    let mut object = lab.store.begin_object().unwrap();
    object.file().write_all(b"half").unwrap();
    assert_eq!(n_unfinished(&lab), 1);
    drop(object);
    assert_eq!(n_unfinished(&lab), 0);
}

#[test]
fn what_is_no_object_is_not_found() {
    let lab = Lab::new();
    for text in [hash_of("nothing").as_str(), "", "../../assay.toml", "ab"] {
        let error = lab
            .store
            .read_object(&assay_core::ObjectHash::new(text))
            .unwrap_err();
        assert_eq!(error.code(), Code::NotFound, "{text}");
    }
}

#[test]
fn the_cache_may_be_deleted_or_broken_at_any_moment() {
    let lab = Lab::new();
    let content = hash_of("rows");
    let profile = Profile {
        schema: PROFILE_SCHEMA,
        n_rows: 3,
        ..Profile::default()
    };
    assert_eq!(lab.store.profile(&content).unwrap(), None);
    lab.store.save_profile(&content, &profile).unwrap();
    assert_eq!(lab.store.profile(&content).unwrap(), Some(profile.clone()));

    std::fs::remove_file(lab.path().join("cache.db")).unwrap();
    assert_eq!(lab.store.profile(&content).unwrap(), None);
    lab.store.save_profile(&content, &profile).unwrap();

    std::fs::write(lab.path().join("cache.db"), vec![1; 9_000]).unwrap();
    assert_eq!(lab.store.profile(&content).unwrap(), None);
    lab.store.save_profile(&content, &profile).unwrap();
    assert_eq!(lab.store.profile(&content).unwrap(), Some(profile));
}
