"""Makes texts of strangers harmless: what came from a learner is shown, never obeyed."""

from __future__ import annotations

import json
import re
import unicodedata

# Control characters but line feed and tab, marks that turn the direction of writing,
# invisible separators and tags, halves of surrogate pairs, and what XML cannot hold.
_HARMFUL = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\xad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff"
    "\ufff9-\ufffb\ufffe\uffff\ud800-\udfff\U000e0000-\U000e0fff]"
)


def visible(text: str) -> str:
    """The text with every character that would act instead of showing written as an escape."""
    plain = unicodedata.normalize("NFC", text.replace("\r\n", "\n"))
    return _HARMFUL.sub(_escape, plain.expandtabs(4))


def bounded(text: str, longest: int) -> str:
    """At most so many characters of the text; an ellipsis says that there was more."""
    return text if len(text) <= longest else text[: longest - 1] + "…"


def encodable(text: str) -> str:
    """The text without halves of surrogate pairs, which UTF-8 cannot hold."""
    return text.encode("utf-8", "replace").decode("utf-8")


def escaped_json(text: str) -> str:
    """JSON in which every character that would act is written as an escape; it means the same."""
    return _HARMFUL.sub(lambda match: json.dumps(match.group())[1:-1], text)


def _escape(match: re.Match[str]) -> str:
    code = ord(match.group())
    if code < 0x100:
        return f"\\x{code:02x}"
    return f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"
