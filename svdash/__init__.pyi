from svdash import measures as measures
from svdash.notebook import catalogue as catalogue
from svdash.notebook import finding as finding
from svdash.notebook import open_pack as open_pack
from svdash.notebook import parameters as parameters

__all__ = ["__version__", "catalogue", "finding", "measures", "open_pack", "parameters"]
__version__: str
