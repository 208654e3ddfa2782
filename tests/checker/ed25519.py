# SPDX-License-Identifier: Apache-2.0
"""Ed25519 verification and X25519 order, in plain integers, from spec/ed25519.md: slow, and sharing no library with the program."""
import hashlib

P = 2**255 - 19
L = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, -1, P) % P
SQRT_MINUS_1 = pow(2, (P - 1) // 4, P)
SMALL_ORDER_Y = {int.from_bytes(bytes.fromhex(h), "little") for h in (
    "0100000000000000000000000000000000000000000000000000000000000000",
    "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
    "0000000000000000000000000000000000000000000000000000000000000000",
    "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
    "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a")}
NEUTRAL = (0, 1, 1, 0)  # extended coordinates X, Y, Z, T


def add(p, q):
    a = (p[1] - p[0]) * (q[1] - q[0]) % P
    b = (p[1] + p[0]) * (q[1] + q[0]) % P
    c = 2 * p[3] * q[3] * D % P
    d = 2 * p[2] * q[2] % P
    e, f, g, h = b - a, d - c, d + c, b + a
    return e * f % P, g * h % P, f * g % P, e * h % P


def multiply(n, p):
    r = NEUTRAL
    while n:
        if n & 1:
            r = add(r, p)
        p = add(p, p)
        n >>= 1
    return r


def decode(b):
    """The point, or None when the bytes are that of none."""
    n = int.from_bytes(b, "little")
    y, sign = n & (1 << 255) - 1, n >> 255
    if y >= P:
        return None
    u, v = (y * y - 1) % P, (D * y * y + 1) % P
    x = u * pow(v, 3, P) * pow(u * pow(v, 7, P), (P - 5) // 8, P) % P
    if v * x * x % P == -u % P:
        x = x * SQRT_MINUS_1 % P
    if v * x * x % P != u or (x == 0 and sign):
        return None
    if x & 1 != sign:
        x = P - x
    return x, y, 1, x * y % P


def encode(p):
    z = pow(p[2], -1, P)
    x, y = p[0] * z % P, p[1] * z % P
    return (y | (x & 1) << 255).to_bytes(32, "little")


BASE = decode((4 * pow(5, -1, P) % P).to_bytes(32, "little"))


def key_ok(public):
    y = int.from_bytes(public, "little") & (1 << 255) - 1
    return len(public) == 32 and y < P and y not in SMALL_ORDER_Y


def verify(public, message, signature):
    if not key_ok(public) or len(signature) != 64:
        return False
    a, s = decode(public), int.from_bytes(signature[32:], "little")
    if a is None or s >= L:
        return False
    k = int.from_bytes(hashlib.sha512(signature[:32] + public + message).digest(), "little") % L
    minus_a = (P - a[0], a[1], 1, (P - a[3]) % P)
    return encode(add(multiply(s, BASE), multiply(k, minus_a))) == signature[:32]


def recipient_ok(u_bytes):
    """An X25519 point of the canonical encoding and not of low order: 8 times it is not the neutral element, on curve or twist."""
    u = int.from_bytes(u_bytes, "little")
    if u >= P:
        return False
    x, z = u, 1
    for _ in range(3):  # doubling on the Montgomery curve, by x alone
        a, b = (x + z) ** 2 % P, (x - z) ** 2 % P
        x, z = a * b % P, (a - b) * (b + 121666 * (a - b)) % P
    return z != 0
