"""The scan at a door (进货查验) and the EPCIS door: what happens to goods is recorded here, and asked for again."""

from zhuisu.scan.routes import HANDLERS

__all__ = ["HANDLERS"]
