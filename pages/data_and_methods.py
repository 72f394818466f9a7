"""Where is this from, how is it worked out, can I have it?"""

from svdash.findings import catalogue
from svdash.show import data, page

now = page.question(
    "Where is this from, and how is it worked out?", unused="year and comparison change only the downloads"
)

page.finding(catalogue.tables(now.pack, now.view))
table = data.ask(now)
page.finding(catalogue.dictionary(now.pack, now.view, table))
page.finding(catalogue.methods(now.pack, now.view))
data.downloads(now)
data.words(now)
