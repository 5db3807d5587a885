"""Canonical links and domains: hand-made answers, properties, and no network."""

from __future__ import annotations

import socket
from urllib.parse import urlsplit

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from graphnet.kernels import links


@pytest.fixture(autouse=True)
def no_network(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every connection fails the test."""

    def refuse(*args: object, **kwargs: object) -> None:
        pytest.fail("a link was looked up in the network")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    monkeypatch.setattr(socket, "getaddrinfo", refuse)
    links._extract.cache_clear()
    links._split.cache_clear()


@pytest.mark.parametrize(
    ("same", "canonical"),
    [
        (
            [
                "http://example.org",
                "HTTPS://Example.ORG/",
                "https://www.example.org:443",
                "//example.org/#top",
                "example.org",
            ],
            "https://example.org",
        ),
        (["example.org", "www.example.org/"], "https://example.org"),
        (["https://m.example.org/a", "mobile.example.org/a/", "http://example.org:80/a?"], "https://example.org/a"),
        (
            ["https://example.org/?b=2&a=1&utm_source=x", "https://example.org?a=1&b=2&fbclid=zz"],
            "https://example.org?a=1&b=2",
        ),
        (["https://example.org/%7Ebob/%d8%aa", "https://example.org/~bob/ت"], "https://example.org/~bob/%D8%AA"),
        (
            ["https://x.com/a/status/1?s=20&t=abc", "https://mobile.twitter.com/a/status/1"],
            "https://twitter.com/a/status/1",
        ),
        (
            [
                "https://youtu.be/dQw4?si=abc",
                "https://m.youtube.com/watch?v=dQw4&feature=youtu.be",
                "youtube.com/watch?v=dQw4",
            ],
            "https://youtube.com/watch?v=dQw4",
        ),
        (
            ["https://en.m.wikipedia.org/wiki/Cat", "https://en.wikipedia.org/wiki/Cat#Food"],
            "https://en.wikipedia.org/wiki/Cat",
        ),
        (["http://пример.рф/", "https://xn--e1afmkfd.xn--p1ai"], "https://xn--e1afmkfd.xn--p1ai"),
        (["https://user:secret@example.org/a"], "https://example.org/a"),
        (["https://example.org:8443/a"], "https://example.org:8443/a"),
        (["http://192.168.0.1/x"], "https://192.168.0.1/x"),
        (["http://[2001:DB8::1]/x"], "https://[2001:db8::1]/x"),
        (["https://twitter.com/#!/amy/status/9"], "https://twitter.com#!/amy/status/9"),
        (["https://m.co/x"], "https://m.co/x"),
    ],
)
def test_same_page(same: list[str], canonical: str) -> None:
    assert {links.canonical(url) for url in same} == {canonical}


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("https://example.org/A", "https://example.org/a"),
        ("https://example.org/a?id=1", "https://example.org/a?id=2"),
        ("https://example.org/a%2Fb", "https://example.org/a/b"),
        ("https://news.example.org/a", "https://example.org/a"),
        ("https://example.org/a?s=20", "https://example.org/a"),
    ],
)
def test_different_pages(one: str, other: str) -> None:
    assert links.canonical(one) != links.canonical(other)


@pytest.mark.parametrize(
    "url",
    [
        *("", " ", "nonsense", "a.b", "3.14", "report.pdfx y", "\ud800", "http://", "http://..", "http://ex ample.org"),
        *("mailto:me@example.org", "javascript:alert(1)", "ftp://example.org"),
        *("http://[bad", "http://a:99999/", "http://example.org:port/"),
    ],
)
def test_no_link(url: str) -> None:
    assert links.canonical(url) is None


@pytest.mark.parametrize(
    ("url", "domain"),
    [
        ("https://www.bbc.co.uk/news", "bbc.co.uk"),
        ("http://a.b.c.example.com.au:80", "example.com.au"),
        ("someone.blogspot.com/2020", "blogspot.com"),
        ("https://пример.рф", "xn--e1afmkfd.xn--p1ai"),
        ("https://EXAMPLE.org.", "example.org"),
        ("https://a.press.example/x", "press.example"),
        ("https://127.0.0.1", None),
        ("https://[::1]", None),
        ("https://localhost/x", None),
        ("https://co.uk", None),
        ("http://[bad", None),
        ("words only", None),
    ],
)
def test_domain(url: str, domain: str | None) -> None:
    assert links.domain(url) == domain


@pytest.mark.parametrize(
    "name", ["utm_source", "UTM_Medium", "fbclid", "gclid", "igshid", "mc_cid", "at_campaign", "ref_src"]
)
def test_tracking_is_dropped(name: str) -> None:
    assert links.canonical(f"https://example.org/a?{name}=x&id=7") == "https://example.org/a?id=7"


def test_every_tracking_pattern_has_a_reason() -> None:
    assert all(reason for reason in links.TRACKING.values())


HOSTS = ["example.org", "WWW.Example.org", "m.example.co.uk", "пример.рф", "x.com", "youtu.be", "[::1]", "1.2.3.4"]
hosts = st.sampled_from(HOSTS)
urls = st.builds(
    "{}{}{}/{}?{}#{}".format,
    st.sampled_from(["http://", "https://", "HTTP://", "//", "", "ftp:"]),
    hosts,
    st.sampled_from(["", ":80", ":8080", ":x", "."]),
    st.text(max_size=8),
    st.text(alphabet="ab=&%1utm_ét+ ", max_size=12),
    st.text(max_size=5),
)


@settings(deadline=None)
@given(st.one_of(st.text(), urls))
def test_never_raises_and_settles(url: str) -> None:
    once = links.canonical(url)
    links.domain(url)
    if once is not None:
        assert links.canonical(once) == once
        assert once.isascii()
        host, domain = urlsplit(once).hostname or "", links.domain(once)
        assert once.startswith("https://")
        assert domain is None or host.endswith(domain)


SIGNS = '/ ~a %41 ? &b=%7e # #!/x :80 :8080 u:p@ [ ] é _ .. . \\ | " < = s S'
NAMES = "http:// https:// HTTP:// // www. m. x.com youtu.be a-b.co.uk bbc.example 1.2.3.4 /Path ?a=1&utm_id=x"
PARTS = st.lists(
    st.sampled_from([*NAMES.split(" "), *SIGNS.split(" "), " ", "\t", "\n"]) | st.text(max_size=2), max_size=7
).map("".join)


@settings(max_examples=1500)
@given(st.sampled_from(["https://", "http://", ""]), PARTS)
def test_the_quick_way_says_what_the_thorough_one_says(scheme: str, rest: str) -> None:
    url = (scheme + rest).strip()

    def thorough() -> str | None:
        try:
            return links._parsed(url)
        except ValueError:
            return None

    def domain() -> str | None:
        try:
            host = links._ascii(urlsplit(links._with_scheme(url)).hostname or "")
            return links._registrable(host) or links._below_unlisted(host)
        except ValueError:
            return None

    assert links.canonical(url) == thorough()
    assert links.domain(url) == domain()
