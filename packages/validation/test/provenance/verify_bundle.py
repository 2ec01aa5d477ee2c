"""Verifies a model against its bundle with Debian's python3-cryptography alone, to check what nootropic signs.

Usage: verify_bundle.py MODEL BUNDLE (--public-key PEM | --root PEM)
Prints the root digest and exits with 0 when everything holds. It shares no code with nootropic.
"""

import argparse
import base64
import hashlib
import json
import pathlib
import sys

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

IGNORED = {".git", ".gitattributes", ".github", ".gitignore"}
CURVES = {"secp256r1": hashes.SHA256, "secp384r1": hashes.SHA384, "secp521r1": hashes.SHA512}
HASHES = {"sha256": hashlib.sha256, "blake2b": hashlib.blake2b}


def signing_key(material, arguments):
    if arguments.public_key:
        key = serialization.load_pem_public_key(pathlib.Path(arguments.public_key).read_bytes())
        pem = key.public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
        assert material["publicKey"]["hint"] == hashlib.sha256(pem).hexdigest(), "another key"
        return key
    chain = [
        x509.load_der_x509_certificate(base64.b64decode(entry["rawBytes"], validate=True))
        for entry in material["x509CertificateChain"]["certificates"]
    ]
    chain.append(x509.load_pem_x509_certificate(pathlib.Path(arguments.root).read_bytes()))
    for certificate, issuer in zip(chain, chain[1:]):
        assert certificate.issuer == issuer.subject, "another issuer"
        algorithm = ec.ECDSA(certificate.signature_hash_algorithm)
        issuer.public_key().verify(certificate.signature, certificate.tbs_certificate_bytes, algorithm)
    return chain[0].public_key()


def digest_of(root, name, serialization_):
    path, start, end = name, 0, None
    if serialization_["method"] == "shards":
        path, first, last = name.rsplit(":", 2)
        start, end = int(first), int(last)
    file = root if path == "." else root / path
    assert not file.is_symlink(), "a link"
    content = file.read_bytes()
    assert end is None or end <= len(content), "a file that ends early"
    return path, HASHES[serialization_["hash_type"]](content[start:end]).hexdigest()


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("model")
    parser.add_argument("bundle")
    parser.add_argument("--public-key")
    parser.add_argument("--root")
    arguments = parser.parse_args()

    bundle = json.loads(pathlib.Path(arguments.bundle).read_text("utf-8"))
    assert bundle["mediaType"] == "application/vnd.dev.sigstore.bundle.v0.3+json"
    envelope = bundle["dsseEnvelope"]
    payload = base64.b64decode(envelope["payload"], validate=True)
    kind = envelope["payloadType"]
    assert kind == "application/vnd.in-toto+json"
    message = b"DSSEv1 %d %s %d %s" % (len(kind), kind.encode(), len(payload), payload)
    (signature,) = envelope["signatures"]
    key = signing_key(bundle["verificationMaterial"], arguments)
    key.verify(base64.b64decode(signature["sig"], validate=True), message, ec.ECDSA(CURVES[key.curve.name]()))

    statement = json.loads(payload)
    assert statement["_type"] == "https://in-toto.io/Statement/v1"
    assert statement["predicateType"] == "https://model_signing/signature/v1.0"
    predicate = statement["predicate"]
    root = pathlib.Path(arguments.model)
    whole = hashlib.sha256()
    listed = set()
    for resource in predicate["resources"]:
        path, digest = digest_of(root, resource["name"], predicate["serialization"])
        assert digest == resource["digest"], f"{path} was changed"
        whole.update(bytes.fromhex(digest))
        listed.add(path)
    (subject,) = statement["subject"]
    assert subject["digest"]["sha256"] == whole.hexdigest(), "another root"
    if root.is_dir():
        ignored = IGNORED | set(predicate["serialization"].get("ignore_paths", []))
        for file in root.rglob("*"):
            name = file.relative_to(root).as_posix()
            is_ignored = any(name == path or name.startswith(f"{path}/") for path in ignored)
            assert file.is_dir() or is_ignored or name in listed, f"{name} was not signed"
    print(f"sha256:{whole.hexdigest()}")


if __name__ == "__main__":
    sys.exit(main())
