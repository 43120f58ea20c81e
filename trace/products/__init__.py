"""What goods are called: the register that turns a GTIN, a drug product id or a device identifier into a name."""

from zhuisu.products.model import Category, Entry, Product, described
from zhuisu.products.store import names

__all__ = ["Category", "Entry", "Product", "described", "names"]
