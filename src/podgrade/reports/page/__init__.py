"""Pages of one file: no network, no script, English and Korean in one switch.

`render` fills a template that extends base.html.j2. Whatever is put in is text, never markup.
"""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Iterable, Sequence
from functools import cache
from importlib.resources import files
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup, escape

from podgrade.locale import LANGUAGES, in_language
from podgrade.model.text import Words
from podgrade.reports.safe import visible

_CODE = re.compile(r"`([^`\n]+)`")


_OWN_NAMES = {"en": "English", "ko": "한국어"}


def render(
    template: str,
    *,
    language: str,
    title: Words | str,
    style: str,
    languages: Sequence[str] = LANGUAGES,
    **values: Any,
) -> str:
    """The page as one HTML text; `language` is the one of `languages` that it shows at first.

    `style` is what the page's style sheet has besides that of every page.
    """
    whole = own("style.css") + style
    text = (
        _environment()
        .get_template(template)
        .render(
            language=language,
            languages=languages,
            own_names=_OWN_NAMES,
            title=title,
            style=whole,
            policy=policy(whole),
            **values,
        )
    )
    return text.rstrip() + "\n"


def policy(style: str) -> str:
    """The Content-Security-Policy: nothing is loaded, nothing runs, only our style applies."""
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode("ascii")
    return f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"


@cache
def own(name: str) -> str:
    """The text of a file beside the templates."""
    return files(__name__).joinpath(name).read_text(encoding="utf-8")


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("podgrade.reports", "page"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["both"] = both
    environment.filters["one"] = one
    environment.filters["code"] = code
    return environment


def one(words: Words | str, language: str) -> str:
    """The words in one language, harmless, as text to be escaped."""
    return visible(in_language(words, language)).strip()


def both(words: Words | str) -> Markup:
    """The words in every language, of which the switch shows one; `code` between backticks."""
    texts = {language: one(words, language) for language in LANGUAGES}
    if len(set(texts.values())) == 1:
        return code(texts["en"])
    return _joined(
        f'<span class="{language}" lang="{language}">{code(text)}</span>'
        for language, text in texts.items()
    )


def code(text: str) -> Markup:
    """Plain text as markup in which what stood between backticks is code."""
    parts = _CODE.split(text)
    return _joined(
        f"<code>{escape(part)}</code>" if number % 2 else escape(part)
        for number, part in enumerate(parts)
    )


def _joined(parts: Iterable[str]) -> Markup:
    """Parts that are markup already: Markup's own format and join take more than twice as long."""
    return Markup("".join(parts))  # noqa: S704
