"""Marks that stand for one thing each, and bars, as HTML and styles written on the server: they need no script to be drawn.

A mark is told by its shape, never by its colour alone; what it stands for is said by the link around it. Streamlit takes
SVG out of a page's own HTML, so that shapes stand in the page's style sheet as pictures.
"""

from __future__ import annotations

from collections.abc import Mapping
from html import escape
from typing import Final
from urllib.parse import quote

from svdash.theme import ACCENT, ATTENTION, QUIET

_RING: Final = f'<circle cx="12" cy="12" r="8.5" fill="#fff" stroke="{ACCENT}" stroke-width="1.6"/>'
_SHAPES: Final = {
    "complete": f'<circle cx="12" cy="12" r="9.3" fill="{ACCENT}"/>',
    "substantial": f'{_RING}<path d="M12 3.5a8.5 8.5 0 0 0 0 17z" fill="{ACCENT}"/>',
    "limited": f'{_RING}<path d="M12 12V3.5a8.5 8.5 0 0 1 8.5 8.5z" fill="{ACCENT}"/>',
    "not-started": _RING,
    "no-evidence": f'<path d="M4 12h16" stroke="{QUIET}" stroke-width="2.4"/>',
    "gap": f'<rect x="4" y="4" width="16" height="16" fill="{ACCENT}"/>',
    "even": f'<rect x="4.8" y="4.8" width="14.4" height="14.4" fill="#fff" stroke="{ACCENT}" stroke-width="1.6"/>',
    "unknown": f'<text x="12" y="18" text-anchor="middle" font-family="Arial" font-size="17" fill="{QUIET}">?</text>',
    "apart": f'<path d="M5 12h14" stroke="{QUIET}" stroke-width="2.4"/>',
    "better": f'<path d="M12 4l8.5 15h-17z" fill="{ACCENT}"/>',
    "worse": f'<path d="M12 20L3.5 5h17z" fill="{ATTENTION}" stroke="{ACCENT}" stroke-width="1.6"/>',
    "open": f'<path d="M12 4l8 8-8 8-8-8z" fill="#fff" stroke="{QUIET}" stroke-width="1.6"/>',
    "untold": f'<path d="M5 12h14" stroke="{QUIET}" stroke-width="2.4"/>',
    "late": f'<circle cx="12" cy="12" r="7" fill="{ATTENTION}"/>',
}
OPEN: Final = "open"


def picture(drawn: str) -> str:
    """Return an SVG as the address of a picture."""
    return f"data:image/svg+xml,{quote(drawn, safe=' =:/,')}"


def _style(name: str, shape: str) -> str:
    # Apostrophes, since the address stands in quotation marks.
    drawn = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 24 24">{shape}</svg>'.replace('"', "'")
    return f'.sv-m-{name} {{ background-image:url("{picture(drawn)}"); }}'


# A mark is as large as what stands around it says. Browsers leave backgrounds out of print unless they are told not to.
STYLE: Final = "\n".join(
    [
        "<style>",
        ".sv-m { display:inline-block; width:1em; height:1em; flex:none; position:relative; }",
        ".sv-m, .sv-m::after { background:no-repeat center/contain; print-color-adjust:exact; forced-color-adjust:none; }",
        '.sv-m-overdue::after { content:""; position:absolute; top:0; right:-6%; width:36%; height:36%; }',
        f".sv-m-overdue::after {{ border-radius:50%; background:{ATTENTION}; box-shadow:0 0 0 1.5px #fff; }}",
        *(_style(name, shape) for name, shape in _SHAPES.items()),
        "</style>",
    ]
)


def shape_of(name: str) -> str:
    """Return the shape that a mark of this name is drawn as: names without one of their own are open."""
    return name if name in _SHAPES else OPEN


def mark(name: str, *, late: bool = False) -> str:
    """Return a mark: a step of delivery, a gap, or which way a measure leans; ``late`` adds an orange point."""
    return f'<i class="sv-m sv-m-{shape_of(name)}{" sv-m-overdue" if late else ""}" aria-hidden="true"></i>'


def bar(share: float, against: float, most: float, *, spoken_of: bool) -> str:
    """Return a bar with a line across it to compare with, all in percent; a bar as long as ``most`` has the whole width."""
    wide, line = (100 * value / most if most else 0.0 for value in (share, against))
    kind = " sv-spoken" if spoken_of else ""
    return (
        f'<span class="sv-bar"><i class="sv-long{kind}" style="width:{wide:.1f}%"></i>'
        f'<i class="sv-against" style="left:{line:.1f}%"></i></span>'
    )


def legend(entries: Mapping[str, str]) -> str:
    """Return what each mark means, by its name, as a line of words."""
    return f'<ul class="sv-key">{"".join(f"<li>{mark(name)}{escape(meaning)}</li>" for name, meaning in entries.items())}</ul>'
