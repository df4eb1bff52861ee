"""Times in the reader's zone and words."""

from __future__ import annotations

from datetime import date, datetime, timedelta, tzinfo
from functools import lru_cache

from django import template
from django.utils import timezone
from django.utils.formats import date_format, get_format, time_format
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language, gettext_noop, ngettext
from django.utils.translation import gettext as _

from crowdhub.common.working_days import WORKING_DAY

register = template.Library()

HOUR = timedelta(hours=1)
DAY_NAMES = {-1: gettext_noop("yesterday"), 0: gettext_noop("today"), 1: gettext_noop("tomorrow")}
DAY_AND_CLOCK = {
    -1: gettext_noop("yesterday at %s"),
    0: gettext_noop("today at %s"),
    1: gettext_noop("tomorrow at %s"),
}


@register.filter
def when(moment: datetime | date | None) -> SafeString | str:
    """A moment as a `<time>`: relative words to read, the exact time on hover and focus. Nothing for None."""
    if moment is None:
        return ""
    if not isinstance(moment, datetime):
        return _time_element(moment.isoformat(), _formatted(moment, "DATE_FORMAT", get_language()), _day_words(moment))
    return with_exact_time(moment, relative_words(timezone.localtime(moment)))


@register.filter
def with_exact_time(moment: datetime, words: str) -> SafeString:
    """Words about a moment as a `<time>`, with the exact time on hover and focus."""
    zone = timezone.get_current_timezone()
    local = moment.astimezone(zone)
    exact = _formatted(moment, f"{get_format('DATE_FORMAT')} {_('H:i')}", get_language(), zone)
    return _time_element(local.isoformat(timespec="seconds"), f"{exact} {local.tzname()}", words)


@register.filter
def day(moment: datetime | date | None) -> SafeString | str:
    """The day of a moment as a `<time>`, without relative words: for tables and lists of dates."""
    if moment is None:
        return ""
    on = timezone.localtime(moment).date() if isinstance(moment, datetime) else moment
    return _time_element(on.isoformat(), _formatted(on, "DATE_FORMAT", get_language()), short_day(on))


@register.filter
def days_left(moment: datetime) -> str:
    """Words for the days on the reader's calendar until a moment; nothing when it has passed."""
    days = (timezone.localtime(moment).date() - timezone.localdate()).days
    if moment <= timezone.now():
        return ""
    if days < 2:
        return [_("ends today"), _("ends tomorrow")][days]
    return ngettext("%d day left", "%d days left", days) % days


@register.filter
def working_time_left(left: timedelta | None) -> str:
    """Words for working time that is left until a deadline, or that has passed since when it is negative.

    Takes working time as the organization's calendar counts it, not time on the clock.
    """
    if left is None:
        return ""
    late = left < timedelta()
    time = abs(left)
    if time < HOUR:
        return _("overdue") if late else _("due within the hour")
    if time < WORKING_DAY:
        count = time // HOUR
        if late:
            return ngettext("%d working hour late", "%d working hours late", count) % count
        return ngettext("%d working hour left", "%d working hours left", count) % count
    count = time // WORKING_DAY
    if late:
        return ngettext("%d working day late", "%d working days late", count) % count
    return ngettext("%d working day left", "%d working days left", count) % count


def relative_words(local: datetime, now: datetime | None = None) -> str:
    """Return how people say a local time: "5 minutes ago", "yesterday at 14:05", "on 3 May"."""
    now = timezone.localtime(now, local.tzinfo)
    seconds = (now - local).total_seconds()
    if 0 <= seconds < 60:
        return _("just now")
    if 60 <= seconds < 3600:
        minutes = int(seconds // 60)
        return ngettext("%d minute ago", "%d minutes ago", minutes) % minutes
    days = (local.date() - now.date()).days
    if days in DAY_AND_CLOCK:
        # Translators: Django time format of the time of day.
        return _(DAY_AND_CLOCK[days]) % time_format(local, _("H:i"))
    return _day_words(local.date(), now.date())


@lru_cache(maxsize=4096)
def _formatted(on: date | datetime, style: str, _language: str | None, zone: tzinfo | None = None) -> str:
    """Return a day, or a moment on the clock of a zone, in a format of the active language.

    Formatting takes longer than all else about a time, and pages show the same ones again and again.
    """
    return date_format(on.astimezone(zone) if isinstance(on, datetime) else on, style)


def _day_words(on: date, today: date | None = None) -> str:
    today = today or timezone.localdate()
    days = (on - today).days
    if days in DAY_NAMES:
        return _(DAY_NAMES[days])
    if 1 < days <= 6:
        return ngettext("in %d day", "in %d days", days) % days
    if -6 <= days < -1:
        return ngettext("%d day ago", "%d days ago", -days) % -days
    return short_day(on, today)


def short_day(on: date, today: date | None = None) -> str:
    """Return a day as "3 May", with its year when that is not the present one."""
    is_this_year = on.year == (today or timezone.localdate()).year
    # Translators: Django date formats; a day in this year, and one in another year.
    return _formatted(on, _("j M") if is_this_year else _("j M Y"), get_language())


def _time_element(iso: str, exact: str, words: str) -> SafeString:
    return format_html('<time datetime="{}" data-exact="{}">{}</time>', iso, exact, words)
