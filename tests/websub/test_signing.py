import pytest

from newsloom.websub.signing import METHODS, is_signed, read_method, sign

# RFC 4231, test case 2 (and RFC 2202 for SHA-1): key "Jefe".
VECTORS = {
    "sha1": "effcdf6ae5eb2fa2d27416d5f184df9c259a7c79",
    "sha256": "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843",
    "sha384": "af45d2e376484031617f78d2b58a6b1b9c7ef464f5a01b47e42ec3736322445e8e2240ca5e69e2c78b3239ecfab21649",
    "sha512": "164b7a7bfcf819e2e395fbe73b56e0a387bd64222e831fd610270cd7ea2505549758bf75c05a994a6d034f65f8f0e6fdcaeab1a34d4a6b4b636e070a38bce737",
}
BODY = b"what do ya want for nothing?"


@pytest.mark.parametrize("method", METHODS)
def test_the_standards_own_vectors(method: str) -> None:
    assert is_signed(BODY, "Jefe", f"{method}={VECTORS[method]}")
    assert is_signed(BODY, "Jefe", f"{method.upper()}={VECTORS[method].upper()}")
    assert sign(BODY, "Jefe", method) == f"{method}={VECTORS[method]}"
    assert not is_signed(BODY + b"!", "Jefe", f"{method}={VECTORS[method]}")
    assert not is_signed(BODY, "Jeff", f"{method}={VECTORS[method]}")


@pytest.mark.parametrize(
    "signature", ["", "=", "sha256", "sha256=", "md5=00", "sha3_256=00", "sha256=é", "\udcff=\udcff"]
)
def test_whatever_is_no_signature_signs_nothing(signature: str) -> None:
    assert not is_signed(BODY, "Jefe", signature)


def test_only_known_methods_are_computed() -> None:
    assert [read_method(name) for name in ("shake_256=1", "sha1024=", "SHA512=x")] == ["", "", "sha512"]
