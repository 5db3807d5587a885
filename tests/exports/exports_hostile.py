"""Names that try to be something else in some format."""

NAMES: dict[int, str | None] = {
    0: "</script><img src=x onerror=alert(1)>",
    1: "]]><x/>&amp;\"'",
    2: '=HYPERLINK("http://x")',
    3: "nul\x00 \ufffe",
    4: "\u202eright to left\u2066",
    5: "two\r\nlines\t,",
    6: "سلام‌ها",
    7: "@SUM(A1)",
    8: '\\N \\" -1+2',
}
