"""Tells what script a text is written in, and what language that alone decides."""

import re
from collections.abc import Sequence

#: The letters of each script, as ranges for a character class (Unicode blocks; for Han, kana and
#: Hangul those of everyday text).
_RANGES = {
    "Latin": "A-Za-z\u00aa\u00ba\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u024f\u1e00-\u1eff",
    "Cyrillic": "\u0400-\u052f\u1c80-\u1c8f",
    "Greek": "\u0370-\u03ff\u1f00-\u1fff",
    "Armenian": "\u0531-\u058f",
    "Hebrew": "\u05d0-\u05f2",
    "Arabic": "\u0620-\u064a\u066e-\u06d3\u0750-\u077f\u08a0-\u08c7\ufb50-\ufdfb\ufe70-\ufefc",
    "Thaana": "\u0780-\u07b1",
    "Devanagari": "\u0900-\u097f",
    "Bengali": "\u0980-\u09ff",
    "Gurmukhi": "\u0a00-\u0a7f",
    "Gujarati": "\u0a80-\u0aff",
    "Oriya": "\u0b00-\u0b7f",
    "Tamil": "\u0b80-\u0bff",
    "Telugu": "\u0c00-\u0c7f",
    "Kannada": "\u0c80-\u0cff",
    "Malayalam": "\u0d00-\u0d7f",
    "Sinhala": "\u0d80-\u0dff",
    "Thai": "\u0e00-\u0e7f",
    "Lao": "\u0e80-\u0eff",
    "Tibetan": "\u0f00-\u0fff",
    "Myanmar": "\u1000-\u109f",
    "Georgian": "\u10a0-\u10ff\u1c90-\u1cbf",
    "Ethiopic": "\u1200-\u139f",
    "Khmer": "\u1780-\u17ff",
    "Hangul": "\u1100-\u11ff\u3130-\u318f\uac00-\ud7af",
    "Kana": "\u3041-\u3096\u30a1-\u30fa\uff66-\uff9d",
    "Han": "\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff",
}
_LETTERS = {script: re.compile(f"[{ranges}]") for script, ranges in _RANGES.items()}

#: Languages of the scripts that (nearly) one language uses: first the one meant where nothing is
#: known, then those that a hint may name. Scripts that are not here decide nothing alone.
_LANGUAGES = {
    "Greek": ("el",),
    "Armenian": ("hy",),
    "Hebrew": ("he", "yi"),
    "Thaana": ("dv",),
    "Bengali": ("bn", "as"),
    "Gurmukhi": ("pa",),
    "Gujarati": ("gu",),
    "Oriya": ("or",),
    "Tamil": ("ta",),
    "Telugu": ("te",),
    "Kannada": ("kn",),
    "Malayalam": ("ml",),
    "Sinhala": ("si",),
    "Thai": ("th",),
    "Lao": ("lo",),
    "Tibetan": ("bo", "dz"),
    "Myanmar": ("my",),
    "Georgian": ("ka",),
    "Ethiopic": ("am", "ti"),
    "Khmer": ("km",),
    "Hangul": ("ko",),
}

#: Characters of everyday Chinese that only the one orthography has, pair by pair.
_SIMPLIFIED = frozenset(
    "们这说时为对发会学过还进开关国经动现见长问间东车马门电语书专业产亲从众优传价与亚亿仅伤伟"
    "储儿兰兴军农决减刘则创别办务劳势区医华协单卖卫历压县参双变号听员响团园围图场块报头审宽宾"
    "导将层属岁岛师带广庆应库张录态总战户执扩扬护担据换损数断无旧显术机权条来极构标树样桥检楼"
    "欢毕气汉济测满灾热爱状环疗监确离种积稳类约级纪线组结给统继续维网罗义习职联脑节苏药营获虑"
    "规视觉计认议记讲许论设访证评识诉词译试话该请诸调谈谢负贡财责败货质购贵费资赛赵轮软转较辆"
    "输边达运远连选邮郑释针钱银铁错闭闻阳阴阶际陆陈难韩页项顺须顾预领频题额风飞饭馆驻验鱼鲁鸡"
    "麦齐龙"
)
_TRADITIONAL = frozenset(
    "們這說時為對發會學過還進開關國經動現見長問間東車馬門電語書專業產親從眾優傳價與亞億僅傷偉"
    "儲兒蘭興軍農決減劉則創別辦務勞勢區醫華協單賣衛歷壓縣參雙變號聽員響團園圍圖場塊報頭審寬賓"
    "導將層屬歲島師帶廣慶應庫張錄態總戰戶執擴揚護擔據換損數斷無舊顯術機權條來極構標樹樣橋檢樓"
    "歡畢氣漢濟測滿災熱愛狀環療監確離種積穩類約級紀線組結給統繼續維網羅義習職聯腦節蘇藥營獲慮"
    "規視覺計認議記講許論設訪證評識訴詞譯試話該請諸調談謝負貢財責敗貨質購貴費資賽趙輪軟轉較輛"
    "輸邊達運遠連選郵鄭釋針錢銀鐵錯閉聞陽陰階際陸陳難韓頁項順須顧預領頻題額風飛飯館駐驗魚魯雞"
    "麥齊龍"
)

#: The least part of Japanese that is kana, however full of kanji it is.
_KANA_SHARE = 0.05
#: Japanese of more characters than this is never without kana.
_KANJI_ONLY = 40
#: East Asian characters say about as much as this many letters of an alphabet.
_LETTERS_PER_IDEOGRAPH = 3


def count_scripts(text: str) -> dict[str, int]:
    """The number of letters of each script in a text; scripts that do not occur are left out."""
    counts = {script: len(letters.findall(text)) for script, letters in _LETTERS.items()}
    return {script: count for script, count in counts.items() if count}


def language_of_script(text: str, hinted: Sequence[str]) -> tuple[str, float] | None:
    """The BCP-47 tag that a text's main script decides alone, and that script's share of letters.

    Args:
        text: any text; a thousand characters are enough.
        hinted: base languages (`yi`) believed likely; they choose where a script has several.

    Returns:
        None where the main script has many languages (Latin, Cyrillic, Arabic, Devanagari) or the
        text has no letters.
    """
    counts = count_scripts(text)
    if not counts:
        return None
    ideographs = counts.pop("Han", 0), counts.pop("Kana", 0)
    letters = sum(counts.values())
    main = max(counts, key=lambda script: counts[script], default="Han")
    han_and_kana = _LETTERS_PER_IDEOGRAPH * sum(ideographs)
    if han_and_kana > counts.get(main, 0):
        share = han_and_kana / (han_and_kana + letters)
        return _east_asian(text, *ideographs, hinted), share
    if main not in _LANGUAGES:
        return None
    return _hinted_or_first(_LANGUAGES[main], hinted), counts[main] / (letters + sum(ideographs))


def _hinted_or_first(languages: tuple[str, ...], hinted: Sequence[str]) -> str:
    return next((language for language in hinted if language in languages), languages[0])


def _east_asian(text: str, han: int, kana: int, hinted: Sequence[str]) -> str:
    if kana > _KANA_SHARE * (han + kana):
        return "ja"
    if not kana and han <= _KANJI_ONLY and _is_japanese(text, hinted):
        return "ja"
    simplified = sum(character in _SIMPLIFIED for character in text)
    traditional = sum(character in _TRADITIONAL for character in text)
    if simplified == traditional:
        return "zh"
    return "zh-CN" if simplified > traditional else "zh-TW"


def _is_japanese(text: str, hinted: Sequence[str]) -> bool:
    """Whether text without kana is Japanese: by what the national character sets hold.

    `駅` is in no Chinese one, `们` not in the Japanese one; where both hold all, hints decide.
    """
    characters = "".join(_LETTERS["Han"].findall(text))
    if not _holds("shift_jis", characters):
        return False
    chinese = _holds("gb2312", characters) or _holds("big5", characters)
    return not chinese or _hinted_or_first(("zh", "ja"), hinted) == "ja"


def _holds(encoding: str, characters: str) -> bool:
    try:
        characters.encode(encoding)
    except UnicodeEncodeError:
        return False
    return True
