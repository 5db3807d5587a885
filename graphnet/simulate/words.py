"""Words of the simulated posts: sentences put together from lists, in English, Persian, Arabic and Hebrew.

All organisations, hashtags, places and handles are made up.

A sentence is a row of eight phrases, so that two that were written independently hardly ever agree in most of them:
near-identical posts in a world were copied, or are greetings that everybody uses.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from graphnet.simulate.designs import LANGUAGES
from graphnet.simulate.dice import Dice, Ints, Things

__all__ = ["FANDOMS", "attack_texts", "fandom_tag", "greetings", "headlines", "sentences", "vary"]

FANDOMS = (
    ("en", "LarkmoorRovers"), ("en", "VelanovaTour"), ("fa", "ستاره_کوهپایه"), ("en", "IronOrchard"),
    ("ar", "نادي_الواحة"), ("en", "SlowBakers"), ("he", "להקת_הגשר"), ("en", "CometWatchers"),
    ("fa", "سریال_باران"), ("en", "QuietTrains"), ("ar", "مسلسل_المرفأ"), ("en", "TinyGardens"),
)  # fmt: skip
"""Language and hashtag of each fandom; a world with more of them numbers further ones."""

PHRASES: Mapping[str, Sequence[Sequence[str]]] = {
    "en": (
        ("honestly", "not going to lie,", "still thinking about how", "my sister says", "so happy that", "reminder:",
         "somebody explain why", "for the record,", "no joke,", "my neighbour swears", "love how", "I told you",
         "third time this month:", "unpopular opinion:", "woke up and saw that", "people at work agree:",
         "funny how", "as a fan of many years,", "wish I had known that", "quick note:", "hear me out:", "turns out"),
        ("the new season", "our team", "the opening act", "that referee", "the weekend market", "the late bus",
         "the bakery on the corner", "the city library", "the old stadium", "this recipe", "the night train",
         "the school play", "the museum", "that interview", "the second episode", "the final match",
         "the exhibition", "the charity run", "the drummer", "the ticket queue", "the garden club", "the rehearsal"),
        ("made everyone laugh", "was better than expected", "surprised half the street", "is worth the wait",
         "kept me awake until two", "needs far more attention", "left me without words", "got louder every minute",
         "ended too early", "deserves a second chance", "changed my whole plan", "felt like a dream",
         "looked tired", "was sold out in {n} minutes", "broke its own record", "moved my father to tears",
         "lost {n} points for nothing", "has {n} good reasons behind it", "went wrong again", "won us over"),
        ("after all those rumours", "in front of my parents", "even with the rain", "without a single rehearsal",
         "as nobody had predicted", "while the lights were out", "with {n} people watching", "for the price of a tea",
         "because somebody cared", "in spite of the heat", "once the doors opened", "before the second half",
         "thanks to the volunteers", "with half of the crew ill", "far away from the cameras", "on a borrowed guitar",
         "at gate {n}", "under the bridge", "over a cold coffee", "with the windows open"),
        ("on Tuesday.", "this morning!", "what do you think?", "again and again.", "and I was there.", "photos later.",
         "who else saw it?", "no regrets.", "see you at {n} past.", "more soon.", "ask my brother.", "that is all.",
         "best of {n}.", "good night.", "and the cat agrees.", "worth every minute.", "I rest my case.",
         "same time next week?", "please be kind.", "thank you all."),
    ),
    "fa": (
        ("راستش", "به نظرم", "هنوز باورم نمی‌شود که", "خواهرم می‌گوید", "خوشحالم که", "یادآوری:", "یکی توضیح بدهد چرا",
         "بی‌شوخی", "همسایه‌مان قسم می‌خورد که", "از صبح دیدم که", "بچه‌ها می‌گویند", "جالب است که", "کاش می‌دانستم که",
         "برای بار سوم", "بعد از سال‌ها", "گفته بودم که", "امروز شنیدم که", "خلاصه بگویم"),
        ("فصل تازه", "تیم ما", "آن داور", "بازار آخر هفته", "نانوایی سر کوچه", "کتابخانهٔ شهر", "ورزشگاه قدیمی",
         "این دستور غذا", "قطار شب", "نمایش مدرسه", "موزهٔ کوچک", "آن گفت‌وگو", "قسمت دوم", "بازی آخر",
         "نمایشگاه نقاشی", "نوازندهٔ جوان", "صف بلیت", "باغچهٔ همسایه"),
        ("همه را خنداند", "بهتر از انتظار بود", "نصف محله را غافلگیر کرد", "ارزش صبر کردن داشت",
         "تا ساعت دو بیدارم نگه داشت", "توجه بیشتری می‌خواهد", "زبانم را بند آورد", "زود تمام شد",
         "فرصت دوباره می‌خواهد", "برنامه‌ام را عوض کرد", "مثل رؤیا بود", "خسته به نظر می‌رسید",
         "در {n} دقیقه پر شد", "رکورد خودش را شکست", "اشک پدرم را درآورد", "{n} امتیاز از دست داد", "باز خراب شد",
         "دل همه را برد"),
        ("بعد از آن همه شایعه", "جلوی پدر و مادرم", "حتی زیر باران", "بدون یک بار تمرین", "وقتی برق رفته بود",
         "جلوی {n} نفر", "به قیمت یک چای", "با وجود گرما", "پیش از نیمهٔ دوم", "به لطف داوطلب‌ها", "دور از دوربین‌ها",
         "با یک گیتار امانتی", "کنار در {n}", "زیر پل", "کنار چای سرد", "با پنجره‌های باز", "وسط تابستان",
         "بی‌هیچ توضیحی"),
        ("نظر شما چیست؟", "همین امروز صبح!", "من هم آنجا بودم.", "عکس‌ها در راه است.", "چه کسی دیده؟", "پشیمان نیستم.",
         "ادامه دارد.", "از برادرم بپرسید.", "همین.", "شب بخیر.", "به هر دقیقه‌اش می‌ارزید.", "هفتهٔ بعد هم؟",
         "مهربان باشیم.", "ممنون از همه.", "دوباره و دوباره.", "تا ساعت {n}.", "یادتان نرود.", "خدا را شکر."),
    ),
    "ar": (
        ("بصراحة", "في رأيي", "ما زلت لا أصدق أن", "تقول أختي إن", "سعيد لأن", "تذكير:", "ليشرح لي أحدكم لماذا",
         "بلا مزاح،", "يقسم جارنا أن", "استيقظت فرأيت أن", "يقول الزملاء إن", "من الطريف أن", "ليتني عرفت أن",
         "للمرة الثالثة:", "بعد سنوات طويلة", "قلت لكم إن", "باختصار", "سمعت اليوم أن"),
        ("الموسم الجديد", "فريقنا", "ذلك الحكم", "سوق نهاية الأسبوع", "مخبز الحارة", "مكتبة المدينة", "الملعب القديم",
         "هذه الوصفة", "قطار الليل", "مسرحية المدرسة", "المتحف الصغير", "تلك المقابلة", "الحلقة الثانية",
         "المباراة الأخيرة", "معرض الرسم", "عازف الطبل", "طابور التذاكر", "حديقة الجيران"),
        ("أضحك الجميع", "كان أفضل من المتوقع", "فاجأ نصف الشارع", "يستحق الانتظار", "أبقاني ساهرا حتى الثانية",
         "يحتاج إلى اهتمام أكبر", "تركني بلا كلمات", "انتهى مبكرا", "يستحق فرصة ثانية", "غيّر خطتي كلها",
         "كان مثل الحلم", "بدا متعبا", "امتلأ في {n} دقيقة", "حطم رقمه القديم", "أبكى والدي", "خسر {n} نقطة",
         "تعطل من جديد", "كسب قلوبنا"),
        ("بعد كل تلك الشائعات", "أمام والديّ", "رغم المطر", "من دون تدريب واحد", "والأضواء مطفأة", "أمام {n} شخصا",
         "بثمن كوب شاي", "رغم الحر", "قبل الشوط الثاني", "بفضل المتطوعين", "بعيدا عن الكاميرات", "بغيتار مستعار",
         "عند البوابة {n}", "تحت الجسر", "مع قهوة باردة", "والنوافذ مفتوحة", "في منتصف الصيف", "من غير تفسير"),
        ("ما رأيكم؟", "هذا الصباح!", "وكنت هناك.", "الصور لاحقا.", "من شاهد ذلك؟", "بلا ندم.", "للحديث بقية.",
         "اسألوا أخي.", "هذا كل شيء.", "تصبحون على خير.", "يستحق كل دقيقة.", "والأسبوع القادم؟", "كونوا لطفاء.",
         "شكرا للجميع.", "مرة بعد مرة.", "حتى الساعة {n}.", "لا تنسوا.", "الحمد لله."),
    ),
    "he": (
        ("האמת,", "לדעתי", "עדיין לא מאמין ש", "אחותי אומרת ש", "כל כך שמח ש", "תזכורת:", "שמישהו יסביר למה",
         "בלי צחוק,", "השכן נשבע ש", "קמתי וראיתי ש", "בעבודה אומרים ש", "מצחיק איך", "הלוואי שידעתי ש",
         "בפעם השלישית:", "אחרי שנים", "אמרתי לכם ש", "בקיצור,", "שמעתי היום ש"),
        ("העונה החדשה", "הקבוצה שלנו", "השופט ההוא", "שוק סוף השבוע", "המאפייה בפינה", "ספריית העיר",
         "האצטדיון הישן", "המתכון הזה", "רכבת הלילה", "הצגת בית הספר", "המוזיאון הקטן", "הריאיון ההוא",
         "הפרק השני", "המשחק האחרון", "תערוכת הציור", "המתופף הצעיר", "התור לכרטיסים", "הגינה של השכנים"),
        ("הצחיק את כולם", "היה טוב מהצפוי", "הפתיע חצי רחוב", "שווה את ההמתנה", "השאיר אותי ער עד שתיים",
         "צריך יותר תשומת לב", "השאיר אותי בלי מילים", "נגמר מוקדם מדי", "ראוי להזדמנות שנייה",
         "שינה לי את התוכניות", "היה כמו חלום", "נראה עייף", "התמלא תוך {n} דקות", "שבר את השיא של עצמו",
         "ריגש את אבא שלי", "הפסיד {n} נקודות", "התקלקל שוב", "כבש את כולנו"),
        ("אחרי כל השמועות", "מול ההורים שלי", "אפילו בגשם", "בלי אף חזרה", "כשהאורות כבו", "מול {n} אנשים",
         "במחיר של כוס תה", "למרות החום", "לפני המחצית השנייה", "בזכות המתנדבים", "רחוק מהמצלמות",
         "עם גיטרה מושאלת", "ליד שער {n}", "מתחת לגשר", "עם קפה קר", "בחלונות פתוחים", "באמצע הקיץ", "בלי הסבר"),
        ("מה דעתכם?", "הבוקר!", "ואני הייתי שם.", "תמונות בהמשך.", "מי עוד ראה?", "בלי חרטות.", "המשך יבוא.",
         "תשאלו את אחי.", "זה הכול.", "לילה טוב.", "שווה כל דקה.", "גם בשבוע הבא?", "תהיו נחמדים.", "תודה לכולם.",
         "שוב ושוב.", "עד שעה {n}.", "אל תשכחו.", "ברוך השם."),
    ),
}  # fmt: skip

JOINTS: Mapping[str, Sequence[str]] = {
    "en": ("and", "but", "while", "just as", "whereas", "so"),
    "fa": ("و", "ولی", "در حالی که", "همان‌طور که", "اما"),
    "ar": ("بينما", "لكن", "كما أن", "غير أن", "في حين أن"),
    "he": ("וגם", "אבל", "ובינתיים", "כמו ש", "אלא ש"),
}

GREETINGS: Mapping[str, Sequence[str]] = {
    "en": ("good morning everyone, have a lovely and peaceful day", "thank you all so much for the birthday wishes"),
    "fa": ("صبح همگی بخیر، روز خوب و آرامی داشته باشید", "ممنون از همهٔ دوستان برای تبریک تولد"),
    "ar": ("صباح الخير للجميع، يوم سعيد وهادئ لكم", "شكرا لكم جميعا على تهنئة عيد الميلاد"),
    "he": ("בוקר טוב לכולם ושיהיה לכם יום נעים ושקט", "תודה רבה לכולם על האיחולים ליום ההולדת"),
}
"""What everybody writes: identical posts that prove nothing."""

HEADLINES: Sequence[Sequence[str]] = (
    ("Storm", "Fire", "Power cut", "Strike", "Flood warning", "Rail fault", "Long queue", "Record heat", "Search",
     "Court ruling", "Water leak", "Rescue"),
    ("in Port Elsmarrow", "near Tamarind Bay", "on the Corran line", "in Upper Velling", "at Dunmarrow airport",
     "across the Sable valley", "in the old quarter of Mirren", "on Halden bridge", "in Ostrel Cove"),
    ("leaves {n} hurt", "closes {n} schools", "stops trains until noon", "surprises residents",
     "is over after {n} hours", "costs {n} million", "enters day {n}", "draws hundreds of helpers"),
)  # fmt: skip

ATTACK: Mapping[str, Sequence[Sequence[str]]] = {
    "en": (
        ("@{t} has hidden the real figures from all of us", "@{t} takes public money and gives nothing back",
         "nobody at @{t} wants to answer a simple question", "for years @{t} has promised repairs and done nothing",
         "the board of @{t} meets behind closed doors", "@{t} sells what belongs to the whole town"),
        ("while families pay the bill every month,", "and the papers look the other way,", "so stop the funding now,",
         "this has to end before the summer,", "it is time to close it down,", "and they laugh about it in private,"),
        ("share this before they delete it!", "who is with us?", "everybody has to know.", "we will not be silent.",
         "tell your friends today.", "the town deserves better."),
    ),
    "fa": (
        ("@{t} آمار واقعی را از همهٔ ما پنهان کرده است", "@{t} پول مردم را می‌گیرد و هیچ پس نمی‌دهد",
         "هیچ‌کس در @{t} نمی‌خواهد به یک سؤال ساده جواب بدهد", "سال‌هاست که @{t} وعدهٔ تعمیر می‌دهد و کاری نمی‌کند",
         "مدیران @{t} پشت درهای بسته تصمیم می‌گیرند", "@{t} دارایی همهٔ شهر را می‌فروشد"),
        ("در حالی که خانواده‌ها هر ماه هزینه‌اش را می‌دهند،", "و روزنامه‌ها هم چیزی نمی‌نویسند،",
         "پس بودجه‌اش را قطع کنید،", "این وضع باید پیش از تابستان تمام شود،", "وقت آن است که درش را ببندند،",
         "و در خلوت به ما می‌خندند،"),
        ("پیش از آنکه پاک کنند پخش کنید!", "چه کسی با ماست؟", "همه باید بدانند.", "ما ساکت نمی‌مانیم.",
         "همین امروز به دوستانتان بگویید.", "حق این شهر بیش از این است."),
    ),
    "ar": (
        ("@{t} تخفي الأرقام الحقيقية عنا جميعا", "@{t} تأخذ مال الناس ولا تعيد شيئا",
         "لا أحد في @{t} يريد أن يجيب عن سؤال بسيط", "منذ سنوات تعد @{t} بالإصلاح ولا تفعل شيئا",
         "مجلس @{t} يجتمع خلف أبواب مغلقة", "@{t} تبيع ما تملكه المدينة كلها"),
        ("والعائلات تدفع الثمن كل شهر،", "والصحف تنظر إلى الجهة الأخرى،", "فأوقفوا التمويل الآن،",
         "يجب أن ينتهي هذا قبل الصيف،", "حان وقت إغلاقها،", "ويضحكون علينا في السر،"),
        ("انشروا قبل الحذف!", "من معنا؟", "يجب أن يعرف الجميع.", "لن نسكت.", "أخبروا أصدقاءكم اليوم.",
         "المدينة تستحق أفضل."),
    ),
    "he": (
        ("@{t} מסתירה מכולנו את המספרים האמיתיים", "@{t} לוקחת כסף ציבורי ולא מחזירה דבר",
         "אף אחד ב @{t} לא רוצה לענות על שאלה פשוטה", "כבר שנים @{t} מבטיחה תיקונים ולא עושה כלום",
         "ההנהלה של @{t} נפגשת מאחורי דלתיים סגורות", "@{t} מוכרת את מה ששייך לכל העיר"),
        ("והמשפחות משלמות כל חודש,", "והעיתונים מסתכלים הצידה,", "אז תעצרו את המימון עכשיו,",
         "זה חייב להיגמר לפני הקיץ,", "הגיע הזמן לסגור את זה,", "וצוחקים עלינו בחדרים,"),
        ("שתפו לפני שימחקו!", "מי איתנו?", "כולם צריכים לדעת.", "לא נשתוק.", "ספרו לחברים היום.",
         "לעיר מגיע יותר."),
    ),
}  # fmt: skip

SWAPS: Mapping[str, Sequence[tuple[str, str]]] = {
    "en": (("everybody", "everyone"), ("town", "city"), ("real", "true"), ("now", "today"), ("simple", "plain"),
           ("money", "funds"), ("has", "had"), ("share", "spread"), ("the", "this")),
    "fa": (("همهٔ", "تمام"), ("مردم", "ملت"), ("ساده", "کوتاه"), ("پخش", "منتشر"), ("شهر", "مملکت"), ("پول", "سرمایهٔ"),
           ("این", "آن"), ("همه", "مردم")),
    "ar": (("الجميع", "الكل"), ("المدينة", "البلدة"), ("الآن", "اليوم"), ("مال", "أموال"), ("من", "فمن")),
    "he": (("כולם", "כל אחד"), ("העיר", "היישוב"), ("עכשיו", "היום"), ("כסף", "הון"), ("מי", "ומי")),
}  # fmt: skip
EMOJI = ("🔥", "‼️", "🙏", "✊", "📢", "👇", "💔", "⚠️")
ARABIC_FORMS = str.maketrans({"ی": "ي", "ک": "ك"})


def fandom_tag(fandom: int) -> str:
    """Hashtag of a fandom."""
    number = fandom // len(FANDOMS)
    return FANDOMS[fandom % len(FANDOMS)][1] + (str(number + 1) if number else "")


def _compose(lists: Sequence[Sequence[str]], dice: Dice, n: int) -> list[str]:
    """``n`` rows of phrases, one from each list, with the numbers filled in."""
    columns = [np.array(phrases, dtype=object)[dice.below(len(phrases), n)] for phrases in lists]
    numbers = dice.below(96, n) + 2
    rows = zip(*columns, numbers.tolist(), strict=True)
    return [" ".join(row[:-1]).replace("{n}", str(row[-1])) for row in rows]


def _by_language(lang: Ints, table: Mapping[str, Sequence[Sequence[str]]], dice: Dice) -> Things:
    texts = np.empty(len(lang), dtype=object)
    for code, language in enumerate(LANGUAGES):
        here = np.flatnonzero(lang == code)
        texts[here] = _compose(table[language], dice, len(here))
    return texts


def sentences(lang: Ints, dice: Dice) -> Things:
    """One sentence of two clauses for each language code (position in `LANGUAGES`)."""
    table = {
        language: (opening, subject, verb, circumstance, JOINTS[language], subject, verb, closing)
        for language, (opening, subject, verb, circumstance, closing) in PHRASES.items()
    }
    return _by_language(lang, table, dice)


def greetings(lang: Ints, dice: Dice) -> Things:
    """One common greeting for each language code."""
    return _by_language(lang, {language: [texts] for language, texts in GREETINGS.items()}, dice)


def headlines(n: int, dice: Dice) -> Things:
    """``n`` English news headlines."""
    return np.array(_compose(HEADLINES, dice, n), dtype=object)


def attack_texts(n: int, lang: str, target: str | None, dice: Dice) -> list[str]:
    """``n`` texts for a group to copy from: against the target, or about nothing in particular."""
    if target is None:
        return list(sentences(np.full(n, LANGUAGES.index(lang)), dice))
    return [text.replace("{t}", target) for text in _compose(ATTACK[lang], dice, n)]


def vary(text: str, lang: str, how: int) -> str:
    """A near-identical copy.

    Args:
        text: What is copied.
        lang: Its language.
        how: 0 to 3: as it is; 4: other words; 5: an emoji; 6: hidden characters or other forms of the letters; 7: a
            word left out. Higher numbers choose among words and emoji.

    Example:
        >>> vary("we tell the town now", "en", 20)
        'we tell the town today'
    """
    way, variant = how % 8, how // 8
    words = text.split(" ")
    if way == 4:
        return _swap(words, lang, variant)
    if way == 5:
        return f"{text} {EMOJI[variant % len(EMOJI)]}"
    if way == 6:
        return _disguise(text, lang, variant)
    if way == 7:
        droppable = [i for i, word in enumerate(words) if not word.startswith(("@", "#")) and len(word) <= 4]
        gone = droppable[variant % len(droppable)] if droppable else len(words)
        return " ".join(words[:gone] + words[gone + 1 :])
    return text


def _swap(words: Sequence[str], lang: str, variant: int) -> str:
    """Change one or two of the words that have a substitute."""
    options = [(i, new) for i, word in enumerate(words) for old, new in SWAPS[lang] if word == old]
    changed = list(words)
    start = variant % max(1, len(options))
    for i, new in (options[start:] + options)[: 1 + variant % 2]:
        changed[i] = new
    return " ".join(changed)


def _disguise(text: str, lang: str, variant: int) -> str:
    """Hidden characters: the words look the same, but a computer that compares letters sees others."""
    if lang == "fa" and variant % 2:
        return text.translate(ARABIC_FORMS)
    if lang == "fa":
        return text.replace("\u200c", " " if variant % 4 else "")
    head, _, tail = text.partition(" ")
    return f"{head} \u200b{tail}" if variant % 2 else f"{head}  {tail}"
