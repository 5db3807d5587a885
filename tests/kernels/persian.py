"""Persian sentences, and the ways in which people who copy one make it look new."""

from __future__ import annotations

import random
from collections.abc import Callable

SENTENCES = (
    "امروز همه با هم به خیابان می‌آییم تا صدای مردم شنیده شود و کسی خاموش نماند",
    "شهرداری می‌گوید پل تازه تا پایان سال آماده می‌شود اما کارگران ماه‌هاست حقوق نگرفته‌اند",
    "قیمت نان در یک هفته دو برابر شده است و هیچ مسئولی پاسخگوی این گرانی‌ها نیست",
    "دانشجویان دانشگاه‌های بزرگ کشور فردا در اعتراض به حکم‌های تازه به کلاس نمی‌روند",
    "آب رودخانه خشک شده و کشاورزان روستا می‌خواهند سد بالادست هرچه زودتر باز شود",
    "معلمان بازنشسته جلوی مجلس گرد آمده‌اند و خواهان اجرای قانون همسان‌سازی حقوق هستند",
    "هوای پایتخت چند روز است آلوده است و مدرسه‌ها باز هم تعطیل می‌شوند، چاره چیست؟",
    "تیم ملی دیشب خوب بازی کرد ولی داور گل دوم را بی‌دلیل نپذیرفت و بازی مساوی شد",
    "اینترنت خانه‌ها از دیروز کند شده و کسب‌وکارهای کوچک هر ساعت میلیون‌ها تومان زیان می‌بینند",
    "پزشکان بیمارستان کودکان هشدار داده‌اند که داروهای بیماران خاص در انبارها تمام شده است",
)
ZWNJ = "\u200c"
EMOJI = ("👍🏽", "❤️", "🔥🔥", "✊", "🇮🇷", "👩‍👩‍👧", "😂😂😂")
ARABIC = str.maketrans({"ی": "ي", "ک": "ك"})
MARKS = {"کسی": "کسی", "مردم": "مَردُم", "همه": "هَمه", "آب": "آبِ", "است": "اَست"}


def _spaces(text: str, rng: random.Random) -> str:
    """Joiners become blanks or vanish, some blanks are doubled."""
    text = "".join(rng.choice((ZWNJ, " ", "")) if c == ZWNJ else c for c in text)
    return "".join(c + " " * (c == " " and rng.random() < 0.2) for c in text)


def _joiners(text: str, rng: random.Random) -> str:
    """Joiners vanish, are doubled, or stand where none is needed."""
    text = "".join(c * rng.choice((0, 1, 2)) if c == ZWNJ else c for c in text)
    place = rng.randrange(len(text))
    return text[:place] + ZWNJ + text[place:]


def _keyboard(text: str, rng: random.Random) -> str:
    """Arabic letters, digits and marks instead of Persian ones."""
    words = [w.translate(ARABIC) if rng.random() < 0.7 else w for w in text.split(" ")]
    words = [MARKS.get(w, w) for w in words]
    words = [w.replace("ه", "ة") if w.endswith("ه") and rng.random() < 0.3 else w for w in words]
    return " ".join(w[:1] + "ـ" * 4 + w[1:] if len(w) > 5 and rng.random() < 0.2 else w for w in words)


def _emoji(text: str, rng: random.Random) -> str:
    """Emoji, hidden signs, links and mentions are added."""
    words = text.split(" ")
    for _ in range(rng.randint(1, 3)):
        words.insert(rng.randint(0, len(words)), rng.choice(EMOJI))
    text = " ".join(words)
    place = rng.randrange(len(text))
    text = text[:place] + rng.choice(("", "\u200b", "\u200f", "\u2060", "\u00ad")) + text[place:]
    start = rng.choice(("", "🔴 ", "@ali1 @sara_2 ", "\u202b"))
    return start + text + rng.choice(("", " https://t.co/a1B2c3", " !!!", " @khabar ..."))


def _swapped(text: str, rng: random.Random) -> str:
    """Two neighbouring words change places."""
    words = text.split(" ")
    place = rng.randrange(len(words) - 1)
    words[place : place + 2] = reversed(words[place : place + 2])
    return " ".join(words)


WAYS: dict[str, Callable[[str, random.Random], str]] = {
    "spaces": _spaces,
    "joiners": _joiners,
    "keyboard": _keyboard,
    "emoji": _emoji,
    "swapped": _swapped,
}
SAME_KEY = ("joiners", "keyboard", "emoji")
"""Ways after which the key is the very same; the others leave it nearly the same."""


def variants(count: int = 500, seed: int = 4) -> list[tuple[int, str, str]]:
    """Number of the sentence, the way, and the variant; "mixed" is two ways at once."""
    rng = random.Random(seed)
    found = []
    for n in range(count):
        which = n % len(SENTENCES)
        way = (*WAYS, "mixed")[(n // len(SENTENCES)) % (len(WAYS) + 1)]
        text = SENTENCES[which]
        for one in rng.sample(sorted(WAYS), 2) if way == "mixed" else [way]:
            text = WAYS[one](text, rng)
        found.append((which, way, text))
    return found
