"""Makes golden.json: a key, and a signature of some sums, by another implementation (py-minisign)."""

import json
from importlib.metadata import version
from pathlib import Path

import minisign

SUMS = "BLAKE3 (model.onnx) = 00\nSHA256 (model.onnx) = 11\n"
pair = minisign.KeyPair.generate()
signature = pair.secret_key.sign(SUMS.encode(), trusted_comment="timestamp:1\tfile:CHECKSUMS\thashed")
golden = {
    "made_with": f"py-minisign {version('py-minisign')}",
    "sums": SUMS,
    "public_key": pair.public_key.to_base64().decode()
    if isinstance(pair.public_key.to_base64(), bytes)
    else str(pair.public_key.to_base64()),
    "signature": bytes(signature).decode(),
}
Path(__file__).with_name("golden.json").write_text(json.dumps(golden, indent=2) + "\n")
