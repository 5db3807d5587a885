"""Texts that must match and texts that must not, in eleven languages, and five hundred variants in Persian."""
# ruff: noqa: E501  (posts stand in one piece)

from __future__ import annotations

import itertools

import pandas as pd
import persian
import pytest

import graphnet as gn
from graphnet.kernels import text

ZWSP, ZWNJ, RLM, SHY = "\u200b", "\u200c", "\u200f", "\u00ad"

# a text; ways of writing it that have to give the same key; texts beside it that must not be near
LANGUAGES = {
    "English": (
        "They're closing the river road on Monday – tell everyone before it's too late, please share!",
        [
            "RT @amy: they’re CLOSING the river road on monday -- tell everyone before it’s too late. Please share 🙏",
            "@bob @carol They're closing the river road on Monday… tell everyone before it's too late, please share @dan",
            f"They're clo{ZWSP}sing the ri{SHY}ver r\u043ead on M\u043end\u0430y, tell everyone before it's too late, please share",
            "𝗧𝗵𝗲𝘆'𝗿𝗲 𝗰𝗹𝗼𝘀𝗶𝗻𝗴 the ｒｉｖｅｒ road on Monday &ndash; tell everyone before it&#39;s too late, please share",
            "They're closing the river road on Monday: tell everyone before it's too late, please share https://t.co/a1B2c3",
        ],
        ["They're opening the old theatre on Friday – bring everyone who likes a play, doors at seven!"],
    ),
    "Persian": (
        "کارگران کارخانه می‌گویند ۳ ماه است حقوق نگرفته‌اند و کسی پاسخ نمی‌دهد",
        [
            "كارگران كارخانه مي‌گويند ٣ ماه است حقوق نگرفته‌اند و كسي پاسخ نمي‌دهد",
            "کارگران کارخانه میگویند 3 ماه است حقوق نگرفتهاند و کسی پاسخ نمیدهد!!!",
            "کارگرانِ کارخانه می‌گوینــــد ۳ ماه است حقوق نگرفته‌اند و کسی پاسخ نمی‌دهد 😡 https://t.co/x1",
            f"{RLM}RT @khabar_1: کارگران کارخانة می‌گویند ۳ ماه است حقوق نگرفته‌اند و کسی پاسخ نمی‌دهد",
        ],
        ["کارمندان شرکت نفت می‌گویند امسال پاداش خوبی گرفته‌اند و از مدیران سپاسگزارند"],
    ),
    "Arabic": (
        "إن المعلمين في المدينة يطالبون برواتبهم المتأخرة منذ ٤ أشهر ولا أحد يسمعهم",
        [
            "ان المعلمين فى المدينه يطالبون برواتبهم المتاخره منذ 4 اشهر ولا احد يسمعهم",
            "إنَّ المُعَلِّمينَ في المدينةِ يُطالِبونَ برواتبِهم المتأخّرة منذ ٤ أشهر ولا أحدَ يسمعُهم!",
            "إن المعلميــــن في المدينة يطالبون برواتبهم المتأخرة منذ ٤ أشهر، ولا أحد يسمعهم؟ @news https://t.co/y",
        ],
        ["إن الطلاب في القرية يحتفلون اليوم بافتتاح المكتبة الجديدة مع عائلاتهم وأصدقائهم"],
    ),
    "Hebrew": (
        "כולנו יוצאים היום אל הרחובות: בית־המשפט חייב להישאר עצמאי, בואו בהמוניכם",
        [
            f"{RLM}כולנו יוצאים היום אל הרחובות{RLM}: בית-המשפט חייב להישאר עצמאי, בואו בהמוניכם!",
            "כֻּלָּנוּ".replace("כֻּלָּנוּ", "כּוּלָּנוּ") + " יוצאים היום אל הרחובות, בית המשפט חייב להישאר עצמאי – בואו בהמוניכם 🇮🇱",
            "@dani כולנו יוצאים היום אל הרחובות: בית־המשפט חייב להישאר עצמאי, בואו בהמוניכם https://t.co/z",
        ],
        ["כולם נשארים מחר בבית: הרכבת לא תיסע בגלל העבודות בתחנה המרכזית, עדכנו חברים"],
    ),
    "Russian": (
        "Завтра перекроют мост через реку, передайте всем соседям, пока ещё не поздно",
        [
            "ЗАВТРА перекроют мост через реку!!! Передайте всем соседям, пока ещё не поздно",
            "Завтpа пeрекрoют мост черeз реку, пeредайте всем сoседям, пока ещё не поздно",
            f"Зав{ZWSP}тра перекроют мост че{SHY}рез реку — передайте всем соседям: пока ещё не поздно https://t.co/q",
        ],
        ["Сегодня открыли парк возле школы, приходите всей семьёй, будет музыка и чай"],
    ),
    "Turkish": (
        "Işıklar bu akşam İzmir'de sönüyor, sesimizi duyurmak için herkes pencereye çıksın",
        [
            "IŞIKLAR BU AKŞAM İZMİR'DE SÖNÜYOR, SESİMİZİ DUYURMAK İÇİN HERKES PENCEREYE ÇIKSIN",
            "ışıklar bu akşam izmir’de sönüyor... sesimizi duyurmak için herkes pencereye çıksın 🕯️",
            "Isıklar bu akşam İzmir'de sönüyor, sesimizi duyurmak için herkes pencereye çıksın".replace("Isık", "Işık"),
        ],
        ["Maçın biletleri yarın sabah Ankara'da satışa çıkıyor, sıraya girmek isteyen erken gelsin"],
    ),
    "German": (
        "Die große Straße am Fluß bleibt bis Dienstag gesperrt, bitte weitersagen & außen herum fahren",
        [
            "DIE GROSSE STRASSE AM FLUSS BLEIBT BIS DIENSTAG GESPERRT, BITTE WEITERSAGEN & AUSSEN HERUM FAHREN",
            f"Die große Stra{SHY}ße am Fluß bleibt bis Diens{SHY}tag gesperrt – bitte weitersagen &amp; außen herum fahren!",
            "Die gro\u00dfe Stra\u1e9ee am Fluß bleibt bis Dienstag gesperrt: bitte weitersagen, außen herum fahren www.a.de/x",
        ],
        ["Das kleine Museum am Markt öffnet ab Mittwoch wieder, der Eintritt ist für Kinder frei"],
    ),
    "Chinese": (
        "市长今天早上说新桥明年就能通车，可是工人们已经三个月没有拿到工资了，请大家转发！",
        [
            "市长今天早上说新桥明年就能通车,可是工人们已经三个月没有拿到工资了,请大家转发!!!",
            f"RT @news: 市长今天{ZWSP}早上说新桥明年就能通车，可是工人们已经三个月没有拿到工资了，请大家转发！🙏 https://t.co/w",
            "市长今天早上说新桥明年就能通车。可是工人们已经三个月没有拿到工资了。请大家转发～",
        ],
        ["昨天晚上的球赛非常精彩，主队在最后一分钟进球，全场观众都站起来为他们鼓掌庆祝！"],
    ),
    "Japanese": (
        "ﾃﾞﾓは明日の午後３時に駅前で始まります。みなさんぜひ参加して、友達にも知らせてください！",
        [
            "デモは明日の午後3時に駅前で始まります。みなさんぜひ参加して、友達にも知らせてください!",
            f"デモは明日の{ZWSP}午後３時に駅前で始まります。みなさんぜひ参加して、友達にも知らせてください🙇‍♀️ #",
            "@taro デモは明日の午後３時に駅前で始まります・みなさんぜひ参加して・友達にも知らせてください https://t.co/v",
        ],
        ["図書館は来週から改装のため休みになります。借りた本は入口の箱に返してくださいね。"],
    ),
    "Thai": (
        "พรุ่งนี้เวลา๑๗นาฬิกาขอเชิญทุกคนมาร่วมกันที่สนามหลวงเพื่อเรียกร้องความเป็นธรรม",
        [
            "พรุ่งนี้เวลา17นาฬิกาขอเชิญทุกคนมาร่วมกันที่สนามหลวงเพื่อเรียกร้องความเป็นธรรม!!",
            f"พรุ่งนี้{ZWSP}เวลา๑๗นาฬิกา{ZWSP}ขอเชิญทุกคน{ZWSP}มาร่วมกันที่สนามหลวง{ZWSP}เพื่อเรียกร้องความเป็นธรรม ✊ https://t.co/u",
        ],
        ["วันเสาร์นี้ห้างสรรพสินค้าจะลดราคาเสื้อผ้าเด็กทุกชิ้นครึ่งหนึ่งตลอดทั้งวัน"],
    ),
    "Hindi": (
        "किसान कल सुबह १० बजे ज़िला कार्यालय के सामने इकट्ठा होंगे, यह संदेश आगे बढ़ाएँ",
        [
            "किसान कल सुबह 10 बजे ज\u093cिला कार्यालय के सामने इकट्ठा होंगे। यह संदेश आगे बढ\u093cाएँ",
            "RT @kisan: किसान कल सुबह १० बजे ज़िला कार्या\u200dलय के सामने इकट्\u200cठा होंगे, यह संदेश आगे बढ़ाएँ 🌾🌾",
        ],
        ["विद्यार्थी आज शाम पुस्तकालय में अपनी कविताएँ सुनाएँगे, सभी मित्र सादर आमंत्रित हैं"],
    ),
}
MATCHING = [
    pytest.param(base, variant, id=f"{name} {i}")
    for name, (base, variants, _) in LANGUAGES.items()
    for i, variant in enumerate(variants)
]


def shingles(words: str) -> set[str]:
    padded = f" {words} "
    return {padded[i : i + 3] for i in range(len(padded) - 2)}


def jaccard(a: str, b: str) -> float:
    one, two = shingles(a), shingles(b)
    return len(one & two) / len(one | two)


@pytest.mark.parametrize(("base", "variant"), MATCHING)
def test_ways_of_writing_the_same_have_one_key(base: str, variant: str) -> None:
    assert text.key(base) is not None
    assert text.key(variant) == text.key(base)


@pytest.mark.parametrize("language", LANGUAGES)
def test_other_texts_are_far_away(language: str) -> None:
    base, _, others = LANGUAGES[language]
    for other in others:
        assert text.key(other) is not None
        assert jaccard(text.key(base) or "", text.key(other) or "") < 0.4


def test_no_two_languages_are_near() -> None:
    keys = [text.key(base) or "" for base, _, _ in LANGUAGES.values()]
    assert max(jaccard(a, b) for a, b in itertools.combinations(keys, 2)) < 0.1


@pytest.mark.parametrize(
    ("one", "two"),
    [
        ("Vote for the new bridge on Sunday, friends", "Vote for the new fridge on Sunday, friends"),
        ("we will not pay the 1200 they ask of us", "we will not pay the 1300 they ask of us"),
        ("به همه بگویید ما فردا به خیابان می‌آییم", "به همه بگویید ما فردا به خیابان نمی‌آییم"),
        ("всем сказали что мост закроют на неделю", "всем сказали что мост откроют на неделю"),
        ("كل الناس يعرفون أن الجسر مفتوح هذا اليوم", "كل الناس يعرفون أن الجسر مغلق هذا اليوم"),
    ],
)
def test_a_word_that_matters_changes_the_key(one: str, two: str) -> None:
    assert text.key(one) != text.key(two)


def test_hebrew_and_arabic_punctuation_parts_words_like_any_other() -> None:
    assert text.normal("בית־ספר") == text.normal("בית-ספר") == "בית ספר"
    assert text.normal("قال۞نعم") == "قال نعم"


def test_five_hundred_persian_variants_are_no_two_the_same_by_chance() -> None:
    made = persian.variants()
    assert len(made) == 500
    assert made == persian.variants()
    assert len({t for _, _, t in made}) > 400
    assert {way for _, way, _ in made} == {*persian.WAYS, "mixed"}


def test_persian_variants_by_keyboard_joiner_and_emoji_have_one_key() -> None:
    for which, way, variant in persian.variants():
        if way in persian.SAME_KEY:
            assert text.key(variant) == text.key(persian.SENTENCES[which]), (way, variant)


def test_five_hundred_persian_variants_are_in_the_cluster_of_their_sentence(tmp_path) -> None:
    made = [(i, "as it is", s) for i, s in enumerate(persian.SENTENCES)] + persian.variants()
    posts = pd.DataFrame(
        {
            "id": [f"p{n}" for n in range(len(made))],
            "account": [f"a{n}" for n in range(len(made))],
            "time": [1_700_000_000 + 60 * n for n in range(len(made))],
            "text": [words for _, _, words in made],
        }
    )
    study = gn.read(posts, into=tmp_path / "study")
    gn.match(study)
    found = study.rows("select p.id, c.cluster from posts p left join copies c on c.post = p.post").to_pylist()
    cluster = {int(row["id"][1:]): row["cluster"] for row in found}
    home = [cluster[n] for n in range(len(persian.SENTENCES))]
    assert len(set(home)) == len(home)
    strangers = [(way, words) for n, (which, way, words) in enumerate(made) if cluster[n] not in (None, home[which])]
    assert strangers == []
    missed = [(way, words) for n, (which, way, words) in enumerate(made) if cluster[n] is None]
    assert missed == []
