"""Writes the characters that look like ASCII as a table: ASCII on the left, its look-alikes on the right.

The look-alikes are those of ICU's spoof checker, which carries Unicode's confusables.txt (UTS #39). Only letters of the
scripts named below are listed, and none that NFKC changes: normalisation finds those without a table.

Run on a machine with ICU 72 (Unicode 15): python3 tools/confusables/confusables.py
"""
import ctypes
import ctypes.util
import sys
import unicodedata
from collections import defaultdict

ICU = 72
icu = ctypes.CDLL(f"libicui18n.so.{ICU}")
open_checker = getattr(icu, f"uspoof_open_{ICU}")
open_checker.restype = ctypes.c_void_p
get_skeleton = getattr(icu, f"uspoof_getSkeletonUTF8_{ICU}")
get_skeleton.argtypes = [
    ctypes.c_void_p, ctypes.c_uint32, ctypes.c_char_p, ctypes.c_int32, ctypes.c_char_p, ctypes.c_int32, ctypes.c_void_p,
]
status = ctypes.c_int(0)
checker = open_checker(ctypes.byref(status))


def skeleton(text):
    source = text.encode()
    target = ctypes.create_string_buffer(256)
    status.value = 0
    length = get_skeleton(checker, 0, source, len(source), target, 256, ctypes.byref(status))
    if status.value > 0:
        sys.exit(f"expected a skeleton of U+{ord(text):04X}, found ICU's error {status.value}")
    return target.raw[:length].decode()


ascii_of = defaultdict(list)
for code in range(0x21, 0x7F):
    ascii_of[skeleton(chr(code))].append(chr(code))


SCRIPTS = (
    "LATIN", "GREEK", "CYRILLIC", "ARMENIAN", "CHEROKEE", "COPTIC", "LISU", "CANADIAN", "DESERET", "OSAGE", "WARANG",
    "OLD ITALIC", "CARIAN", "LYCIAN", "LYDIAN", "TIFINAGH", "RUNIC", "ELBASAN", "CAUCASIAN", "MIAO", "GEORGIAN",
)


def chosen(candidates, character):
    """Of several letters that look the same, that of the same case: \u0406 is rather I than l."""
    is_upper = unicodedata.category(character) == "Lu"
    return next((each for each in candidates if each.isupper() == is_upper), candidates[0])


table = defaultdict(list)
for code in range(0x80, 0x20000):
    character = chr(code)
    if unicodedata.category(character)[0] != "L" or unicodedata.normalize("NFKC", character) != character:
        continue
    if not unicodedata.name(character, "").startswith(SCRIPTS):
        continue
    candidates = [each for each in ascii_of.get(skeleton(character), []) if each.isalpha()]
    if candidates:
        table[chosen(candidates, character)].append(character)

for letter in sorted(table):
    print(f"  '{letter}{''.join(table[letter])}',")
