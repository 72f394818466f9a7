"""The look, set once: palette of the Government Analysis Function, type and styles; Altair's theme made of it stands in drawings."""

from __future__ import annotations

from typing import Final

ACCENT: Final = "#12436D"
ATTENTION: Final = "#F46A25"
REST: Final = "#BFBFBF"
INK: Final = "#1A1F26"
QUIET: Final = "#545B64"
BAND: Final = "#C9D5E1"
FONT: Final = "Source Sans, Source Sans Pro, Arial, sans-serif"
TEXT: Final = 14

# What our own small pieces of HTML look like. Of Streamlit's markup only its documented `data-testid` and key classes are
# named; tests/browser/test_chrome.py fails once one of them is gone.
STYLE: Final = f"""<style>
[data-testid=stHeader], [data-testid=stToolbar] {{ height:48px; min-height:48px; }}
[data-testid=stHeaderLogo] {{ height:40px; max-width:calc(100vw - 88px); margin:0; }}
[data-testid=stMainBlockContainer] {{ padding:48px 24px 40px 24px; }}
[data-testid=stMainBlockContainer] > [data-testid=stVerticalBlock] {{ gap:8px; }}
[class*=st-key-sv-line-] [data-testid=stSelectbox] {{ display:flex; align-items:center; height:34px; border:1px solid #8A929B; border-radius:4px; background:#F4F6F8; }}
[class*=st-key-sv-line-] [data-testid=stSelectbox]:focus-within {{ outline:2px solid {ACCENT}; }}
[class*=st-key-sv-line-] [data-testid=stSelectbox] > label {{ margin:0; padding:0 0 0 8px; min-height:24px; flex:none; gap:4px; color:{QUIET}; }}
[class*=st-key-sv-line-] [data-testid=stSelectbox] > div {{ flex:1; min-width:0; }}
[class*=st-key-sv-line-] [data-testid=stSelectbox] [role=group] {{ border-color:transparent; background:transparent; height:32px; min-height:32px; }}
[class*=st-key-sv-line-] [data-testid=stSelectbox] input {{ padding:0 0 0 8px; font-weight:600; text-overflow:ellipsis; }}
[class*=st-key-sv-line-] [data-testid=stTextInputRootElement], [class*=st-key-sv-line-] [data-testid=stPopoverButton], [class*=st-key-sv-line-] [data-testid=stButton] button {{ height:34px; min-height:34px; padding:0 8px; }}
[class*=st-key-sv-line-] [data-testid=stButtonGroup] [role=radio] {{ padding:0 9px; height:32px; min-height:32px; }}
[data-testid=stCaptionContainer], [data-testid=stCaptionContainer] p {{ color:{QUIET}; opacity:1; }}
[data-testid=stTooltipIcon] button {{ min-width:24px; min-height:24px; }}
[data-testid=stPageLink-NavLink] p {{ color:{ACCENT}; text-decoration:underline; }}
[data-testid=stPopoverBody] [data-testid=stCode] div:has([data-testid=stElementToolbarButton]) {{ opacity:1; transform:none; visibility:visible; }}
.sv-view {{ position:absolute; width:1px; height:1px; overflow:hidden; clip-path:inset(50%); margin:0; }}
.sv-opening {{ margin-bottom:-8px; display:flex; flex-wrap:wrap; align-items:baseline; justify-content:space-between; gap:0 24px; }}
.sv-ribbon {{ color:{INK}; font-size:0.875rem; line-height:18px; margin:0; padding:0 8px; border:2px dashed {QUIET}; border-radius:4px; }}
.sv-question {{ color:{QUIET}; font-size:0.875rem; line-height:1.5; margin:0; }}
.sv-answer {{ font-size:1.75rem; font-weight:700; line-height:1.15; margin:0 0 -6px 0; padding:0; color:{INK}; }}
@media (min-width:1700px) {{
.sv-answer {{ font-size:2.25rem; }}
.st-key-sv-line-filters {{ position:fixed; top:6px; right:24px; width:auto; z-index:999991; }}
}}
@media (max-width:640px) {{ .sv-answer {{ font-size:1.375rem; }} [data-testid=stMainBlockContainer] {{ padding-left:16px; padding-right:16px; }} }}
.sv-head {{ font-size:1.375rem; font-weight:600; line-height:1.25; padding:0; margin:8px 0 0 0; color:{INK}; }}
.sv-sub {{ color:{QUIET}; font-size:0.875rem; line-height:1.45; margin:4px 0; }}
.sv-said {{ font-size:1rem; line-height:1.5; margin:6px 0; color:{INK}; max-width:80ch; }}
.sv-tile {{ border:1px solid #D5DAE0; border-radius:8px; padding:10px 14px; min-height:118px; display:flex; flex-direction:column; }}
.sv-tile span {{ font-size:1rem; color:{INK}; }}
.sv-tile strong {{ font-size:2rem; line-height:1.2; font-weight:600; color:{ACCENT}; font-variant-numeric:tabular-nums; }}
.sv-tile small {{ font-size:0.875rem; color:{QUIET}; }}
.sv-meta {{ color:{QUIET}; font-size:0.875rem; line-height:24px; display:flex; flex-wrap:wrap; align-items:baseline; margin:4px 0 0 0; }}
.sv-meta .sv-dot {{ margin:0 6px; }}
.sv-meta a {{ color:{ACCENT}; text-decoration:underline; display:inline-block; min-height:24px; }}
.sv-meta summary {{ color:{ACCENT}; text-decoration:underline; cursor:pointer; display:inline-block; min-height:24px; }}
.sv-meta details {{ display:inline-block; }}
.sv-meta details[open] {{ flex-basis:100%; order:1; max-width:100%; border-left:2px solid {REST}; padding-left:12px; margin:4px 0; }}
.sv-meta details > p, .sv-meta details > ul {{ max-width:80ch; }}
.sv-table {{ color:{INK}; }}
.sv-scroll {{ overflow-x:auto; }}
.sv-table table {{ border-collapse:collapse; font-size:1rem; line-height:1.3; font-variant-numeric:tabular-nums; }}
.sv-table th {{ text-align:left; vertical-align:bottom; font-weight:600; font-size:0.875rem; color:{QUIET}; padding:4px 16px 4px 0; border-bottom:1px solid {QUIET}; }}
.sv-table td {{ vertical-align:top; padding:7px 16px 7px 0; border-bottom:1px solid #E3E7EB; }}
.sv-table th.sv-number, .sv-table td.sv-number {{ text-align:right; white-space:nowrap; }}
.sv-table th.sv-number {{ white-space:normal; }}
.sv-table td.sv-short {{ white-space:nowrap; }}
.sv-table a {{ color:{ACCENT}; text-decoration:underline; }}
.sv-table:not(:has(input:checked)) .sv-more {{ display:none; }}
.sv-columns {{ display:inline-flex; align-items:center; gap:6px; min-height:24px; font-size:0.875rem; cursor:pointer; }}
.sv-columns input {{ width:18px; height:18px; margin:0; }}
.sv-below {{ margin-bottom:8px; }}
.sv-unseen {{ position:absolute; width:1px; height:1px; overflow:hidden; clip-path:inset(50%); white-space:nowrap; }}
.sv-status {{ display:inline-block; line-height:1.3; border:1px solid {QUIET}; border-radius:4px; padding:1px 7px; color:{INK}; }}
.sv-status.illustrative {{ border:2px dashed {QUIET}; }}
.sv-band {{ background:#F4F6F8; border-left:6px solid {REST}; padding:10px 14px; color:{INK}; }}
.sv-facts {{ border-collapse:collapse; width:100%; font-size:1rem; }}
.sv-facts th {{ text-align:left; font-weight:600; vertical-align:top; width:38%; padding:5px 12px 5px 0; color:{QUIET}; }}
.sv-facts td {{ vertical-align:top; padding:5px 0; }}
.sv-facts tr {{ border-bottom:1px solid #E3E7EB; }}
.sv-legend {{ list-style:none; display:flex; flex-wrap:wrap; gap:4px 18px; padding:0; margin:0; font-size:0.875rem; color:{INK}; }}
.sv-legend li {{ display:flex; align-items:center; gap:6px; }}
.sv-swatch {{ display:inline-block; width:18px; height:14px; border:1px solid #6B727A; }}
.sv-crossed {{ border-collapse:collapse; font-size:0.875rem; color:{INK}; margin:0 0 6px 0; }}
.sv-crossed th {{ white-space:nowrap; font-weight:400; padding:2px 10px 2px 0; text-align:left; }}
.sv-crossed tbody td {{ width:110px; height:24px; border:1px solid #6B727A; }}
.sv-time {{ border-left:2px solid {REST}; margin:4px 0 0 6px; padding:0 0 0 16px; list-style:none; }}
.sv-time li {{ margin:0 0 12px 0; }}
.sv-time small {{ color:{QUIET}; font-size:0.875rem; }}
@media print {{
@page {{ size:A4 landscape; margin:10mm; }}
[data-testid=stHeader], [class*=st-key-sv-line-] [data-testid=stPopover], [data-testid=stPageLink], .sv-columns {{ display:none; }}
[data-testid=stMainBlockContainer] {{ padding:0; }}
.sv-view {{ position:static; width:auto; height:auto; clip-path:none; font-size:0.875rem; }}
.sv-scroll {{ overflow:visible; }}
.sv-table table {{ width:100%; font-size:0.875rem; }}
.sv-table td, .sv-table th, .sv-table th.sv-number, .sv-table td.sv-number, .sv-table td.sv-short {{ white-space:normal; overflow-wrap:anywhere; }}
.sv-finding, .sv-tile, .sv-table tr {{ break-inside:avoid; }}
}}
</style>"""
