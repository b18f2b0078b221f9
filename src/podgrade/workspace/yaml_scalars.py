"""What a YAML scalar means to kubectl.

kubectl reads YAML with sigs.k8s.io/yaml, which is go.yaml.in/yaml/v2: resolve.go there is the
source of every rule below. It is YAML 1.1 with Go's numbers: `y` and `on` are booleans,
`010` is 8 but `08` is the float 8, `12:30` and `2022-01-01` stay strings.
"""

from __future__ import annotations

import base64
import binascii
import math
import re
import struct
from collections.abc import Iterator
from decimal import Decimal

Scalar = str | int | float | bool | None

_PREFIX = "tag:yaml.org,2002:"
_WORDS: dict[str, Scalar] = {
    **dict.fromkeys(("y", "Y", "yes", "Yes", "YES", "true", "True", "TRUE"), True),
    **dict.fromkeys(("on", "On", "ON"), True),
    **dict.fromkeys(("n", "N", "no", "No", "NO", "false", "False", "FALSE"), False),
    **dict.fromkeys(("off", "Off", "OFF"), False),
    **dict.fromkeys(("", "~", "null", "Null", "NULL"), None),
    **dict.fromkeys((".nan", ".NaN", ".NAN"), math.nan),
    **dict.fromkeys((".inf", ".Inf", ".INF", "+.inf", "+.Inf", "+.INF"), math.inf),
    **dict.fromkeys(("-.inf", "-.Inf", "-.INF"), -math.inf),
}
_FLOAT = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?", re.ASCII)
_DOT_FLOAT = re.compile(r"\.[0-9](_?[0-9])*([eE][-+]?[0-9](_?[0-9])*)?", re.ASCII)
_TIMESTAMP = re.compile(r"[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}([Tt ].*)?", re.ASCII)
_INTEGER = re.compile(
    r"([-+]?)(?:0[xX]([0-9a-fA-F]+)|0[bB]([01]+)|0[oO]?([0-7]+)|(0|[1-9][0-9]*))", re.ASCII
)
_BASES = (16, 2, 8, 10)
_MOST_DIGITS = 64  # of a number of 64 bits in any of these bases


class ScalarError(ValueError):
    """A scalar that kubectl refuses: `problem` is a short code, `text` what was written."""

    def __init__(self, problem: str, text: object = "", kind: str = "") -> None:
        super().__init__(f"{problem}: {text} {kind}")
        self.problem, self.text, self.kind = problem, str(text), kind


def resolve(value: str, tag: str | None, *, plain: bool) -> Scalar:
    """The value of a scalar; `plain` says that it stands without quotes and without a tag.

    Raises ScalarError where the tag and the text do not fit together.
    """
    if not tag:
        return _plain(value) if plain else value
    return _tagged(value, tag.removeprefix(_PREFIX))


def _plain(text: str) -> Scalar:
    if text in _WORDS:
        return _WORDS[text]
    if text[0] in "+-0123456789":
        return _number(text.replace("_", ""), text)
    if text[0] == "." and _DOT_FLOAT.fullmatch(text):
        return _finite(text, text)
    return text


def _number(digits: str, text: str) -> Scalar:
    match = _INTEGER.fullmatch(digits)
    if match:
        number = _integer(match)
        if number is not None and not (match[1] == "+" and number >= 1 << 63):
            return number
    return _finite(digits, text) if _FLOAT.fullmatch(digits) else text


def _integer(match: re.Match[str]) -> int | None:
    """The number, or None where it does not fit into Go's int64 and uint64."""
    digits, base = next(
        (match[group], base) for group, base in enumerate(_BASES, 2) if match[group] is not None
    )
    digits = digits.lstrip("0") or "0"
    if len(digits) > _MOST_DIGITS:
        return None  # before it is converted: a million digits take their time
    number = int(digits, base) * (-1 if match[1] == "-" else 1)
    return number if -(1 << 63) <= number < (1 << 64) else None


def _finite(digits: str, text: str) -> Scalar:
    number = float(digits)
    # strconv.ParseFloat reports a number out of range, and then it stays a string
    return text if math.isinf(number) else number


def _tagged(value: str, tag: str) -> Scalar:
    if tag == "binary":
        return _binary(value)
    if tag == "timestamp" and not _TIMESTAMP.fullmatch(value):
        raise ScalarError("type", value, tag)
    if tag not in {"bool", "int", "float", "null"}:
        return value
    meant = _plain(value)
    if tag == "float" and type(meant) is int:
        return float(meant)
    if _tag_of(meant) != tag:
        raise ScalarError("type", value, tag)
    return meant


def _tag_of(value: Scalar) -> str:
    names = {bool: "bool", int: "int", float: "float", type(None): "null", str: "str"}
    return names[type(value)]


def _binary(value: str) -> str:
    try:
        data = base64.b64decode(value.replace("\n", "").replace("\r", ""), validate=True)
        return data.decode(errors="replace")
    except binascii.Error as error:
        raise ScalarError("type", value, "binary") from error


def for_json(value: Scalar) -> Scalar:
    """The number as kubectl writes it into JSON and reads it back: 1e3 is 1000.

    Raises ScalarError for what JSON cannot hold (`.inf`, `.nan`).
    """
    if isinstance(value, bool) or not isinstance(value, int | float):
        return value
    if isinstance(value, float) and not math.isfinite(value):
        raise ScalarError("number", value)
    number = float(value)
    if isinstance(value, int) and value < 1 << 63:
        return value
    return int(number) if number.is_integer() and abs(number) < 1e21 else number


def for_key(value: Scalar) -> str:
    """A mapping's key as kubectl turns it into a JSON key: `true` for `y`, `8` for `010`.

    Raises ScalarError for a null key.
    """
    if value is None:
        raise ScalarError("empty-key")
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int) and value >= 1 << 63:
        raise ScalarError("number", value)
    return _float_key(value) if isinstance(value, float) else str(value)


def _float_key(value: float) -> str:
    """As strconv.FormatFloat(value, 'g', -1, 32) has it: the shortest digits of a float32."""
    single = _single(value)
    if not math.isfinite(single):
        return ".nan" if math.isnan(single) else ".inf" if single > 0 else "-.inf"
    shortest = next(text for text in _roundings(single) if _single(float(text)) == single)
    mantissa, _, exponent = shortest.partition("e")
    if -4 <= int(exponent) < 6:
        return format(Decimal(shortest), "f")
    return f"{mantissa}e{exponent}"


def _roundings(value: float) -> Iterator[str]:
    return (f"{value:.{digits}e}" for digits in range(17))


def _single(value: float) -> float:
    try:
        return float(struct.unpack("f", struct.pack("f", value))[0])
    except OverflowError:
        return math.copysign(math.inf, value)
