"""In which code page the names in a ZIP are, where it does not say: those of Windows follow the packer's country.

Names are short, too short for libraries that guess the encoding of texts. But all names of a ZIP are in one code page,
and are names: letters that are in use, of one script. Each code page that can read all of them is judged by that.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from itertools import pairwise

from ganstudio.words import Refused

# Of two that read the names equally well, the first is taken.
CODE_PAGES = ("utf-8", "cp932", "gbk", "cp949", "big5", "cp850", "cp866", "cp852", "cp1252", "cp1251", "cp1250")
# The syllables that make up most of Korean; Chinese, read as Korean, gives others as often.
_HANGUL = (
    "이다는에가을의고하지한로를기사은시어도그자리인서아나정해일수대부보스라제전어니주구원동상들장있만우면소여으공것조무"
    "과연선성국세유비안신진마요치당생와중오경미방실트적용물불개했바문회관관래모학거화발내단각명위번말점출반분음남영집"
    "산노드입심강금배간민계후의양호저운돌식강박년최레데카크르파포피토티타터코키커초추차처책청천첫큰길꽃눈달땅별빛새손"
    "숲몸밤봄빵밥술옷잎집차칼컵콩풀흙힘색검흰빨파노초록불꽃얼음전기바위벌레독풀악룡강철페어리격투비행고스트땅사진그림"
    "고양개새말소돼닭고래곰여우토끼사람얼굴남녀배경원본훈련시험학습검증결과이미지폴더파일새폴더복사본"
)
_COMMON_HANGUL = frozenset(_HANGUL)


def code_page(names: Sequence[bytes], wanted: str = "") -> str:
    """The code page of these names, none of them ASCII: `wanted`, or where that is "" the likeliest of CODE_PAGES.

    Raises Refused for a `wanted` that is none, or does not fit.
    """
    if wanted:
        try:
            for name in names:
                name.decode(wanted)
        except (LookupError, UnicodeDecodeError):
            raise Refused("zip.names", wanted=wanted, known=", ".join(CODE_PAGES)) from None
        return wanted
    best, most = "cp850", float("-inf")  # which reads anything
    for page in CODE_PAGES:
        try:
            whole = [name.decode(page) for name in names]
        except UnicodeDecodeError:
            continue
        if page == "utf-8":  # hardly any name in another code page can be read as UTF-8
            return page
        read = sorted({part for name in whole for part in name.replace("\\", "/").split("/") if not part.isascii()})
        letters = [letter for part in read for letter in part if not letter.isascii()]
        judged = sum(_judged(letter, page) for letter in letters) / max(1, len(letters)) + _mixed(read)
        accented = sum(0xC0 <= ord(letter) < 0x180 for letter in letters)
        if accented > 0.7 * sum(letter.isalpha() for part in read for letter in part):
            judged -= 1  # no language writes its words with accents alone
        if judged > most + 1e-9:
            best, most = page, judged
    return best


def _judged(letter: str, page: str) -> float:
    """How likely a name of this code page has this letter, from -3 to 1."""
    point = ord(letter)
    if 0x3041 <= point <= 0x30FF or letter in "々〆ー・（）「」【】、。":
        return 1.0 if page == "cp932" else -1.0
    if 0xFF61 <= point <= 0xFF9F:  # half-width kana: nearly any byte reads as one
        return -1.5
    if 0xAC00 <= point <= 0xD7A3:
        return 1.0 if letter in _COMMON_HANGUL else 0.0 if _encodes(letter, "euc_kr") else -2.0
    if 0x4E00 <= point <= 0x9FFF:
        return _judged_hanzi(letter, page)
    if unicodedata.category(letter) in ("Ll", "Lu", "Lo") and page.startswith("cp") and page not in ("cp932", "cp949"):
        return 0.6 if point < 0x180 or page in ("cp866", "cp1251") else -0.5
    return -2.0  # boxes, symbols, letters of other scripts


def _judged_hanzi(letter: str, page: str) -> float:
    """Standards put the characters in daily use first, in blocks of their own."""
    code = letter.encode(page)
    lead, trail = code[0], code[-1]
    if page == "gbk":
        return (0.7 if lead <= 0xD7 else 0.2) if lead >= 0xB0 and trail >= 0xA1 else -1.5
    if page == "cp932":
        return 0.8 if 0x88 <= lead <= 0x98 else -0.5
    if page == "big5":
        return 0.65 if 0xA4 <= lead <= 0xC6 else -0.5
    return -0.5  # in Korean names there are few


def _encodes(letter: str, page: str) -> bool:
    try:
        letter.encode(page)
    except UnicodeEncodeError:
        return False
    return True


def _mixed(names: Sequence[str]) -> float:
    """What to take off, up to 1: for words that mix scripts, or capitals behind small letters, as misread ones do."""
    odd = count = 0
    for name in names:
        for before, letter in pairwise(name):
            if before.isascii() and letter.isascii():
                continue
            if not (before.isalpha() and letter.isalpha()):
                continue
            count += 1
            scripts = {unicodedata.name(each, "?").split()[0] for each in (before, letter)}
            japanese = scripts <= {"HIRAGANA", "KATAKANA", "KATAKANA-HIRAGANA", "CJK"}
            odd += (len(scripts) > 1 and not japanese) or (before.islower() and letter.isupper())
    return -odd / max(1, count)
