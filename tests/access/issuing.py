"""An issuer of tokens over HTTP, with keys of its own."""

import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import jwt
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from jwt.algorithms import ECAlgorithm, OKPAlgorithm, RSAAlgorithm

AUDIENCE = "models"
_ALGORITHMS = {"RS256": RSAAlgorithm, "ES256": ECAlgorithm, "EdDSA": OKPAlgorithm}


def private_key(algorithm, *, bits=2048):
    match algorithm:
        case "RS256":
            return rsa.generate_private_key(public_exponent=65537, key_size=bits)
        case "ES256":
            return ec.generate_private_key(ec.SECP256R1())
        case _:
            return ed25519.Ed25519PrivateKey.generate()


def published(key, algorithm, **members):
    return json.loads(_ALGORITHMS[algorithm].to_jwk(key.public_key())) | members


class Issuer:
    """Publishes keys, and signs with the newest.

    Attributes:
        document: What is answered at a path instead: status, headers and body.
        asked: The paths that were asked for.
        gate: Nothing is answered before it is set.
    """

    def __init__(self, algorithm="RS256"):
        self.algorithm = algorithm
        self.keys = {}
        self.asked = []
        self.document = {}
        self.gate = threading.Event()
        self.gate.set()
        self.rotate("first")
        issuer = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self):
                issuer.asked.append(self.path)
                issuer.gate.wait(30)
                status, headers, body = issuer.answer(self.path)
                self.send_response(status)
                for name, value in headers.items():
                    self.send_header(name, value)
                self.send_header("content-length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_):
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        self.thread = threading.Thread(target=self.server.serve_forever, args=(0.01,))
        self.thread.start()

    def answer(self, path):
        if path in self.document:
            return self.document[path]
        if path == "/.well-known/openid-configuration":
            found = {"issuer": self.url, "jwks_uri": f"{self.url}/keys"}
        elif path == "/keys":
            found = {
                "keys": [
                    published(key, self.algorithm, kid=kid, use="sig")
                    for kid, key in self.keys.items()
                ]
            }
        else:
            return 404, {}, b""
        return 200, {}, json.dumps(found).encode()

    def rotate(self, kid):
        """Sign with another key from now on, and publish no other."""
        self.keys = {kid: private_key(self.algorithm)}

    def token(self, now, *, kid=..., key=None, algorithm=None, headers=None, **claims):
        given = {
            "iss": self.url,
            "aud": AUDIENCE,
            "sub": "somebody",
            "exp": int(now) + 300,
        } | claims
        given = {name: value for name, value in given.items() if value is not None}
        newest = next(iter(self.keys))
        kid = newest if kid is ... else kid
        named = (headers or {}) | ({} if kid is None else {"kid": kid})
        signer = self.keys[newest] if key is None else key
        return jwt.encode(given, signer, algorithm=algorithm or self.algorithm, headers=named)

    def close(self):
        """Be gone."""
        if self.thread.is_alive():
            self.gate.set()
            self.server.shutdown()
            self.thread.join()
            self.server.server_close()
