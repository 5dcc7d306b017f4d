//! Files that a model names beside itself: read within its own folder or not at all.

use std::fs::File;
use std::io::{Read, Seek, SeekFrom};
use std::path::{Component, Path, PathBuf};

use assay_onnx::DataPart;

/// Reads pieces of files in the folder of a model.
pub struct ModelFolder {
    folder: PathBuf,
}

impl ModelFolder {
    /// The folder of the file `model`.
    ///
    /// # Errors
    /// In words, when there is no such folder.
    pub fn of(model: &Path) -> Result<Self, String> {
        let model = model
            .canonicalize()
            .map_err(|error| format!("{}: {error}", model.display()))?;
        let folder = model.parent().map(Path::to_path_buf);
        Ok(Self {
            folder: folder.ok_or("the model is in no folder")?,
        })
    }

    /// # Errors
    /// In words, for a path that leads out of the folder, by itself or over a link, and for what cannot be read.
    pub fn read(&self, part: &DataPart) -> Result<Vec<u8>, String> {
        let named = Path::new(&part.file);
        let is_plain = named
            .components()
            .all(|component| matches!(component, Component::Normal(_) | Component::CurDir));
        if part.file.is_empty() || !is_plain || part.file.contains(['\\', '\0']) {
            return Err(format!(
                "`{}` leads out of the folder of the model",
                part.file
            ));
        }
        let failed = |error: std::io::Error| format!("`{}`: {error}", part.file);
        let path = self.folder.join(named).canonicalize().map_err(failed)?;
        if !path.starts_with(&self.folder) {
            return Err(format!(
                "`{}` is a link out of the folder of the model",
                part.file
            ));
        }
        if !path.is_file() {
            return Err(format!("`{}` is no file", part.file));
        }
        let mut file = File::open(&path).map_err(failed)?;
        let n_bytes = file.metadata().map_err(failed)?.len();
        let end = part.offset.checked_add(part.n_bytes);
        if end.is_none_or(|end| end > n_bytes) {
            return Err(format!(
                "`{}` has {n_bytes} bytes, and more are asked of it",
                part.file
            ));
        }
        file.seek(SeekFrom::Start(part.offset)).map_err(failed)?;
        let mut bytes = Vec::new();
        file.take(part.n_bytes)
            .read_to_end(&mut bytes)
            .map_err(failed)?;
        Ok(bytes)
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    #[test]
    fn only_files_within_the_folder_are_read() {
        let place = tempfile::tempdir().unwrap();
        let folder = place.path().join("model");
        fs::create_dir_all(folder.join("inner")).unwrap();
        fs::write(folder.join("model.onnx"), "m").unwrap();
        fs::write(folder.join("data"), "0123456789").unwrap();
        fs::write(folder.join("inner/data"), "abc").unwrap();
        fs::write(place.path().join("secret"), "0123456789").unwrap();
        #[cfg(unix)]
        std::os::unix::fs::symlink(place.path().join("secret"), folder.join("link")).unwrap();
        let model = ModelFolder::of(&folder.join("model.onnx")).unwrap();
        let read = |file: &str, offset, n_bytes| {
            model.read(&DataPart {
                file: file.to_owned(),
                offset,
                n_bytes,
            })
        };
        assert_eq!(read("data", 2, 3), Ok(b"234".to_vec()));
        assert_eq!(read("./inner/data", 0, 3), Ok(b"abc".to_vec()));
        let absolute = place.path().join("secret").display().to_string();
        for (file, offset, n_bytes, wrong) in [
            ("../secret", 0, 1, "leads out of the folder"),
            (absolute.as_str(), 0, 1, "leads out of the folder"),
            ("inner/../../secret", 0, 1, "leads out of the folder"),
            ("", 0, 1, "leads out of the folder"),
            ("inner", 0, 1, "is no file"),
            ("absent", 0, 1, "absent"),
            ("data", 8, 3, "more are asked"),
            ("data", u64::MAX, 2, "more are asked"),
            #[cfg(unix)]
            ("link", 0, 1, "a link out of the folder"),
        ] {
            let refused = read(file, offset, n_bytes);
            assert!(
                refused.as_ref().is_err_and(|text| text.contains(wrong)),
                "{refused:?}"
            );
        }
    }
}
