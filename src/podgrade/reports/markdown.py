"""Renders Markdown of a pack as HTML that nothing can be smuggled into."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from html import escape

from markdown_it import MarkdownIt
from markdown_it.renderer import RendererHTML
from markdown_it.token import Token
from markdown_it.utils import EnvType, OptionsDict

PROMPT = "$ "


def html_of(markdown: str) -> str:
    """The Markdown as HTML: HTML in it is shown as text, links with a script in them, too.

    Pictures are not among what is understood: a page of one file could not show them.
    """
    return str(_parser().render(markdown))


@cache
def _parser() -> MarkdownIt:
    parser = MarkdownIt("commonmark", {"html": False}, renderer_cls=_Renderer)
    return parser.enable("table").disable("image")


class _Renderer(RendererHTML):
    """Tables and code that can be scrolled with the keyboard, and consoles to copy from."""

    def table_open(self, *_: object) -> str:
        return '<div class="table" tabindex="0"><table>\n'

    def table_close(self, *_: object) -> str:
        return "</table></div>\n"

    def th_open(self, *_: object) -> str:
        return '<th scope="col">'

    def code_inline(
        self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: EnvType
    ) -> str:
        """A path may be broken after its slashes, so that a table of paths stays narrow."""
        del options, env
        return f"<code>{escape(tokens[idx].content).replace('/', '/<wbr>')}</code>"

    def fence(self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: EnvType) -> str:
        """A prompt is not copied with its command."""
        del options, env
        token = tokens[idx]
        lines = token.content.splitlines()
        if token.info.strip() == "console":
            lines = [_command(line) for line in lines]
        else:
            lines = [escape(line) for line in lines]
        return '<pre tabindex="0"><code>' + "\n".join(lines) + "\n</code></pre>\n"


def _command(line: str) -> str:
    if not line.startswith(PROMPT):
        return escape(line)
    command = escape(line.removeprefix(PROMPT))
    return f'<span class="prompt">{PROMPT}</span><kbd>{command}</kbd>'
