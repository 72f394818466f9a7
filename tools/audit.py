"""Asks whether faults are known in what the dashboard is shipped with: ``python tools/audit.py``.

It fails where one is. Where nobody can be asked it says so and fails nothing: that is no word on the requirements.
Arguments are those of pip-audit, such as ``-s osv``.
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).resolve().parents[1]
PATIENCE_SECONDS: Final = 120


def verdict(printed: str, complaint: str) -> tuple[int, str]:
    """Return the status to exit with, and what to say.

    Args:
        printed: by pip-audit, in JSON; nothing where it broke off.
        complaint: what it printed beside that.
    """
    try:
        packages = json.loads(printed)["dependencies"]
    except ValueError:
        last = (complaint.strip().splitlines() or ["no answer"])[-1]
        return 0, f"audit skipped, the source of known faults can't be reached: {last[:300]}"
    asked = [package for package in packages if "vulns" in package]
    if not asked:
        return 0, f"audit skipped: the source that can be reached knows none of the {len(packages)} packages"
    faults = [
        f"{package['name']} {package['version']}: {fault['id']}, mended in {', '.join(fault['fix_versions']) or 'no version'}"
        for package in asked
        for fault in package["vulns"]
    ]
    unknown = [package["name"] for package in packages if "vulns" not in package]
    beside = f"; not known there: {', '.join(unknown)}" if unknown else ""
    if faults:
        return 1, "\n".join(faults)
    return 0, f"audit: no fault is known in {len(asked)} packages{beside}"


def main(more: list[str]) -> int:
    """Ask, and return the status to exit with."""
    command = [sys.executable, "-m", "pip_audit", "-r", str(ROOT / "requirements.txt"), "--require-hashes"]
    command += ["--disable-pip", "--format", "json", "--progress-spinner", "off", "--timeout", "5", *more]
    try:
        ran = subprocess.run(command, capture_output=True, text=True, check=False, timeout=PATIENCE_SECONDS)
        status, said = verdict(ran.stdout, ran.stderr)
    except subprocess.TimeoutExpired:
        status, said = verdict("", f"no answer within {PATIENCE_SECONDS} s")
    print(said)
    return status


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
