"""The look, set once: palette of the Government Analysis Function, type and styles; Altair's theme made of it stands in drawings."""

from __future__ import annotations

from typing import Final

ACCENT: Final = "#12436D"
ATTENTION: Final = "#F46A25"
# The same as text, dark enough to be read on white.
LATE: Final = "#A83C00"
REST: Final = "#BFBFBF"
INK: Final = "#1A1F26"
QUIET: Final = "#545B64"
BAND: Final = "#C9D5E1"
FONT: Final = "Source Sans, Source Sans Pro, Arial, sans-serif"
TEXT: Final = 14

# Written over everything that nobody agreed to, so that a picture of the screen and a print say so too.
_WATERMARK: Final = (
    "data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' width='440' height='260'%3E%3Ctext x='220' y='130' "
    "transform='rotate(-24 220 130)' text-anchor='middle' font-family='Arial' font-size='24' font-weight='700' "
    "fill='%23801650' fill-opacity='.14'%3EPROTOTYPE, NOT AGREED%3C/text%3E%3C/svg%3E"
)

# Rules for narrow and for wide screens are for screens: a browser asks them before it knows that the sheet lies across, so that
# a print would follow those of a phone. What our own small pieces of HTML look like. Of Streamlit's markup only its documented `data-testid` and key classes are
# named; tests/browser/test_chrome.py fails once one of them is gone.
STYLE: Final = f"""<style>
[data-testid=stHeader], [data-testid=stToolbar] {{ height:48px; min-height:48px; }}
[data-testid=stHeaderLogo] {{ height:40px; max-width:calc(100vw - 88px); margin:0; }}
[data-testid=stMainBlockContainer] {{ padding:48px 24px 4px 24px; }}
[data-testid=stMainBlockContainer] > [data-testid=stVerticalBlock] {{ gap:8px; }}
[class*=st-key-sv-line-] [data-testid=stSelectbox] {{ display:flex; align-items:center; height:34px; border:1px solid #8A929B; border-radius:4px; background:#F4F6F8; }}
[class*=st-key-sv-line-] [data-testid=stSelectbox]:focus-within {{ outline:2px solid {ACCENT}; }}
[class*=st-key-sv-line-] [data-testid=stSelectbox] > label {{ margin:0; padding:0 0 0 8px; min-height:24px; flex:none; gap:4px; color:{QUIET}; }}
[class*=st-key-sv-line-] [data-testid=stSelectbox] > div {{ flex:1; min-width:0; }}
[class*=st-key-sv-line-] [data-testid=stSelectbox] [role=group] {{ border-color:transparent; background:transparent; height:32px; min-height:32px; }}
[class*=st-key-sv-line-] [data-testid=stSelectbox] input {{ padding:0 0 0 8px; font-weight:600; text-overflow:ellipsis; }}
[class*=st-key-sv-line-] [data-testid=stTextInputRootElement], [class*=st-key-sv-line-] [data-testid=stPopoverButton], [class*=st-key-sv-line-] :is([data-testid=stButton], [data-testid=stDownloadButton]) button {{ height:34px; min-height:34px; padding:0 8px; }}
[class*=st-key-sv-line-] [data-testid=stButtonGroup] [role=radio] {{ padding:0 9px; height:32px; min-height:32px; }}
[data-testid=stCaptionContainer], [data-testid=stCaptionContainer] p {{ color:{QUIET}; opacity:1; }}
[data-testid=stDateInput] [role=spinbutton] {{ display:inline-block; min-width:24px; min-height:24px; text-align:center; }}
[data-testid=stTooltipIcon] button {{ min-width:24px; min-height:24px; }}
[data-testid=stPageLink-NavLink] p {{ white-space:normal; color:{ACCENT}; text-decoration:underline; }}
.st-key-sv-copy [data-testid=stCode] {{ position:relative; width:100%; height:34px; overflow:hidden; border:1px solid #8A929B; border-radius:4px; background:#fff; }}
.st-key-sv-copy [data-testid=stCode]::before {{ content:"Copy link"; position:absolute; left:32px; top:6px; font-size:0.875rem; line-height:20px; }}
.st-key-sv-copy:not(:has([data-testid=stCode])) {{ position:relative; height:34px; border:1px solid #8A929B; border-radius:4px; }}
.st-key-sv-copy:not(:has([data-testid=stCode]))::before {{ content:"Copy link"; position:absolute; left:32px; top:6px; font-size:0.875rem; line-height:20px; }}
.st-key-sv-copy:not(:has([data-testid=stCode])) > * {{ visibility:hidden; }}
.st-key-sv-copy [data-testid=stCode]:focus-within {{ outline:2px solid {ACCENT}; }}
.st-key-sv-copy [data-testid=stCode] pre {{ position:absolute; opacity:0; pointer-events:none; height:1px; width:1px; padding:0; overflow:hidden; }}
.st-key-sv-copy [data-testid=stCode] div:has([data-testid=stElementToolbarButton]) {{ position:absolute; inset:0; top:0; right:0; margin:0; padding:0; opacity:1; transform:none; visibility:visible; background:transparent; box-shadow:none; }}
.st-key-sv-copy [data-testid=stElementToolbarButton], .st-key-sv-copy [data-testid=stElementToolbarButton] button {{ position:absolute; inset:0; width:100%; height:100%; display:flex; justify-content:flex-start; align-items:center; padding:0 0 0 9px; margin:0; background:transparent; }}
.sv-address {{ font-size:0.875rem; line-height:1.4; overflow-wrap:anywhere; user-select:all; margin:0; }}
.sv-view {{ position:absolute; width:1px; height:1px; overflow:hidden; clip-path:inset(50%); margin:0; }}
.sv-opening {{ margin-bottom:-8px; display:flex; flex-wrap:wrap; align-items:baseline; justify-content:space-between; gap:0 24px; }}
.sv-then {{ color:{INK}; background:#FFF3D6; border:2px solid {ATTENTION}; border-radius:4px; padding:0 8px; display:inline-block; }}
.sv-opening:has(.sv-then) {{ padding-top:6px; row-gap:4px; }}
.sv-ribbon {{ color:{INK}; font-size:0.875rem; line-height:18px; margin:0; padding:0 8px; border:2px dashed {QUIET}; border-radius:4px; }}
.sv-question {{ color:{QUIET}; font-size:0.875rem; line-height:1.5; margin:0; }}
.sv-question a {{ color:{ACCENT}; }}
.st-key-sv-answer [data-testid=stMarkdownContainer] {{ margin-bottom:0; }}
.st-key-sv-answer h1 {{ font-size:1.75rem; font-weight:700; line-height:1.15; letter-spacing:normal; margin:0 0 -6px 0; padding:0; color:{INK}; }}
@media screen and (min-width:1700px) {{
.st-key-sv-answer h1 {{ font-size:2.25rem; }}
.st-key-sv-line-filters {{ position:fixed; top:6px; right:24px; width:auto; z-index:999991; }}
}}
@media screen and (min-width:600px) and (max-width:899px) {{
.st-key-sv-line-filters :is(.st-key-role, .st-key-year, .st-key-compare) {{ flex:10 1 0; width:auto; min-width:120px; }}
.st-key-sv-line-filters .st-key-compare {{ flex-grow:14; }}
}}
@media screen and (max-width:640px) {{ .st-key-sv-answer h1 {{ font-size:1.375rem; }} [data-testid=stMainBlockContainer] {{ padding-left:16px; padding-right:16px; }} }}
.sv-head {{ font-size:1.375rem; font-weight:600; line-height:1.25; padding:0; margin:8px 0 0 0; color:{INK}; }}
.sv-sub {{ color:{QUIET}; font-size:0.875rem; line-height:1.45; margin:4px 0; }}
.sv-said {{ font-size:1rem; line-height:1.5; margin:6px 0; color:{INK}; max-width:80ch; }}
[class*=st-key-sv-seen-] {{ display:flex; flex-flow:row wrap; align-items:flex-start; gap:0 40px; }}
[class*=st-key-sv-seen-] > :nth-child(1) {{ flex:2 1 900px; min-width:0; }}
[class*=st-key-sv-seen-] > :nth-child(2) {{ flex:1 1 380px; min-width:0; }}
[class*=st-key-sv-seen-] > :nth-child(3) {{ flex:1 0 100%; min-width:0; }}
.sv-seen {{ display:flex; flex-flow:row wrap; align-items:flex-start; gap:0 40px; }}
.sv-seen > :first-child {{ flex:2 1 900px; min-width:0; }}
.sv-seen > :last-child {{ flex:1 1 380px; min-width:0; }}
ul.sv-shares {{ list-style:none; margin:8px 0; padding:0; color:{INK}; }}
.sv-shares li {{ display:grid; grid-template-columns:170px 1fr 64px; gap:0 12px; align-items:center; margin:0; padding:0; font-size:1rem; line-height:28px; }}
.sv-shares li > span:first-child {{ line-height:1.2; }}
.sv-shares b {{ font-weight:600; font-variant-numeric:tabular-nums; }}
.sv-shares .sv-bar {{ position:relative; height:18px; }}
.sv-shares .sv-long {{ height:18px; }}
.sv-shares .sv-against {{ height:26px; top:-4px; }}
@media screen and (min-width:1700px) {{ .sv-shares li {{ line-height:34px; }} }}
@media screen and (max-width:640px) {{ .sv-shares li {{ grid-template-columns:112px 1fr 52px; gap:0 8px; }} }}
[data-testid=stVegaLiteChart] {{ overflow-x:auto; max-width:100%; }}
[class*=st-key-sv-seen-] > :nth-child(1):not(:has([data-testid=stVegaLiteChart])) > * {{ visibility:hidden; }}
[class*=st-key-sv-seen-] > :nth-child(1):not(:has([data-testid=stVegaLiteChart]))::before {{ content:"The chart is being drawn."; color:{QUIET}; font-size:0.875rem; }}
.sv-beside .sv-said {{ margin-top:4px; }}
.sv-board {{ display:grid; grid-template-columns:repeat(12, minmax(0, 1fr)); gap:8px; margin-top:4px; color:{INK}; }}
.sv-card {{ position:relative; display:flex; flex-direction:column; border:1px solid #D5DAE0; border-radius:8px; padding:7px 14px 0 14px; grid-column:span 4; min-width:0; }}
.sv-card-promises {{ grid-column:span 7; }}
.sv-card-decisions {{ grid-column:span 5; }}
.sv-card h2 {{ font-size:1.125rem; font-weight:600; line-height:1.25; margin:0; padding:0; }}
.sv-card h2 a {{ color:{INK}; text-decoration:none; }}
.sv-card h2 a::after {{ content:"\\2192"; color:{ACCENT}; margin-left:8px; }}
.sv-card h2 a::before {{ content:""; position:absolute; inset:0; border-radius:8px; }}
.sv-card:has(h2 a:hover) {{ border-color:{ACCENT}; }}
.sv-card .sv-sub {{ margin:1px 0 4px 0; line-height:1.35; }}
.sv-card :is(.sv-mark, .sv-measure, .sv-asks, .sv-note, .sv-place, .sv-meta a, .sv-meta summary) {{ position:relative; z-index:1; }}
.sv-body {{ flex:1; min-height:0; }}
.sv-card .sv-meta {{ flex-wrap:nowrap; white-space:nowrap; border-top:1px solid #E3E7EB; margin:3px 0 0 0; }}
.sv-card .sv-meta > span {{ overflow:hidden; text-overflow:ellipsis; }}
.sv-card .sv-meta details[open] {{ position:absolute; left:8px; right:8px; bottom:30px; max-width:none; max-height:80%; overflow:auto; margin:0; padding:8px 12px; background:#fff; border:1px solid {QUIET}; z-index:2; line-height:1.4; white-space:normal; }}
.sv-row {{ display:grid; grid-template-columns:118px 1fr auto; align-items:center; gap:0 12px; }}
.sv-of {{ font-size:1rem; }}
.sv-told {{ font-size:0.875rem; color:{QUIET}; }}
.sv-marks {{ display:flex; flex-wrap:wrap; }}
.sv-mark {{ width:34px; height:25px; font-size:22px; display:inline-flex; align-items:center; justify-content:center; }}
.sv-mark:hover, .sv-measure:hover {{ background:#E9EEF4; }}
.sv-card .sv-key {{ list-style:none; display:flex; flex-wrap:wrap; gap:0 14px; margin:2px 0 0 0; line-height:21px; padding:0; font-size:0.875rem; color:{QUIET}; }}
.sv-card .sv-key li {{ display:flex; align-items:center; gap:5px; margin:0; font-size:0.875rem; }}
.sv-note {{ font-size:0.875rem; margin:2px 0 0 0; color:{QUIET}; }}
.sv-text {{ font-size:1rem; margin:0 0 8px 0; overflow-wrap:anywhere; }}
.sv-message {{ border-left:6px solid {ACCENT}; background:#EFF3F7; padding:12px 16px; margin:0 0 8px 0; overflow-wrap:anywhere; }}
.sv-message-error, .sv-message-warning {{ border-color:{ATTENTION}; background:#FDF1EA; }}
.sv-note a {{ color:{ACCENT}; text-decoration:underline; }}
.sv-card .sv-asked {{ list-style:none; margin:0; padding:0; }}
.sv-card .sv-asked li {{ display:grid; grid-template-columns:1fr auto; gap:0 12px; margin:0; padding:3px 0; border-bottom:1px solid #E3E7EB; line-height:1.3; }}
.sv-asked a {{ color:{ACCENT}; font-weight:600; text-decoration:none; overflow:hidden; text-overflow:ellipsis; white-space:nowrap; }}
.sv-asked a:hover {{ text-decoration:underline; }}
.sv-asked small {{ grid-column:1 / -1; font-size:0.875rem; color:{QUIET}; overflow:hidden; text-overflow:ellipsis; white-space:nowrap; }}
.sv-late {{ font-variant-numeric:tabular-nums; white-space:nowrap; }}
.sv-measure {{ display:grid; grid-template-columns:20px 1fr auto; gap:8px; align-items:center; color:{INK}; text-decoration:none; line-height:24px; border-bottom:1px solid #E3E7EB; }}
.sv-measure span {{ overflow:hidden; text-overflow:ellipsis; white-space:nowrap; }}
.sv-measure b {{ font-weight:600; font-variant-numeric:tabular-nums; }}
.sv-card-equality .sv-row {{ grid-template-columns:1fr auto; }}
.sv-card-equality .sv-marks {{ grid-column:1 / -1; grid-row:2; }}
.sv-card-equality .sv-mark {{ width:24px; height:24px; margin-bottom:-2px; font-size:19px; }}
.sv-card-equality .sv-of {{ font-size:0.875rem; line-height:16px; }}
.sv-card-equality .sv-told {{ line-height:16px; }}
.sv-lands {{ display:grid; grid-template-columns:1fr auto; gap:14px; align-items:start; }}
.sv-place {{ text-decoration:none; }}
.sv-map {{ display:block; height:118px; margin:0 auto; background:no-repeat center/contain; print-color-adjust:exact; forced-color-adjust:none; }}
.sv-place small {{ display:block; max-width:120px; font-size:0.875rem; line-height:1.2; color:{QUIET}; }}
.sv-land {{ display:grid; grid-template-columns:134px 1fr 34px; gap:6px; align-items:center; line-height:18px; font-size:0.875rem; }}
.sv-land span {{ overflow:hidden; text-overflow:ellipsis; white-space:nowrap; }}
.sv-land b {{ font-weight:600; text-align:right; font-variant-numeric:tabular-nums; }}
.sv-land .sv-bar {{ position:relative; height:12px; overflow:visible; }}
.sv-long {{ display:block; height:12px; background:{REST}; print-color-adjust:exact; }}
.sv-long.sv-spoken {{ background:{ACCENT}; }}
.sv-against {{ position:absolute; top:-3px; height:18px; width:3px; margin-left:-1px; background:{ATTENTION}; print-color-adjust:exact; }}
@media print, screen and (max-width:1699px) {{
.sv-card .sv-dated, .sv-card .sv-dated + .sv-dot {{ display:none; }}
.sv-card .sv-of-late:nth-child(4), .sv-card .sv-of-red + .sv-of-red, .sv-measure:nth-child(n+7) {{ display:none; }}
}}
@media screen and (min-width:1700px) {{
.sv-board {{ gap:14px; margin-top:10px; }}
.sv-card {{ padding:14px 20px 6px 20px; }}
.sv-card h2 {{ font-size:1.375rem; }}
.sv-card-promises .sv-row {{ grid-template-columns:150px 1fr auto; }}
.sv-card-promises .sv-mark {{ width:58px; height:40px; font-size:32px; }}
.sv-card .sv-asked li {{ padding:5px 0; }}
.sv-measure {{ line-height:28px; }}
.sv-card-equality .sv-mark {{ width:32px; height:32px; margin:0; font-size:27px; }}
.sv-card-equality .sv-of {{ font-size:1rem; line-height:26px; }}
.sv-land {{ line-height:28px; font-size:1rem; grid-template-columns:minmax(0, 170px) 1fr 40px; }}
.sv-land .sv-bar, .sv-long {{ height:16px; }}
.sv-against {{ height:22px; }}
.sv-map {{ height:190px; }}
.sv-place small {{ max-width:none; }}
}}
@media screen and (max-width:900px) {{
.sv-card, .sv-card-promises, .sv-card-decisions {{ grid-column:1 / -1; }}
.sv-board {{ gap:16px; }}
}}
@media screen and (max-width:640px) {{
.sv-card .sv-row, .sv-card-promises .sv-row {{ grid-template-columns:1fr auto; margin-bottom:4px; }}
.sv-card .sv-marks {{ grid-column:1 / -1; grid-row:2; }}
.sv-card-promises .sv-mark {{ width:28px; }}
.sv-card .sv-meta, .sv-card .sv-asked a, .sv-card .sv-asked small {{ white-space:normal; flex-wrap:wrap; }}
.sv-measure:nth-child(n+7) {{ display:grid; }}
.sv-measure span {{ white-space:normal; }}
.sv-opening {{ margin-bottom:0; }}
[data-testid=stMainBlockContainer] .st-key-sv-line-filters {{ gap:6px; }}
}}
.sv-tile {{ border:1px solid #D5DAE0; border-radius:8px; padding:10px 14px; min-height:150px; display:flex; flex-direction:column; }}
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
@media screen and (min-width:1700px) {{ .sv-below > .sv-table table {{ width:100%; }} }}
.sv-table:not(:has(input:checked)) .sv-more {{ display:none; }}
.sv-columns {{ display:inline-flex; align-items:center; gap:6px; min-height:24px; font-size:0.875rem; cursor:pointer; }}
.sv-columns input {{ width:18px; height:18px; margin:0; }}
.sv-promises summary {{ cursor:pointer; min-height:24px; padding:8px 0 4px 0; font-size:1.125rem; color:{INK}; border-bottom:1px solid {QUIET}; }}
.sv-promises summary span {{ font-size:0.875rem; color:{QUIET}; margin-left:8px; }}
.sv-promises ul {{ list-style:none; padding:0; margin:0; }}
.sv-promises li {{ display:grid; grid-template-columns:8.5rem 1fr auto; gap:0 16px; margin:0; padding:7px 0; border-bottom:1px solid #E3E7EB; font-size:1rem; line-height:1.35; break-inside:avoid; color:{INK}; }}
.sv-promises a {{ color:{ACCENT}; text-decoration:underline; }}
.sv-promises small {{ display:block; font-size:0.875rem; color:{QUIET}; }}
.sv-promises i {{ font-style:normal; color:{ACCENT}; display:inline-block; width:1.4em; }}
.sv-promises .sv-late {{ font-weight:600; color:{LATE}; text-align:right; }}
.sv-promises.sv-exceptions li {{ grid-template-columns:minmax(0, 1fr) minmax(0, 1fr); }}
.sv-promises.sv-exceptions .sv-promise {{ display:block; }}
.sv-promises .sv-due {{ color:{QUIET}; text-align:right; }}
@media screen and (min-width:1700px) {{ .sv-promises li {{ grid-template-columns:8.5rem minmax(0, 6fr) minmax(0, 7fr) 13rem; align-items:baseline; }} .sv-promise {{ display:contents; }} }}
@media screen and (max-width:640px) {{ .sv-promises.sv-exceptions li {{ grid-template-columns:1fr; }} }}
@media screen and (max-width:640px) {{ .sv-promises li {{ grid-template-columns:1fr auto; }} .sv-promise {{ grid-column:1 / -1; grid-row:1; }} }}
.sv-multiples {{ display:grid; grid-template-columns:repeat(auto-fill, minmax(264px, 1fr)); gap:16px 24px; margin:8px 0; }}
.sv-multiples section, .sv-multiples ul {{ display:contents; }}
.sv-multiples li {{ list-style:none; margin:0; min-width:0; }}
.sv-verdict {{ padding:12px 16px; border-radius:8px; background:#F4F6F8; display:flex; flex-direction:column; justify-content:center; color:{INK}; }}
.sv-verdict strong {{ font-size:2rem; line-height:1.15; color:{ACCENT}; font-weight:600; }}
.sv-verdict span {{ font-size:1.125rem; font-weight:600; line-height:1.3; }}
.sv-verdict small {{ font-size:0.875rem; line-height:1.35; color:{QUIET}; }}
.sv-multiples li > * {{ display:flex; flex-direction:column; height:100%; color:{INK}; text-decoration:none; }}
.sv-multiples li span {{ overflow:hidden; text-overflow:ellipsis; white-space:nowrap; font-size:1rem; line-height:1.35; }}
.sv-multiples .sv-name {{ font-weight:600; }}
.sv-multiples a .sv-name {{ color:{ACCENT}; text-decoration:underline; }}
.sv-multiples li strong {{ font-size:2rem; font-weight:600; line-height:1.2; margin-top:16px; color:{ACCENT}; }}
.sv-multiples em {{ font-style:normal; font-size:0.875rem; color:{QUIET}; }}
.sv-multiples svg {{ width:100%; height:auto; overflow:visible; }}
.sv-below {{ margin-bottom:8px; }}
.sv-glossary {{ max-height:420px; overflow-y:auto; color:{INK}; line-height:1.4; }}
.sv-glossary dt {{ font-weight:600; }}
.sv-glossary dd {{ margin:0 0 12px 0; }}
.sv-unseen {{ position:absolute; width:1px; height:1px; overflow:hidden; clip-path:inset(50%); white-space:nowrap; }}
.sv-status {{ display:inline-block; line-height:1.3; border:1px solid {QUIET}; border-radius:4px; padding:1px 7px; color:{INK}; }}
.sv-status.illustrative {{ border:2px dashed {QUIET}; }}
.sv-band {{ background:#F4F6F8; border-left:6px solid {REST}; padding:10px 14px; color:{INK}; }}
.sv-band:has(.sv-ignored) {{ padding:0 12px; }}
.sv-ignored summary {{ line-height:24px; font-size:0.875rem; cursor:pointer; }}
.sv-ignored:not([open]) summary {{ overflow:hidden; text-overflow:ellipsis; white-space:nowrap; }}
.sv-facts {{ border-collapse:collapse; width:100%; font-size:1rem; }}
.sv-facts th {{ text-align:left; font-weight:600; vertical-align:top; width:38%; padding:5px 12px 5px 0; color:{QUIET}; }}
.sv-facts td {{ vertical-align:top; padding:5px 0; }}
.sv-facts tr {{ border-bottom:1px solid #E3E7EB; }}
.sv-takes {{ list-style:none; display:grid; grid-template-columns:repeat(auto-fill, minmax(min(100%, 560px), 1fr)); gap:0 40px; padding:0; margin:0; font-size:1rem; color:{INK}; }}
.sv-takes li {{ display:flex; justify-content:space-between; gap:16px; margin:0; padding:6px 0; border-bottom:1px solid #E3E7EB; }}
.sv-takes li > span:last-child {{ white-space:nowrap; }}
.sv-takes a {{ color:{ACCENT}; text-decoration:underline; display:inline-block; min-height:24px; }}
ul.sv-legend {{ list-style:none; display:flex; flex-wrap:wrap; gap:4px 18px; padding:0; margin:0; font-size:0.875rem; color:{INK}; }}
.sv-legend li {{ margin:0; display:flex; align-items:center; gap:6px; }}
.sv-swatch {{ display:inline-block; width:18px; height:14px; border:1px solid #6B727A; print-color-adjust:exact; }}
.sv-crossed {{ border-collapse:collapse; font-size:0.875rem; color:{INK}; margin:0 0 6px 0; }}
.sv-crossed th {{ white-space:nowrap; font-weight:400; padding:2px 10px 2px 0; text-align:left; }}
.sv-crossed tbody td {{ width:110px; height:20px; border:1px solid #6B727A; print-color-adjust:exact; }}
.st-key-sv-map {{ position:relative; }}
.st-key-sv-map > * {{ position:relative; z-index:1; }}
.st-key-sv-map > :first-child {{ position:absolute; inset:0 0 auto 0; z-index:0; }}
.sv-still {{ background:no-repeat center; print-color-adjust:exact; forced-color-adjust:none; }}
.st-key-sv-map:has([data-testid=stDeckGlJsonChart] canvas) > :first-child {{ visibility:hidden; transition:visibility 0s 2s; }}
.st-key-sv-map > :not(:first-child):not(:has([data-testid=stDeckGlJsonChart])) {{ opacity:0; }}
.st-key-sv-prototype {{ position:relative; }}
.st-key-sv-prototype::after {{ content:""; position:absolute; inset:0; z-index:2; pointer-events:none; background:url("{_WATERMARK}"); print-color-adjust:exact; forced-color-adjust:none; }}
.sv-time {{ border-left:2px solid {REST}; margin:4px 0 0 6px; padding:0 0 0 16px; list-style:none; }}
.sv-time li {{ margin:0 0 12px 0; }}
.sv-time a {{ color:{ACCENT}; }}
.sv-older summary {{ color:{ACCENT}; text-decoration:underline; cursor:pointer; min-height:24px; font-size:1rem; }}
.sv-time small {{ color:{QUIET}; font-size:0.875rem; }}
.sv-agenda {{ font-size:1rem; line-height:1.4; color:{INK}; padding-left:24px; }}
[class*=st-key-sv-agenda-] {{ max-width:1100px; }}
.sv-agenda li {{ margin:0 0 8px 0; }}
.sv-agenda-item {{ font-size:1rem; line-height:1.35; margin:0; color:{INK}; }}
:is(.sv-agenda, .sv-agenda-item) a {{ color:{ACCENT}; text-decoration:underline; }}
:is(.sv-agenda, .sv-agenda-item) small {{ color:{QUIET}; font-size:0.875rem; }}
.sv-minutes {{ color:{INK}; padding-left:24px; margin:4px 0; }}
.sv-minutes li {{ font-size:1rem; line-height:1.45; margin:0 0 8px 0; }}
.sv-look {{ display:grid; grid-template-columns:minmax(0,2fr) minmax(0,1fr); gap:16px 40px; align-items:start; color:{INK}; }}
.sv-widest {{ font-size:1rem; line-height:1.4; margin:4px 0 8px 0; padding-left:24px; }}
.sv-grid {{ border-collapse:collapse; width:100%; table-layout:fixed; font-size:1rem; line-height:1.2; }}
.sv-grid th {{ font-weight:400; text-align:left; padding:1px 8px 1px 0; overflow-wrap:break-word; }}
.sv-grid thead th {{ font-size:0.875rem; color:{QUIET}; font-weight:600; vertical-align:bottom; }}
.sv-grid th:first-child {{ width:36%; }}
.sv-grid td {{ padding:1px 6px 1px 0; height:32px; }}
.sv-grid a {{ display:block; position:relative; max-width:76px; text-decoration:none; border-radius:4px; }}
.sv-gap {{ display:flex; align-items:center; justify-content:center; box-sizing:border-box; height:30px; border-radius:4px; font-weight:600; font-variant-numeric:tabular-nums; print-color-adjust:exact; }}
.sv-real {{ background:{ACCENT}; color:white; border:2px solid {ACCENT}; }}
.sv-alone {{ color:{ACCENT}; border:2px solid {ACCENT}; }}
.sv-even {{ border:1px solid #8A929B; }}
.sv-unfair {{ background:#F4F6F8; color:{QUIET}; }}
.sv-unknown {{ border:2px dashed {ATTENTION}; color:{INK}; }}
.sv-look .sv-gaps {{ list-style:none; display:flex; flex-wrap:wrap; gap:2px 16px; padding:0; margin:0 0 8px 0; font-size:0.875rem; }}
.sv-look .sv-gaps li {{ display:flex; align-items:center; gap:6px; margin:0; font-size:0.875rem; line-height:22px; }}
.sv-gaps .sv-gap {{ width:44px; height:20px; flex:none; }}
@media print, screen and (max-width:1699px) {{ .sv-grid .sv-gap {{ height:24px; }} .sv-grid td {{ height:26px; }} }}
@media screen and (min-width:1700px) {{ .sv-grid th:first-child {{ width:28%; }} .sv-grid a {{ max-width:none; }} .sv-grid td {{ padding-right:16px; height:36px; }} .sv-grid .sv-gap {{ height:34px; }} }}
.sv-dark {{ border-left:4px solid {ATTENTION}; padding-left:16px; }}
.sv-dark p {{ font-size:1rem; line-height:1.45; margin:6px 0; }}
.sv-dark-number strong {{ font-size:2.5rem; line-height:1; }}
.sv-dark dt {{ font-weight:600; }}
.sv-dark dl, .sv-dark dt, .sv-dark dd {{ margin:0; padding:0; }}
.sv-dark dd {{ line-height:1.35; margin-bottom:4px; }}
.sv-dark a, .sv-closed summary {{ color:{ACCENT}; text-decoration:underline; display:inline-block; min-height:24px; cursor:pointer; }}
.sv-closed {{ font-size:0.875rem; margin:8px 0 0 0; }}
@media screen and (max-width:900px) {{ .sv-look {{ grid-template-columns:minmax(0,1fr); }} .sv-grid th {{ padding-right:4px; }} .sv-grid td {{ padding-right:3px; }} }}
@media print {{
.sv-grid tr {{ break-inside:avoid; }} .sv-gap {{ height:20px; }}
.sv-look {{ zoom:0.72; }}
@page {{ size:A4 landscape; margin:10mm; }}
[data-testid=stHeader], [class*=st-key-sv-line-], .st-key-sv-ways, .sv-columns {{ display:none; }}
[data-testid=stMainBlockContainer] {{ padding:0; }}
[data-testid=stColumn] {{ min-width:0; }}
[data-testid=stHorizontalBlock]:has(> [data-testid=stColumn] .st-key-sv-map) {{ display:flex !important; gap:0 24px; zoom:0.8; }}
[data-testid=stHorizontalBlock]:has(> [data-testid=stColumn] .st-key-sv-map) > [data-testid=stColumn] {{ width:auto !important; flex:7 1 0; }}
[data-testid=stHorizontalBlock]:has(> [data-testid=stColumn] .st-key-sv-map) > [data-testid=stColumn]:first-child {{ flex-grow:5; }}
.sv-head, .sv-legend {{ break-after:avoid; }}
.sv-still, .sv-shares li {{ break-inside:avoid; }}
.sv-board {{ gap:8px; margin-top:4px; zoom:0.88; }}
.sv-card {{ padding:6px 10px 2px 10px; break-inside:avoid; grid-column:span 4; }}
.sv-card-promises {{ grid-column:span 7; }}
.sv-card-decisions {{ grid-column:span 5; }}
.sv-card .sv-sub, .sv-card .sv-asked small, .sv-card .sv-asked a {{ white-space:normal; }}
.sv-meta > details:not([open]), .sv-meta > span:has(> a), .sv-dot:has(+ details:not([open])), .sv-dot:has(+ span > a), .sv-card .sv-dot, .sv-closed:not([open]) {{ display:none; }}
.sv-card .sv-meta {{ flex-wrap:wrap; }}
.st-key-sv-answer h1 {{ font-size:1.375rem; }}
.sv-view {{ position:static; width:auto; height:auto; clip-path:none; font-size:0.875rem; }}
.sv-scroll {{ overflow:visible; }}
.sv-older::details-content {{ content-visibility:visible; height:auto; }}
.sv-table table {{ width:100%; font-size:0.875rem; }}
.sv-table td, .sv-table th, .sv-table th.sv-number, .sv-table td.sv-number, .sv-table td.sv-short {{ white-space:normal; overflow-wrap:anywhere; }}
.sv-finding, .sv-tile, .sv-table tr, .sv-multiples li, .sv-verdict, .sv-time li {{ break-inside:avoid; }}
[class*=st-key-sv-seen-] {{ break-inside:avoid; }}
.st-key-sv-map > :not(:first-child) {{ display:none; }}
.st-key-sv-map > :first-child, .st-key-sv-map:has([data-testid=stDeckGlJsonChart] canvas) > :first-child {{ position:static; visibility:visible; transition:none; }}
}}
</style>"""

# A finding before a room: in the browser's whole window, so that what frames other pages is not seen.
ROOM_STYLE: Final = f"""<style>
[data-testid=stHeader], [data-testid=stToolbar] {{ display:none; }}
[data-testid=stMainBlockContainer] {{ padding:16px 40px 72px 40px; }}
.sv-room {{ display:flex; flex-direction:column; gap:12px; min-height:calc(100vh - 96px); font-size:28px; line-height:1.3; color:{INK}; }}
.sv-room.sv-room-short {{ min-height:0; max-height:46vh; overflow:auto; }}
.sv-room-short:focus-visible {{ outline:3px solid {ACCENT}; outline-offset:2px; }}
.sv-room.sv-room-short > * {{ flex:none; }}
.sv-room-short .sv-room-picture {{ height:220px; min-height:0; }}
.sv-room h1 {{ font-size:clamp(36px, 2.5vw, 52px); font-weight:700; line-height:1.15; letter-spacing:normal; margin:0; padding:0; color:{INK}; text-wrap:balance; }}
.sv-room p {{ font-size:28px; line-height:1.3; margin:0; }}
.sv-room .sv-room-under {{ color:{QUIET}; }}
.sv-room-picture {{ flex:1; min-height:240px; background:no-repeat center/contain; print-color-adjust:exact; forced-color-adjust:none; }}
.sv-room-table {{ flex:1; overflow-x:auto; }}
.sv-room table {{ border-collapse:collapse; width:100%; font-size:28px; line-height:1.25; font-variant-numeric:tabular-nums; }}
.sv-room th, .sv-room td {{ text-align:left; vertical-align:top; padding:8px 24px 8px 0; border-bottom:1px solid #D5DAE0; }}
.sv-room th {{ color:{QUIET}; font-weight:600; }}
.sv-room dl, .sv-room dt, .sv-room dd {{ font-size:28px; line-height:1.3; margin:0; padding:0; }}
.sv-room dt {{ font-weight:600; }}
.sv-room dd {{ margin-bottom:16px; }}
.sv-room .sv-short {{ white-space:nowrap; }}
.sv-room .sv-number {{ text-align:right; }}
.sv-room .sv-minutes li {{ font-size:28px; line-height:1.3; margin:0 0 16px 0; }}
.st-key-sv-room-line {{ position:fixed; bottom:0; left:0; right:0; width:auto; background:#fff; padding:8px 40px; z-index:1; }}
.st-key-sv-room-line kbd {{ color:{QUIET}; opacity:1; }}
.sv-room-count {{ font-size:1.125rem; margin:0; color:{QUIET}; white-space:nowrap; }}
@media (max-width:1500px) {{
.sv-room .sv-room-wide {{ display:none; }}
.sv-room th, .sv-room td {{ padding:4px 24px 4px 0; }}
}}
@media (min-width:1501px) {{ .sv-room .sv-room-narrow {{ display:none; }} }}
@media (max-width:640px) {{
[data-testid=stMainBlockContainer] {{ padding:8px 16px 112px 16px; }}
.st-key-sv-room-line {{ padding:8px 16px; }}
.sv-room {{ min-height:0; }}
.sv-room, .sv-room :is(p, table, dl, dt, dd), .sv-room .sv-minutes li {{ font-size:20px; }}
.sv-room h1 {{ font-size:28px; }}
}}
</style>"""
