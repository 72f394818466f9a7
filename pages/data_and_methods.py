"""Where is this from, how is it worked out, can I have it?"""

from svdash.show.kit import page
from svdash.show.panels import data_parts

now = page.question(
    "Where is this from, and how is it worked out?", unused="year and comparison change only the downloads"
)
data_parts.draw(now)
