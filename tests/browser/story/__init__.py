"""The steps of the main job, a module for each person who takes them."""

from __future__ import annotations

from datetime import date

QUESTION = "How do we weld thin copper without burning through?"
NEXT_QUESTION = "Which gas do we weld copper with?"
IDEA = "Pulse at half the current"
ADVERT = "Buy my cousin's welding machine"  # is rejected
WAITING_IDEA = "A bar of graphite behind the seam"  # has no answer yet
COMMENT = "Which gas did you use?"
REPLY = "Argon, four litres a minute."
HINT = "A ceramic backing helps, ask me for some."
TODAY = date.today()  # noqa: DTZ011  the browser is on this machine
