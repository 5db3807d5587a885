"""Whose site a link leads to, down to the links that people break."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from graphnet.audits._sites import KINDS, fault, readable, site

SITES = [
    ("https://www.Example.co.uk:8080/a?utm_source=x#top", "example.co.uk", "domain"),
    ("EXAMPLE.ORG:8080", "example.org", "domain"),
    ("//sub.example.org/x", "example.org", "domain"),
    ("https://user:secret@example.org/", "example.org", "domain"),
    ("https://пример.рф/путь", "xn--e1afmkfd.xn--p1ai", "domain"),
    ("https://xn--e1afmkfd.xn--p1ai", "xn--e1afmkfd.xn--p1ai", "domain"),
    ("https://example.org./", "example.org", "domain"),
    ("http://192.0.2.7:8080/x", "192.0.2.7", "address"),
    ("192.0.2.7", "192.0.2.7", "address"),
    ("http://[2001:db8::1]:80/", "2001:db8::1", "address"),
    ("http://news.internal/x", "news.internal", "unlisted"),
    ("https://some-one.blogspot.com/2020/post.html", "some-one.blogspot.com", "hosted"),
    ("https://some-one.blogspot.co.uk/", "some-one.blogspot.com", "hosted"),
    ("https://www.someone.wordpress.com/", "someone.wordpress.com", "hosted"),
    ("https://someone.github.io/page", "someone.github.io", "hosted"),
    ("https://someone.substack.com/p/x", "someone.substack.com", "hosted"),
    ("https://blogspot.com/", "blogspot.com", "platform"),
    ("https://github.io/", "github.io", "platform"),
    ("https://m.facebook.com/Some.Page/posts/1", "facebook.com/some.page", "account"),
    ("https://www.facebook.com/groups/12345/permalink/3", "facebook.com/12345", "account"),
    ("https://facebook.com/pages/Foo/123", "facebook.com/123", "account"),
    ("https://fr-fr.facebook.com/profile.php?id=100", "facebook.com/100", "account"),
    ("https://facebook.com/story.php?story_fbid=1&id=99", "facebook.com/99", "account"),
    ("https://facebook.com/sharer/sharer.php?x=1", "facebook.com", "platform"),
    ("https://t.me/Channel/12", "t.me/channel", "account"),
    ("https://t.me/s/channel", "t.me/channel", "account"),
    ("https://t.me/joinchat/AAAA", "t.me", "platform"),
    ("https://www.youtube.com/channel/UCabcdefghijklmnopqrstuv", "youtube.com/UCabcdefghijklmnopqrstuv", "account"),
    ("https://youtube.com/@Someone/videos", "youtube.com/@someone", "account"),
    ("https://youtu.be/abc", "youtube.com", "platform"),
    ("https://x.com/Someone/status/1", "twitter.com/someone", "account"),
    ("https://twitter.com/i/web/status/1", "twitter.com", "platform"),
    ("https://sites.google.com/view/foo/bar", "sites.google.com/view/foo", "account"),
    ("https://bit.ly/x", "bit.ly", "short"),
    ("https://www.google.com/amp/s/www.example.org/x/amp/", "example.org", "domain"),
    ("https://www-example-org.cdn.ampproject.org/c/s/www.example.org/a", "example.org", "domain"),
    ("https://l.facebook.com/l.php?u=https%3A%2F%2Fexample.org%2Fa&h=AT", "example.org", "domain"),
]
NONE = {
    "co.uk": "a bare public suffix",
    "http://localhost/": "a host without a dot",
    "mailto:me@example.org": "no link to a page of the web",
    "ftp://example.org/": "no link to a page of the web",
    "javascript:alert(1)": "no link to a page of the web",
    "http://[broken": "no link to a page of the web",
    "http://exa mple.org/": "no link to a page of the web",
    "": "no link to a page of the web",
}


@pytest.mark.parametrize(("link", "name", "kind"), SITES)
def test_the_site_of_a_link(link, name, kind):
    found = site(link)
    assert found is not None
    assert (found.name, found.kind) == (name, kind)


@pytest.mark.parametrize("link", NONE)
def test_what_is_no_site_says_why(link):
    assert site(link) is None
    assert fault(link) == NONE[link]


def test_parameters_that_track_and_the_case_of_hosts_make_no_other_page():
    links = ("https://Example.org/a?utm_source=1", "http://www.example.org/a?fbclid=2", "example.org/a#top")
    assert {site(link).page for link in links} == {"https://example.org/a"}


@given(st.text(max_size=60) | st.from_regex(r"(https?://)?[\w.:@\[\]-]{1,30}/?[\w?&=%#.-]{0,20}"))
def test_any_text_has_a_site_or_a_fault(text):
    found = site(text)
    if found is None:
        assert fault(text)
        return
    assert found.kind in KINDS
    assert found.name
    assert found.name.isascii() or found.kind == "account"
    assert readable(found.name)


@given(st.sampled_from([link for link, _, kind in SITES if kind != "address"]))
def test_a_page_in_its_one_form_is_of_the_same_site(link):
    found = site(link)
    assert site(found.page).name == found.name
