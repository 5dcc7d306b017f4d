//! ONNX Runtime, which scores models: see [`super::wheel`].

use super::wheel::{Release, Wheel};

pub const RELEASE: Release = Release {
    name: "ONNX Runtime",
    package: "onnxruntime",
    version: "1.31.1",
    wheels: &[
        Wheel {
            os: "linux",
            arch: "x86_64",
            platform: "manylinux_2_28_x86_64",
            sha256: "5752bd508126ae7c49894d3b9d2e83f0c3d487319246d04c444b393308d7ad7f",
            library: "onnxruntime/capi/libonnxruntime.so.1.31.1",
            library_sha256: "fc44112fbe06d7d689c57e11d3862031f64711007e4ee020f8eed5185fd2c1d3",
        },
        Wheel {
            os: "linux",
            arch: "aarch64",
            platform: "manylinux_2_28_aarch64",
            sha256: "da05378364c44d4407e463982d2bf8d5e4cfea873283757e48beeb41df97b7f3",
            library: "onnxruntime/capi/libonnxruntime.so.1.31.1",
            library_sha256: "8aa3b76b28c778a2b1dd660d34161adb1d508c9ccd04ff9dc80e26eca5df8467",
        },
        Wheel {
            os: "macos",
            arch: "aarch64",
            platform: "macosx_14_0_arm64",
            sha256: "60b6b69bfe580eab576cacc5d132a0e9cf2a37fcfd18d46dd191042b1d1ed0d7",
            library: "onnxruntime/capi/libonnxruntime.1.31.1.dylib",
            library_sha256: "f8b06155feece624e55e49124340eea279da812529ae6fbc46a9f2be9c9cad2e",
        },
        Wheel {
            os: "windows",
            arch: "x86_64",
            platform: "win_amd64",
            sha256: "c3d91b5de31e2fc82d71bd65b2b22bddee8b49057a3a36338e9a868e0ea90c05",
            library: "onnxruntime/capi/onnxruntime.dll",
            library_sha256: "8482d2ee174e28504f99730fb01d6861575870283de4ed3a897ad39170d9a9b9",
        },
    ],
    beside: &[
        ("onnxruntime/LICENSE", "onnxruntime-LICENSE.txt"),
        (
            "onnxruntime/ThirdPartyNotices.txt",
            "onnxruntime-ThirdPartyNotices.txt",
        ),
    ],
    why_missing: |os, arch| match (os, arch) {
        ("macos", "x86_64") => {
            "the last release for macOS on Intel is 1.23.2, and Assay needs 1.24 or later"
        }
        _ => "there is no release for this system",
    },
};
