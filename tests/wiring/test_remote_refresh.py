"""A server elsewhere is asked to look, with a key that is on no command line."""

import threading
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from golive.errors import UsageError
from golive.service.refresh_hook import signature_of
from golive.wiring.remote_refresh import RefreshFailedError, ask_remote

SECRET = "a secret of the tests"
PROBLEM = b'{"code": "not_allowed", "detail": "This path needs a key of administration."}'


class Site:
    """Answers every POST with what it is told to, and keeps what was sent."""

    def __init__(self):
        self.answer = (202, {}, b'{"status": "accepted"}')
        self.asked = []
        site = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self):
                site.asked.append((self.path, {k.lower(): v for k, v in self.headers.items()}))
                status, headers, body = site.answer
                self.send_response(status)
                for name, value in headers.items():
                    self.send_header(name, value)
                self.send_header("content-length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_):
                pass

        self.server = HTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        self.thread = threading.Thread(target=self.server.serve_forever, args=(0.01,))
        self.thread.start()

    def close(self):
        self.server.shutdown()
        self.thread.join()
        self.server.server_close()


@pytest.fixture
def site(monkeypatch):
    monkeypatch.delenv("GOLIVE_ADMIN_KEY", raising=False)
    monkeypatch.delenv("GOLIVE_REFRESH_SECRET", raising=False)
    running = Site()
    yield running
    running.close()


def test_the_key_of_the_environment_is_sent(site, monkeypatch):
    monkeypatch.setenv("GOLIVE_ADMIN_KEY", "gl_key")
    monkeypatch.setenv("GOLIVE_REFRESH_SECRET", SECRET)

    asked = ask_remote(f"{site.url}/income/")

    [(path, headers)] = site.asked
    assert asked == f"{site.url}/income/admin/refresh"
    assert (path, headers["x-api-key"]) == ("/income/admin/refresh", "gl_key")
    assert "golive-signature" not in headers


def test_without_a_key_the_request_is_signed(site, monkeypatch):
    monkeypatch.setenv("GOLIVE_REFRESH_SECRET", SECRET)

    ask_remote(site.url, clock=lambda: 1_800_000_000.5)

    [(_, headers)] = site.asked
    assert headers["golive-timestamp"] == "1800000000"
    assert headers["golive-signature"] == signature_of(SECRET, "1800000000", b"")


def test_without_either_it_is_misuse(site):
    with pytest.raises(UsageError, match="no key to ask with"):
        ask_remote(site.url)

    assert site.asked == []


def test_a_refusal_says_what_the_server_said(site, monkeypatch):
    monkeypatch.setenv("GOLIVE_ADMIN_KEY", "gl_key")
    site.answer = (403, {}, PROBLEM)

    with pytest.raises(RefreshFailedError) as caught:
        ask_remote(site.url)

    assert caught.value.message == (
        f"{site.url} answers 403: not_allowed, This path needs a key of administration."
    )
    assert "golive keys create --admin" in caught.value.hint


def test_a_redirection_is_not_sent_the_key(site, monkeypatch):
    monkeypatch.setenv("GOLIVE_ADMIN_KEY", "gl_key")
    site.answer = (307, {"location": f"{site.url}/elsewhere"}, b"")

    with pytest.raises(RefreshFailedError, match="answers 307"):
        ask_remote(site.url)

    assert [path for path, _ in site.asked] == ["/admin/refresh"]


def test_a_server_that_is_not_there_is_an_error(site, monkeypatch):
    monkeypatch.setenv("GOLIVE_ADMIN_KEY", "gl_key")

    with pytest.raises(RefreshFailedError, match="cannot be asked"):
        ask_remote("http://127.0.0.1:9")


def test_a_key_is_not_sent_in_the_clear(monkeypatch):
    monkeypatch.setenv("GOLIVE_ADMIN_KEY", "gl_key")

    with pytest.raises(UsageError, match="in the clear"):
        ask_remote("http://models.example.com")


@pytest.mark.parametrize(
    "url",
    ["models.example.com", "ftp://a", "https://", "https://a?b", "https://u:p@a", "http://a:x"],
)
def test_what_is_no_url_is_misuse(url, monkeypatch):
    monkeypatch.setenv("GOLIVE_ADMIN_KEY", "gl_key")

    with pytest.raises(UsageError, match="is no URL"):
        ask_remote(url)
