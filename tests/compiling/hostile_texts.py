"""Texts that are hard to take apart: what no training sample holds, and a service gets."""

from __future__ import annotations

__all__ = ["HOSTILE_TEXTS", "SENTENCES", "TRUTHS"]

SENTENCES = [
    "The card has not arrived, and I am still waiting for the card.",
    "My card was declined at the café; naïve of me to trust it!",
    "Exchange rates: is £1.50 for 3,000 yen a fair exchange?",
    "I can't see my top-up. I topped up yesterday, and again today.",
    "the the the the top top up up up",
    "Straße, STRASSE, ǅungla and İstanbul: cards lost while abroad",
    "снова карта не пришла, карта потеряна",
    "カードが届きません 卡 卡片 丢失 카드",
    "a I x y z 1 2 3 _ __ snake_case 42 4242",
    "How do I change my PIN? How do I change my name? How?",
    "e\u0301 cafe\u0301 co\u0308operate re\u0301sume\u0301",
    "card\tarrived\nwhile\r\nI was   away",
]
TRUTHS = [0, 1, 2, 1, 0, 2, 0, 1, 2, 1, 0, 2]
HOSTILE_TEXTS = [
    "",
    " ",
    "\n\t \r\n",
    "a",
    "?!",
    "\x00card\x00arrived\x00",
    "card\x1farrived\x7fcard\x85card\xa0card\u2028card\u200bcard",
    "İ İİ ΑΣ ΣΑΣ ß ẞ ﬁ ŉ ǰ card",
    "ǆ ǅ Ǆ ᾳ ᾼ ſ K Å card",
    "cafe\u0301 café CAFÉ Cafe\u0301\u0301\u0301",
    "\u0301\u0301 \u0301card c\u0301a\u0301r\u0301d\u0301",
    "\ud800 card \udfff\ud800 arrived",
    "card" + "\u0301" * 300,
    "𝐜𝐚𝐫𝐝 ｃａｒｄ ①②③ ½ ² x² ٣٤ ५",
    "👩‍👩‍👧 👍🏽 card 🇩🇪",
    "\u202ecard\u202c \ufeffcard \u00adcard soft\u00adhyphen",
    "card's card-arrived card_arrived card.arrived card,arrived",
    "card " * 90,
    "x" * 600,
    "the card has not arrived " * 40,
    "a b c d e f g h",
    "한국어 카드 \u1112\u1161\u11ab\u1100\u116e\u11a8",
    "\\b\\w+ (?P<x>) [card] $card^",
    "НЕ ПРИШЛА карта КАРТА",
    "  card  \u3000 card\u2003card  ",
]
