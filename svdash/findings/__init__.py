"""One module a subject: cells and records → counts → gate → measure → a Finding.

Pages, routes, reports and snapshots all ask here, so they cannot disagree. Nothing here knows Streamlit.
"""

from svdash.findings.finding import Finding

__all__ = ["Finding"]
