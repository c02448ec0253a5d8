"""The views of a model's page, each looked at in turn."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

__all__ = ["SCREENS", "faults_of_views"]

WIDE, PHONE = {"width": 1280, "height": 860}, {"width": 360, "height": 740}
SCREENS: dict[str, dict[str, Any]] = {
    "wide, light": {"viewport": WIDE, "color_scheme": "light"},
    "wide, dark": {"viewport": WIDE, "color_scheme": "dark"},
    "phone, light": {"viewport": PHONE, "color_scheme": "light", "has_touch": True},
    "phone, dark": {"viewport": PHONE, "color_scheme": "dark", "has_touch": True},
}


def faults_of_views(page: Any, accessibility_faults: Callable[[Any], list[str]]) -> list[str]:
    """What is wrong with any view: what axe-core finds, and what is wider than the screen."""
    page.locator(".headline, .custom table").first.wait_for(state="attached")
    faults = []
    for tab in page.get_by_role("tab").all():
        tab.click()
        name = tab.text_content()
        if name == "Table":
            page.get_by_role("button", name="Use examples").click()
            page.get_by_role("button", name="Answer all rows").click()
            page.locator(".results table").wait_for()
        width = page.evaluate("document.documentElement.scrollWidth")
        if width > page.viewport_size["width"]:
            faults.append(f"{name}: {width} pixels wide")
        faults += [f"{name}: {fault}" for fault in accessibility_faults(page)]
    return faults
