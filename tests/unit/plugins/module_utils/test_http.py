# Copyright (c) 2026, The langops.langgraph maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The HTTP client, against real sockets that do what servers and proxies do."""

from __future__ import annotations

import email.utils
import shutil
import socket
import ssl
import subprocess
import time
import typing as t
from pathlib import Path

import pytest
from fake_server import Answer, FakeServer, Raw, Reply, Request, as_json

from ansible_collections.langops.langgraph.plugins.module_utils._deadline import Deadline
from ansible_collections.langops.langgraph.plugins.module_utils._endpoint import Endpoint
from ansible_collections.langops.langgraph.plugins.module_utils._errors import LangGraphError
from ansible_collections.langops.langgraph.plugins.module_utils._http import HttpClient
from ansible_collections.langops.langgraph.plugins.module_utils._http_errors import HttpError, NotAccepted, OutcomeUnknown, StatusError, TimedOut, retry_after

KEY = "lsv2-canary-5f1c"


def serving(*answers: Answer) -> FakeServer:
    """A server that gives these answers one after the other, the last one again and again."""
    left = list(answers)
    return FakeServer(lambda _request: left.pop(0) if len(left) > 1 else left[0])


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])


# --- addresses --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("url", "endpoint", "shown"),
    [
        ("http://host", Endpoint("http", "host", 80, ""), "http://host/ok"),
        ("https://host/", Endpoint("https", "host", 443, ""), "https://host/ok"),
        ("http://host:2024/", Endpoint("http", "host", 2024, ""), "http://host:2024/ok"),
        ("https://host:8443/my/app/", Endpoint("https", "host", 8443, "/my/app"), "https://host:8443/my/app/ok"),
        ("http://[::1]:2024", Endpoint("http", "::1", 2024, ""), "http://[::1]:2024/ok"),
        (" HTTP://Host:80 ", Endpoint("http", "host", 80, ""), "http://host/ok"),
    ],
)
def test_a_base_url_is_taken_apart(url: str, endpoint: Endpoint, shown: str) -> None:
    assert Endpoint.parse(url) == endpoint
    assert endpoint.url("/ok") == shown


@pytest.mark.parametrize(
    ("url", "cause"),
    [
        ("", "no URL"),
        ("localhost:2024", "no URL"),
        ("ftp://host", "no URL"),
        ("http://", "no URL"),
        ("http://a b", "no URL"),
        ("http://host:99999", "cannot be read"),
        ("http://host:x", "cannot be read"),
        ("http://host:0", "port 0"),
        ("http://[::1", "cannot be read"),
        ("http://host?x=1", "query or fragment"),
        ("http://host#x", "query or fragment"),
        (f"http://me:{KEY}@host", "user name or password"),
        (f"me:{KEY}@host", "user name or password"),
    ],
)
def test_what_is_no_base_url_is_refused_in_one_sentence(url: str, cause: str) -> None:
    with pytest.raises(LangGraphError, match=cause) as caught:
        HttpClient(url)
    assert KEY not in caught.value.sentence
    assert "\n" not in caught.value.sentence


def test_the_path_prefix_goes_before_every_path() -> None:
    with serving(as_json({})) as server, HttpClient(server.url + "/my/app/") as client:
        client.request("GET", "/ok?check_db=1")
        assert server.paths() == ["/my/app/ok?check_db=1"]


def test_an_ipv6_address_works() -> None:
    try:
        server = FakeServer(lambda _request: as_json({"ok": True}), host="::1")
    except OSError:
        pytest.skip("this machine has no IPv6 loopback")
    with server, HttpClient(server.url) as client:
        assert client.request_json("GET", "/ok") == {"ok": True}
        assert server.requests[0].headers["host"] == f"[::1]:{server.port}"


# --- requests ---------------------------------------------------------------------------------------------------------


def test_headers_and_json_are_sent() -> None:
    with serving(as_json({"id": 1})) as server:
        with HttpClient(server.url, headers={"X-Api-Key": KEY, "Authorization": "Bearer abc"}) as client:
            assert client.request_json("POST", "/threads", {"name": "Grüße"}) == {"id": 1}
        request = server.requests[0]
    assert (request.method, request.path, request.json()) == ("POST", "/threads", {"name": "Grüße"})
    assert request.headers["x-api-key"] == KEY
    assert request.headers["authorization"] == "Bearer abc"
    assert request.headers["content-type"] == "application/json"


@pytest.mark.parametrize("headers", [{"x y": "a"}, {"": "a"}, {"x-key": f"{KEY}\n"}, {"x-key": f"{KEY}\r\nx: y"}, {"x-key": f"{KEY}ü"}])
def test_a_header_that_http_forbids_is_refused_without_its_value(headers: dict[str, str]) -> None:
    with pytest.raises(LangGraphError, match="header") as caught:
        HttpClient("http://host", headers=headers)
    assert KEY not in caught.value.sentence


def test_an_answer_that_is_no_json_is_told_with_its_beginning() -> None:
    with serving(Reply(body=b"<html>Welcome to nginx</html>")) as server:
        client = HttpClient(server.url)
        with pytest.raises(HttpError, match=r"something else than JSON.*Welcome to nginx.*engine may be wrong"):
            client.request_json("GET", "/info")


@pytest.mark.parametrize("reply", [Reply(204), Reply(200, b""), Reply(200, chunks=[]), Raw([b"HTTP/1.1 200 OK\r\n\r\n"])])
def test_an_empty_body_is_a_body(reply: Answer) -> None:
    with serving(reply) as server, HttpClient(server.url) as client:
        assert client.request("DELETE", "/threads/1").body == b""


def test_a_body_that_ends_with_the_connection_is_read() -> None:
    with serving(Raw([b"HTTP/1.0 200 OK\r\n\r\nsome", 0.05, b"thing"])) as server, HttpClient(server.url) as client:
        assert client.request("GET", "/").body == b"something"


def test_a_body_beyond_the_limit_is_refused() -> None:
    with serving(Reply(chunks=[b"x" * 600, b"x" * 600])) as server:
        client = HttpClient(server.url, max_bytes=1000)
        with pytest.raises(HttpError, match="larger than 1000 bytes"):
            client.request("GET", "/state")


# --- connections ------------------------------------------------------------------------------------------------------


def test_one_connection_serves_many_requests() -> None:
    with serving(Reply(body=b"abc"), Reply(chunks=[b"a", b"b"]), Reply(204), as_json({}, 404), as_json({})) as server, HttpClient(server.url) as client:
        client.request("GET", "/")
        client.request("POST", "/", {})
        client.request("DELETE", "/")
        with pytest.raises(StatusError):
            client.request("GET", "/missing")
        client.request("GET", "/")
        assert server.connections == 1
        assert len(server.requests) == 5


@pytest.mark.parametrize("reply", [Reply(body=b"abc", headers={"connection": "close"}, end="close"), Raw([b"HTTP/1.0 200 OK\r\ncontent-length: 3\r\n\r\nabc"])])
def test_a_connection_that_the_server_wants_closed_is_not_used_again(reply: Answer) -> None:
    with serving(reply) as server, HttpClient(server.url) as client:
        assert client.request("POST", "/", {}).body == b"abc"
        assert client.request("POST", "/", {}).body == b"abc"
        assert server.connections == 2


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_an_idle_connection_that_the_server_closed_is_opened_again(method: str) -> None:
    with serving(as_json({})) as server, HttpClient(server.url) as client:
        client.request("GET", "/")
        server.close_connections()
        time.sleep(0.05)
        client.request(method, "/again")
        assert server.connections == 2
        assert server.paths() == ["/", "/again"]


def closing_on_the_second_request(end: str) -> FakeServer:
    """The first connection dies under its second request, as when a server closes it in that very moment."""

    def answer(request: Request) -> Answer:
        return Raw([], end) if request.connection == 1 and request.path == "/second" else as_json({"connection": request.connection})

    return FakeServer(answer)


@pytest.mark.parametrize("end", ["close", "reset"])
@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE"])
def test_a_repeatable_request_is_sent_again_when_a_used_connection_dies(method: str, end: str) -> None:
    with closing_on_the_second_request(end) as server, HttpClient(server.url) as client:
        client.request("GET", "/first")
        assert client.request_json(method, "/second") == {"connection": 2}


@pytest.mark.parametrize("end", ["close", "reset"])
@pytest.mark.parametrize("method", ["POST", "PATCH"])
def test_any_other_request_is_never_sent_twice(method: str, end: str) -> None:
    with closing_on_the_second_request(end) as server, HttpClient(server.url) as client:
        client.request("GET", "/first")
        with pytest.raises(OutcomeUnknown, match="may have acted on it"):
            client.request(method, "/second", {})
        assert server.paths() == ["/first", "/second"]
        assert client.request_json("GET", "/third") == {"connection": 2}


def test_a_new_connection_that_dies_is_not_tried_again() -> None:
    with serving(Raw([])) as server, HttpClient(server.url) as client:
        with pytest.raises(OutcomeUnknown, match="closed it without an answer"):
            client.request("GET", "/")
        assert server.connections == 1


# --- what went wrong --------------------------------------------------------------------------------------------------


def test_a_refused_connection_was_not_accepted() -> None:
    port = free_port()
    with pytest.raises(NotAccepted, match=f"Nothing listens at http://127.0.0.1:{port} .connection refused.: start the server") as caught:
        HttpClient(f"http://127.0.0.1:{port}").request("GET", "/ok")
    assert caught.value.status is None


def test_an_unknown_host_name_was_not_accepted() -> None:
    with pytest.raises(NotAccepted, match=r"host name of http://no-such-host.invalid cannot be resolved"):
        HttpClient("http://no-such-host.invalid", connect_timeout=5).request("GET", "/ok")


def test_a_host_name_that_cannot_be_one_was_not_accepted() -> None:
    with pytest.raises(NotAccepted, match=r"not a valid name|cannot be resolved"):
        HttpClient(f"http://{'a' * 70}.example").request("GET", "/ok")


def test_a_host_that_does_not_answer_was_not_accepted() -> None:
    # A listener whose queue is full drops connections, as a firewall does.
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen(0)
        address = listener.getsockname()
        blockers = []
        for _number in range(3):
            blocker = socket.socket()
            blocker.setblocking(False)
            blocker.connect_ex(address)
            blockers.append(blocker)
        started = time.monotonic()
        with pytest.raises(NotAccepted, match=r"No connection to .* within 0.3 s"):
            HttpClient(f"http://127.0.0.1:{address[1]}", connect_timeout=0.3).request("GET", "/ok")
        assert time.monotonic() - started < 2
        for blocker in blockers:
            blocker.close()


@pytest.mark.parametrize(("status", "header", "seconds"), [(429, "7", 7.0), (503, None, None), (503, "soon", None)])
def test_an_overloaded_server_has_not_accepted_and_may_ask_to_wait(status: int, header: t.Optional[str], seconds: t.Optional[float]) -> None:
    reply = Reply(status, b'{"detail":"busy"}', {"retry-after": header} if header else {})
    with serving(reply) as server, HttpClient(server.url) as client, pytest.raises(NotAccepted, match=f"{status} .*busy") as caught:
        client.request("POST", "/runs", {})
    assert (caught.value.status, caught.value.retry_after) == (status, seconds)


def test_a_date_to_try_again_is_turned_into_seconds() -> None:
    assert retry_after(email.utils.formatdate(time.time() + 60, usegmt=True)) == pytest.approx(60, abs=2)
    assert retry_after(email.utils.formatdate(time.time() - 60, usegmt=True)) == 0


@pytest.mark.parametrize(
    ("status", "body", "headers", "said"),
    [
        (422, b'{"detail":"Invalid assistant"}', {}, "422 .*: Invalid assistant"),
        (404, b'{"error":"not_found","message":"No such thread","details":null}', {}, "404 Not Found: No such thread. The URL, its path prefix"),
        (500, b'{"error":"oops"}', {}, "500 .*oops.*server's log"),
        (422, b'{"detail":[{"loc":["body"],"msg":"required"}]}', {}, "required"),
        (404, b"<html>\n  <h1>nginx</h1>\n</html>", {}, "<html> <h1>nginx</h1> </html>"),
        (401, b"", {}, "401 Unauthorized. Give a valid `api_key`"),
        (502, b"Bad Gateway", {}, "502 .*proxy"),
        (299 + 9, b"", {"location": "https://host/other"}, "308 .*redirects to https://host/other"),
        (599, b"x", {}, "599 .unknown status.: x"),
    ],
)
def test_an_error_status_is_told_with_the_servers_own_words(status: int, body: bytes, headers: dict[str, str], said: str) -> None:
    with serving(Reply(status, body, headers)) as server, HttpClient(server.url) as client, pytest.raises(StatusError, match=said) as caught:
        client.request("POST", "/runs", {})
    assert caught.value.status == status
    assert f"POST {server.url}/runs" in caught.value.sentence


def test_a_long_error_page_is_cut() -> None:
    with serving(Reply(500, chunks=[b"x" * 50000] * 20)) as server, HttpClient(server.url) as client, pytest.raises(StatusError) as caught:
        client.request("GET", "/")
    assert len(caught.value.sentence) < 1000


@pytest.mark.parametrize("status", [401, 503])
def test_a_server_that_repeats_our_key_does_not_get_it_printed(status: int) -> None:
    body = f'{{"detail":"key {KEY} and token tok-canary-1 are wrong"}}'.encode()
    with serving(Reply(status, body)) as server:
        client = HttpClient(server.url, headers={"x-api-key": KEY, "authorization": "Bearer tok-canary-1"})
        with pytest.raises(HttpError, match=r"key .hidden. and token .hidden. are wrong") as caught:
            client.request("GET", "/")
    assert "canary" not in caught.value.sentence


@pytest.mark.parametrize(
    ("answer", "cause"),
    [
        (Raw([b"HT"]), "ended in its first line"),
        (Raw([b"HTTP/1.1 2"]), "ended in its first line"),
        (Raw([b"HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\nabc"]), "7 bytes of the answer are missing"),
        (Raw([b"HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\nabc"], "reset"), "lost"),
        (Reply(chunks=[b"abc"], end="cut"), "ended early"),
        (Reply(chunks=[b"abc"], end="reset"), "lost"),
        (Raw([b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nzz\r\n"]), "lost"),
        (Raw([b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n5\r\nab"]), "ended early"),
    ],
)
def test_an_answer_that_ends_early_leaves_the_outcome_unknown(answer: Answer, cause: str) -> None:
    with serving(answer) as server, HttpClient(server.url) as client, pytest.raises(OutcomeUnknown, match=cause) as caught:
        client.request("POST", "/runs", {})
    assert not isinstance(caught.value, TimedOut)


def test_what_does_not_speak_http_is_named() -> None:
    with serving(Raw([b"SSH-2.0-OpenSSH_9.2\r\n"])) as server:
        client = HttpClient(server.url)
        with pytest.raises(NotAccepted, match="does not speak HTTP: correct the port"):
            client.request("GET", "/")


# --- time limits ------------------------------------------------------------------------------------------------------


def dripping(head: bytes) -> Raw:
    """A byte every 50 ms, for ever as far as the client is concerned: no single wait is ever long."""
    return Raw([head, *[part for _number in range(60) for part in (b"x", 0.05)]])


@pytest.mark.parametrize(
    "answer",
    [
        Raw([3.0]),
        Raw([b"HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\n", 3.0]),
        Reply(chunks=[b"a", 3.0, b"b"]),
        dripping(b"HTTP/1.1 200 OK\r\n"),
        dripping(b"HTTP/1.1 200 OK\r\ncontent-length: 1000\r\n\r\n"),
    ],
    ids=["no answer", "no body", "a gap in a stream", "dripping headers", "a dripping body"],
)
def test_a_request_never_takes_longer_than_its_deadline(answer: Answer) -> None:
    with serving(answer) as server, HttpClient(server.url) as client:
        started = time.monotonic()
        with pytest.raises(TimedOut, match=r"not complete within 0.3"):
            client.request("POST", "/runs", {}, Deadline.after(0.3))
        assert 0.25 < time.monotonic() - started < 2.5


def test_a_server_may_be_silent_only_as_long_as_allowed() -> None:
    with serving(Reply(chunks=[b"a", 0.1, b"b", 0.1, b"c", 3.0])) as server:
        client = HttpClient(server.url)
        with client.stream("GET", "/", deadline=Deadline.after(30), silence=0.3) as answer:
            assert [next(answer.chunks) for _number in range(3)] == [b"a", b"b", b"c"]
            with pytest.raises(TimedOut):
                next(answer.chunks)


def test_a_request_that_timed_out_is_not_sent_again() -> None:
    with serving(as_json({}), Raw([1.0])) as server, HttpClient(server.url) as client:
        client.request("GET", "/")
        with pytest.raises(TimedOut):
            client.request("GET", "/slow", deadline=Deadline.after(30), silence=0.2)
        assert server.paths() == ["/", "/slow"]


# --- streams ----------------------------------------------------------------------------------------------------------


def test_a_stream_is_given_as_it_comes() -> None:
    with serving(Reply(chunks=[b"one", 0.3, b"two", 0.3, b"three"])) as server, HttpClient(server.url) as client:
        started = time.monotonic()
        with client.stream("POST", "/runs/stream", {}) as answer:
            arrived = [(chunk, time.monotonic() - started) for chunk in answer.chunks]
    assert [chunk for chunk, _when in arrived] == [b"one", b"two", b"three"]
    assert arrived[1][1] - arrived[0][1] > 0.2
    assert arrived[2][1] - arrived[1][1] > 0.2


def test_a_stream_that_is_left_early_costs_only_its_connection() -> None:
    with serving(Reply(chunks=[b"one", 5.0, b"two"]), as_json({"ok": True})) as server, HttpClient(server.url) as client:
        started = time.monotonic()
        with client.stream("POST", "/runs/stream", {}) as answer:
            assert next(answer.chunks) == b"one"
        assert client.request_json("GET", "/ok") == {"ok": True}
        assert time.monotonic() - started < 2
        assert server.connections == 2


# --- TLS --------------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> t.Iterator[tuple[Path, ssl.SSLContext]]:
    """A certificate for localhost, and a server's context with it."""
    if not shutil.which("openssl"):
        pytest.skip("openssl is needed to make a certificate")
    folder = tmp_path_factory.mktemp("tls")
    subprocess.run(
        [
            "openssl",
            "req",
            "-x509",
            "-newkey",
            "ec",
            "-pkeyopt",
            "ec_paramgen_curve:prime256v1",
            "-nodes",
            "-days",
            "2",
            "-subj",
            "/CN=localhost",
            "-addext",
            "subjectAltName=DNS:localhost",
            "-keyout",
            str(folder / "key.pem"),
            "-out",
            str(folder / "cert.pem"),
        ],
        check=True,
        capture_output=True,
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(folder / "cert.pem", folder / "key.pem")
    return folder / "cert.pem", context


def over_tls(context: ssl.SSLContext, *answers: Answer) -> FakeServer:
    left = list(answers) or [as_json({"ok": True})]
    return FakeServer(lambda _request: left.pop(0) if len(left) > 1 else left[0], tls=context)


def test_tls_with_a_given_authority_works_and_keeps_its_connection(certificate: tuple[Path, ssl.SSLContext]) -> None:
    path, context = certificate
    with over_tls(context, as_json({"ok": True}), Reply(chunks=[b"a", 0.1, b"b"]), as_json({})) as server:
        with HttpClient(f"https://localhost:{server.port}", ca_path=str(path)) as client:
            assert client.request_json("GET", "/ok") == {"ok": True}
            with client.stream("POST", "/runs/stream", {}) as answer:
                assert list(answer.chunks) == [b"a", b"b"]
            client.request("POST", "/runs", {})
        # Session tickets that wait to be read may cost a connection, an unread answer may not.
        assert server.connections <= 2


@pytest.mark.parametrize(("host", "given"), [("localhost", False), ("127.0.0.1", True)], ids=["unknown authority", "other name"])
def test_a_wrong_certificate_was_not_accepted_and_the_fix_is_told(certificate: tuple[Path, ssl.SSLContext], host: str, given: bool) -> None:
    path, context = certificate
    with over_tls(context) as server:
        with pytest.raises(NotAccepted, match=r"certificate of https://.* was refused .*`ca_path`"):
            HttpClient(f"https://{host}:{server.port}", ca_path=str(path) if given else None).request("GET", "/ok")
        assert server.requests == []


def test_a_name_that_points_nowhere_yet_is_reached_at_a_given_address(certificate: tuple[Path, ssl.SSLContext]) -> None:
    with serving(as_json({})) as server, HttpClient(f"http://agents.example.invalid:{server.port}", connect_to="127.0.0.1") as client:
        assert client.request_json("GET", "/ok") == {}
        assert server.requests[0].headers["host"] == f"agents.example.invalid:{server.port}"
    # The certificate is that of localhost: it is the name that is checked, wherever the connection goes.
    path, context = certificate
    with over_tls(context) as server, pytest.raises(NotAccepted, match="certificate"):
        HttpClient(f"https://agents.example.invalid:{server.port}", ca_path=str(path), connect_to="127.0.0.1").request("GET", "/ok")


def test_checking_the_certificate_can_be_switched_off(certificate: tuple[Path, ssl.SSLContext]) -> None:
    with over_tls(certificate[1]) as server:
        assert HttpClient(f"https://127.0.0.1:{server.port}", validate_certs=False).request_json("GET", "/ok") == {"ok": True}


def test_tls_to_a_server_without_it_was_not_accepted() -> None:
    with serving(as_json({})) as server, pytest.raises(NotAccepted, match=r"No TLS connection .*plain HTTP"):
        HttpClient(f"https://127.0.0.1:{server.port}", validate_certs=False, connect_timeout=2).request("GET", "/ok")


def test_tls_has_its_deadline_too(certificate: tuple[Path, ssl.SSLContext]) -> None:
    with over_tls(certificate[1], Reply(chunks=[b"a", 3.0])) as server:
        client = HttpClient(f"https://127.0.0.1:{server.port}", validate_certs=False)
        with pytest.raises(TimedOut):
            client.request("GET", "/", deadline=Deadline.after(0.3))


@pytest.mark.parametrize("content", [None, "no certificate"])
def test_an_authority_that_cannot_be_read_is_named(tmp_path: Path, content: t.Optional[str]) -> None:
    path = tmp_path / "ca.pem"
    if content is not None:
        path.write_text(content)
    with pytest.raises(LangGraphError, match=f"`ca_path` is {path}"):
        HttpClient("https://host", ca_path=str(path))
