"""The countries and regions whose public holidays an organization can choose, with names to choose them by."""

from __future__ import annotations

from typing import Final

from django.utils.functional import Promise
from django.utils.text import format_lazy
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from holidays import country_holidays

# Those where the product is at home. An operator can give an organization any region that `holidays` knows.
COUNTRIES: Final[dict[str, str | Promise]] = {
    "DE": _("Germany"),
    "AT": _("Austria"),
    "CH": _("Switzerland"),
    "LI": _("Liechtenstein"),
    "LU": _("Luxembourg"),
    "BE": _("Belgium"),
    "NL": _("Netherlands"),
    "DK": _("Denmark"),
    "SE": _("Sweden"),
    "NO": _("Norway"),
    "FI": _("Finland"),
    "IE": _("Ireland"),
    "GB": _("United Kingdom"),
    "FR": _("France"),
    "ES": _("Spain"),
    "PT": _("Portugal"),
    "IT": _("Italy"),
    "PL": _("Poland"),
    "CZ": _("Czechia"),
    "SK": _("Slovakia"),
    "HU": _("Hungary"),
    "SI": _("Slovenia"),
    "US": _("United States"),
    "CA": _("Canada"),
}
# Where regions differ so much that a promise in working days must know which one it is.
DIVIDED: Final = ("DE", "AT", "CH", "GB")

Choices = list[tuple[str, str | Promise]]


def region_choices() -> list[tuple[str, str | Promise] | tuple[str | Promise, Choices]]:
    """Return what a select offers: no holidays, divided countries with their regions, then the other countries."""
    divided = [(COUNTRIES[code], _regions_of(code)) for code in DIVIDED]
    others: Choices = [(code, name) for code, name in COUNTRIES.items() if code not in DIVIDED]
    return [("", _("None: only weekends are free")), *divided, (_("Other countries"), others)]


def region_name(region: str) -> str:
    """Return a region in words, with its country; the code itself where this list does not have it."""
    country, _separator, part = region.partition("-")
    if not region:
        return gettext("None: only weekends are free")
    if country not in COUNTRIES:
        return region
    if not part:
        return str(COUNTRIES[country])
    names = country_holidays(country).get_subdivision_aliases().get(part)
    return f"{COUNTRIES[country]}: {names[0] if names else part}"


def _regions_of(country: str) -> Choices:
    names = country_holidays(country).get_subdivision_aliases()
    # Cities with holidays of their own stand in the list by name, not by the code of a region.
    regions: Choices = [(f"{country}-{code}", aliases[0]) for code, aliases in names.items() if len(code) <= 3]
    # With the name of the country: a closed select does not show the group that its choice stands in.
    whole = format_lazy("{country}: {what}", country=COUNTRIES[country], what=_("nationwide holidays only"))
    return [(country, whole), *sorted(regions, key=lambda region: str(region[1]))]
