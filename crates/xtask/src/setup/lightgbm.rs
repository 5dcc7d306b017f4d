//! LightGBM, which trains the boosted trees: see [`super::wheel`]. It needs the system's OpenMP (libgomp on Linux,
//! libomp on macOS), which is one of the packages.

use super::wheel::{Release, Wheel};

pub const RELEASE: Release = Release {
    name: "LightGBM",
    package: "lightgbm",
    version: "4.7.0",
    wheels: &[
        Wheel {
            os: "linux",
            arch: "x86_64",
            platform: "manylinux_2_28_x86_64",
            sha256: "d23e922acd891e77212e4d0fbcee9ba973c96dee479491341d05ba595357ebb7",
            library: "lightgbm/lib/lib_lightgbm.so",
            library_sha256: "573d57e8a2c6290c2271b99b87afa7a802e796eafc9e8d66aefa0913cbc1616a",
        },
        Wheel {
            os: "linux",
            arch: "aarch64",
            platform: "manylinux_2_17_aarch64",
            sha256: "d4529acec5c6fefe4768302a529707d0ead90f6a6f42df694b856212e09695b8",
            library: "lightgbm/lib/lib_lightgbm.so",
            library_sha256: "05ec49bad350009b9debd36769ef1cced2132cd93abfe3fe0b8aa116c4388052",
        },
        Wheel {
            os: "macos",
            arch: "aarch64",
            platform: "macosx_12_0_arm64",
            sha256: "129535462686f274df179133643118c5c5c5667167fe6c3a28d955f0b3c8e868",
            library: "lightgbm/lib/lib_lightgbm.dylib",
            library_sha256: "bc392db609d97730a9ed2acec7a56529b356c03dfad39bebf689523fed7dff18",
        },
        Wheel {
            os: "macos",
            arch: "x86_64",
            platform: "macosx_12_0_x86_64",
            sha256: "dfc1cfe8e760387be1e7ba7a214688be21fdff96e4ed9749188f83e1877c2477",
            library: "lightgbm/lib/lib_lightgbm.dylib",
            library_sha256: "a1ed021c00bffbc3fdf8e18944a9ae89b26bf299d81976a35680fec3e1bb7ac5",
        },
        Wheel {
            os: "windows",
            arch: "x86_64",
            platform: "win_amd64",
            sha256: "f42d1e5b32b6f170e606d7c689c6165671da98d7bf37f1addec2623efc8740c9",
            library: "lightgbm/bin/lib_lightgbm.dll",
            library_sha256: "7e366d2e49cd061aac3ab21676b2f99b0c7a758dc3e888d4b23812af1b7d301c",
        },
    ],
    beside: &[
        (
            "lightgbm-4.7.0.dist-info/licenses/LICENSE",
            "lightgbm-LICENSE.txt",
        ),
        ("lightgbm/VERSION.txt", "lightgbm-VERSION.txt"),
    ],
    why_missing: |_, _| "there is no release for this system",
};
