"""What letters and web pages look like: their templates, and the words these are written in."""

from chaffinch.pages.packaged import packaged_templates
from chaffinch.pages.templates import PACKAGED, Templates
from chaffinch.pages.tongue import Tongue, direction, marked

__all__ = ["PACKAGED", "Templates", "Tongue", "direction", "marked", "packaged_templates"]
