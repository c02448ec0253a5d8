"""Names of processes that a worker starts, and whose memory is none of the worker's."""

from __future__ import annotations

__all__ = ["SHADOW_NAME", "TRIAL_NAME"]

TRIAL_NAME = "golive-trial"
"""What a process is called that tries a version."""

SHADOW_NAME = "golive-shadow"
"""What a process is called in which a candidate answers copies."""
