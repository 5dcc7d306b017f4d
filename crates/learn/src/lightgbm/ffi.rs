//! The C interface of LightGBM 4, as far as training needs it. The only unsafe code of the workspace.
//!
//! Handles are freed when dropped; every call's result is looked at; what the library is given lives as long as the
//! call, since it copies what it keeps.
#![allow(unsafe_code)]

use std::ffi::{CStr, CString, c_char, c_int, c_void};
use std::path::Path;
use std::ptr;

/// The library's own word for an object.
type Handle = *mut c_void;

const F32: c_int = 0;
const ROW_MAJOR: c_int = 1;

type CreateDataset = unsafe extern "C" fn(
    *const c_void,
    c_int,
    i32,
    i32,
    c_int,
    *const c_char,
    Handle,
    *mut Handle,
) -> c_int;
type SetField = unsafe extern "C" fn(Handle, *const c_char, *const c_void, c_int, c_int) -> c_int;
type CreateBooster = unsafe extern "C" fn(Handle, *const c_char, *mut Handle) -> c_int;
type AddValidation = unsafe extern "C" fn(Handle, Handle) -> c_int;
type Update = unsafe extern "C" fn(Handle, *mut c_int) -> c_int;
type Evaluate = unsafe extern "C" fn(Handle, c_int, *mut c_int, *mut f64) -> c_int;
type Count = unsafe extern "C" fn(Handle, *mut c_int) -> c_int;
type SaveText =
    unsafe extern "C" fn(Handle, c_int, c_int, c_int, i64, *mut i64, *mut c_char) -> c_int;
type Free = unsafe extern "C" fn(Handle) -> c_int;
type LastError = unsafe extern "C" fn() -> *const c_char;

/// A loaded library.
pub struct Library {
    create_dataset: CreateDataset,
    set_field: SetField,
    free_dataset: Free,
    create_booster: CreateBooster,
    add_validation: AddValidation,
    update: Update,
    evaluate: Evaluate,
    count_metrics: Count,
    save_text: SaveText,
    free_booster: Free,
    last_error: LastError,
    /// Last, so that the functions above never outlive it.
    _library: libloading::Library,
}

/// What the library or the loader says.
pub type Said<T> = Result<T, String>;

impl Library {
    /// Loads the shared library at `path`.
    pub fn load(path: &Path) -> Said<Self> {
        // SAFETY: the file is the pinned release of LightGBM (setup checks its hash) or one that the user names; its
        // initialisers do nothing but set up the C++ and OpenMP runtimes.
        let library =
            unsafe { libloading::Library::new(path) }.map_err(|error| error.to_string())?;
        /// The symbol as a function pointer.
        fn symbol<T: Copy>(library: &libloading::Library, name: &str) -> Said<T> {
            // SAFETY: every type above is that of the function in LightGBM's c_api.h, unchanged since 4.0.
            unsafe { library.get::<T>(name) }
                .map(|symbol| *symbol)
                .map_err(|error| error.to_string())
        }
        Ok(Self {
            create_dataset: symbol(&library, "LGBM_DatasetCreateFromMat")?,
            set_field: symbol(&library, "LGBM_DatasetSetField")?,
            free_dataset: symbol(&library, "LGBM_DatasetFree")?,
            create_booster: symbol(&library, "LGBM_BoosterCreate")?,
            add_validation: symbol(&library, "LGBM_BoosterAddValidData")?,
            update: symbol(&library, "LGBM_BoosterUpdateOneIter")?,
            evaluate: symbol(&library, "LGBM_BoosterGetEval")?,
            count_metrics: symbol(&library, "LGBM_BoosterGetEvalCounts")?,
            save_text: symbol(&library, "LGBM_BoosterSaveModelToString")?,
            free_booster: symbol(&library, "LGBM_BoosterFree")?,
            last_error: symbol(&library, "LGBM_GetLastError")?,
            _library: library,
        })
    }

    /// 0 is success; else the library says why not.
    fn checked(&self, code: c_int) -> Said<()> {
        if code == 0 {
            return Ok(());
        }
        // SAFETY: the function takes nothing and returns a C string of this thread, or null.
        let text = unsafe {
            let text = (self.last_error)();
            if text.is_null() {
                return Err(format!("LightGBM failed with code {code}"));
            }
            CStr::from_ptr(text)
        };
        Err(text.to_string_lossy().into_owned())
    }
}

/// Binned rows.
pub struct Dataset<'a> {
    library: &'a Library,
    handle: Handle,
}

impl<'a> Dataset<'a> {
    /// `x` is row-major, n_rows x n_features; labels and weights (empty: all 1) have n_rows. With `like`, the bins are
    /// those of that dataset.
    pub fn new(
        library: &'a Library,
        x: &[f32],
        (n_rows, n_features): (usize, usize),
        labels: &[f32],
        weights: &[f32],
        parameters: &str,
        like: Option<&Dataset<'a>>,
    ) -> Said<Self> {
        let fits = n_rows.checked_mul(n_features) == Some(x.len())
            && labels.len() == n_rows
            && (weights.is_empty() || weights.len() == n_rows);
        if !fits {
            return Err("features, labels and weights differ in length".to_owned());
        }
        let parameters = c_string(parameters)?;
        let mut handle: Handle = ptr::null_mut();
        // SAFETY: `x` holds n_rows · n_features f32 in row order (checked above) and outlives the call, as do the
        // parameters; `like` is a live handle or null; the library writes the new handle to `handle`.
        let code = unsafe {
            (library.create_dataset)(
                x.as_ptr().cast(),
                F32,
                int(n_rows)?,
                int(n_features)?,
                ROW_MAJOR,
                parameters.as_ptr(),
                like.map_or(ptr::null_mut(), |other| other.handle),
                &raw mut handle,
            )
        };
        library.checked(code)?;
        let dataset = Self { library, handle };
        dataset.set("label", labels)?;
        if !weights.is_empty() {
            dataset.set("weight", weights)?;
        }
        Ok(dataset)
    }

    fn set(&self, name: &str, values: &[f32]) -> Said<()> {
        let name = c_string(name)?;
        // SAFETY: the handle is live; `values` holds as many f32 as is said, and the library copies them.
        let code = unsafe {
            (self.library.set_field)(
                self.handle,
                name.as_ptr(),
                values.as_ptr().cast(),
                int(values.len())?,
                F32,
            )
        };
        self.library.checked(code)
    }
}

impl Drop for Dataset<'_> {
    fn drop(&mut self) {
        // SAFETY: the handle came from the library, is freed once, and no booster outlives it (they borrow it).
        unsafe { (self.library.free_dataset)(self.handle) };
    }
}

/// A model in training.
pub struct Booster<'a> {
    library: &'a Library,
    handle: Handle,
}

/// Which rows a metric is of.
#[derive(Debug, Clone, Copy)]
pub enum Part {
    Training = 0,
    Validation = 1,
}

impl<'a> Booster<'a> {
    pub fn new(
        train: &'a Dataset<'a>,
        validation: Option<&'a Dataset<'a>>,
        parameters: &str,
    ) -> Said<Self> {
        let library = train.library;
        let parameters = c_string(parameters)?;
        let mut handle: Handle = ptr::null_mut();
        // SAFETY: the dataset is live and borrowed for as long as the booster; the parameters outlive the call.
        let code =
            unsafe { (library.create_booster)(train.handle, parameters.as_ptr(), &raw mut handle) };
        library.checked(code)?;
        let booster = Self { library, handle };
        if let Some(validation) = validation {
            // SAFETY: both handles are live, and the dataset is borrowed for as long as the booster.
            let code = unsafe { (library.add_validation)(handle, validation.handle) };
            library.checked(code)?;
        }
        Ok(booster)
    }

    /// One iteration more. Whether there is nothing left to split.
    pub fn update(&mut self) -> Said<bool> {
        let mut is_finished: c_int = 0;
        // SAFETY: the handle is live; the library writes one int.
        let code = unsafe { (self.library.update)(self.handle, &raw mut is_finished) };
        self.library.checked(code)?;
        Ok(is_finished != 0)
    }

    /// The first metric; `None` when there is none.
    pub fn metric(&self, part: Part) -> Said<Option<f64>> {
        let mut n_metrics: c_int = 0;
        // SAFETY: the handle is live; the library writes one int.
        let code = unsafe { (self.library.count_metrics)(self.handle, &raw mut n_metrics) };
        self.library.checked(code)?;
        let mut values = vec![0.0_f64; usize::try_from(n_metrics).unwrap_or_default()];
        if values.is_empty() {
            return Ok(None);
        }
        let mut n_written: c_int = 0;
        // SAFETY: the library writes as many numbers as it counted, for which there is room.
        let code = unsafe {
            (self.library.evaluate)(
                self.handle,
                part as c_int,
                &raw mut n_written,
                values.as_mut_ptr(),
            )
        };
        self.library.checked(code)?;
        Ok((n_written > 0).then(|| values[0]))
    }

    /// The model's text with the first `n_iterations`.
    pub fn text(&self, n_iterations: usize) -> Said<String> {
        let mut buffer = vec![0_u8; 1 << 20];
        loop {
            let mut needed: i64 = 0;
            // SAFETY: the library writes at most as many bytes as the buffer has; more it only counts.
            let code = unsafe {
                (self.library.save_text)(
                    self.handle,
                    0,
                    int(n_iterations)?,
                    0,
                    buffer.len() as i64,
                    &raw mut needed,
                    buffer.as_mut_ptr().cast(),
                )
            };
            self.library.checked(code)?;
            let needed = usize::try_from(needed).unwrap_or_default();
            if needed <= buffer.len() {
                buffer.truncate(needed.saturating_sub(1)); // the closing zero
                return String::from_utf8(buffer).map_err(|error| error.to_string());
            }
            buffer = vec![0; needed];
        }
    }
}

impl Drop for Booster<'_> {
    fn drop(&mut self) {
        // SAFETY: the handle came from the library and is freed once.
        unsafe { (self.library.free_booster)(self.handle) };
    }
}

fn c_string(text: &str) -> Said<CString> {
    CString::new(text).map_err(|error| error.to_string())
}

fn int(n: usize) -> Said<i32> {
    i32::try_from(n).map_err(|_| format!("LightGBM takes no more than {} of anything", i32::MAX))
}
