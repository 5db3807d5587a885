"""graphnet: evidence about coordinated groups of accounts."""
from graphnet.study import Study
__all__ = ["Study"]
