"""The steps of the main job, a module for each person who takes them."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

QUESTION = "How do we weld thin copper without burning through?"
NEXT_QUESTION = "Which gas do we weld copper with?"
IDEA = "Pulse at half the current"
ADVERT = "Buy my cousin's welding machine"  # is rejected
WAITING_IDEA = "A bar of graphite behind the seam"  # has no answer yet
COMMENT = "Which gas did you use?"
REPLY = "Argon, four litres a minute."
HINT = "A ceramic backing helps, ask me for some."
TODAY = datetime.now(ZoneInfo("Europe/Berlin")).date()  # on the clock of acme
