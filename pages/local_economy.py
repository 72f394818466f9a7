"""Who supplies the authority, and how much of the money stays here?"""

from svdash.findings.economy import (
    contracts,
    local_spend,
    supplier_concentration,
    supplier_kinds,
    supplier_standards,
    unreached_places,
)
from svdash.show.kit import controls, page, page_parts
from svdash.show.kit.page_parts import Part

now = page.question("Who supplies us, and how much stays here?", one_year=True)
with controls.line():
    part = page_parts.choose(
        {
            "places": Part("Where suppliers are"),
            "kinds": Part("What kind they are"),
            "suppliers": Part("How few get most"),
            "contracts": Part("Contracts"),
            "standards": Part("Standards and multiplier"),
            "unreached": Part("Whom money does not reach"),
        },
    )

match part:
    case "places":
        page.finding(local_spend.places(now.edition, now.view))
        page.finding(local_spend.retained(now.edition, now.view))
    case "kinds":
        page.finding(supplier_kinds.kinds(now.edition, now.view))
    case "suppliers":
        page.finding(supplier_concentration.concentration(now.edition, now.view))
    case "contracts":
        page.finding(contracts.contracts(now.edition, now.view))
    case "standards":
        page.finding(supplier_standards.standards(now.edition, now.view))
        page.finding(supplier_standards.multiplier(now.edition, now.view))
    case "unreached":
        page.finding(unreached_places.unreached(now.edition, now.view))
