"""The names of the outputs, without importing any."""

from __future__ import annotations

FORMS = {
    "text": "plain",
    "json": "json",
    "html": "html",
    "junit": "junit",
    "csv": "csv",
    "github": "github",
    "summary": "summary",
    "classroom": "classroom",
    "gradescope": "gradescope",
    "prairielearn": "prairielearn",
}
"""Name of an output, as `--format` takes it → its module, which has a function `render`."""
