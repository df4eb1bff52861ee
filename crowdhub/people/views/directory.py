"""The list of people: narrowed, sorted, paged, taken away as a file, and where a change of many begins."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import FileResponse, HttpRequest, HttpResponse, QueryDict, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from crowdhub.common.errors import Refusal, put_refusal
from crowdhub.common.http import by_htmx
from crowdhub.common.numbers import grouped
from crowdhub.people import queries, rules
from crowdhub.people.access import ADMINISTRATORS_ONLY, allowed, posted_from
from crowdhub.people.domain.bulk import prepare_bulk_change
from crowdhub.people.domain.exporting import XLSX, begin_export, csv_lines, write_workbook
from crowdhub.people.enums import BulkAction
from crowdhub.people.forms import BulkForm, FileForm, FilterForm
from crowdhub.people.models import Member
from crowdhub.people.names import shown_name
from crowdhub.people.shelves import all_shelves
from crowdhub.people.signed_out import login_required

PER_PAGE = 50
MOST_TICKED = 4 * PER_PAGE  # what a page can have ticked, and some more
DIRECTORY_ONLY = gettext_lazy("The directory as a list is for administrators, HR and auditors.")
EXPORTERS_ONLY = gettext_lazy("The directory as a file is for administrators and HR.")
TYPE_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def people_list(request: HttpRequest) -> HttpResponse:
    """List the people who fit; a POST prepares what is to be done to the ticked ones, or to all of them."""
    member = allowed(request, rules.open_directory, DIRECTORY_ONLY)
    shelves = all_shelves()
    filters = FilterForm(request.GET.dict(), shelves=shelves, viewer=member)
    if request.method != "POST":
        unsent = BulkForm(shelves=shelves, actor=member) if rules.change_many(member) else None
        return _page(request, member, filters, unsent)
    allowed(request, rules.change_many, ADMINISTRATORS_ONLY)
    bulk = BulkForm(request.POST, shelves=shelves, actor=member)
    if bulk.is_valid():
        try:
            change = prepare_bulk_change(
                _chosen(request, member, filters, everyone=bulk.cleaned_data["everyone"]),
                BulkAction(bulk.cleaned_data["action"]),
                actor=member,
                target=bulk.target(),
            )
        except Refusal as refusal:
            put_refusal(bulk, refusal)
        else:
            return redirect("people:bulk", public_id=change.public_id)
    return _page(request, member, filters, bulk, ticked=request.POST.getlist("person"), status=422)


@posted_from("people:list")
def export(request: HttpRequest) -> HttpResponseBase:
    """The people who fit, as a file; that it was taken is on record."""
    member = allowed(request, rules.export_directory, EXPORTERS_ONLY)
    filters = FilterForm(request.GET.dict(), shelves=all_shelves(), viewer=member)
    form = FileForm(request.POST)
    if not (filters.is_valid() and form.is_valid()):
        messages.error(request, _("Nothing was exported: something in the filter no longer exists."))
        return redirect(f"{reverse('people:list')}?{_without(request.GET, 'after', 'before')}")
    chosen, file_format = filters.chosen(), form.cleaned_data["file_format"]
    taken = begin_export(
        queries.people_found(**chosen, among=queries.directory_of(member)), chosen, file_format, actor=member
    )
    if file_format == XLSX:
        return FileResponse(write_workbook(taken), as_attachment=True, filename=taken.file_name, content_type=TYPE_XLSX)
    return StreamingHttpResponse(
        csv_lines(taken),
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{taken.file_name}"'},
    )


def _chosen(request: HttpRequest, member: Member, filters: FilterForm, *, everyone: bool) -> QuerySet[Member]:
    """Return the people whom a change is about; for a filter that names nothing that exists, nobody."""
    people = queries.directory_of(member)
    if everyone:
        return queries.people_found(**filters.chosen(), among=people) if filters.is_valid() else people.none()
    return people.filter(public_id__in=request.POST.getlist("person")[:MOST_TICKED])


def _page(
    request: HttpRequest,
    member: Member,
    filters: FilterForm,
    bulk: BulkForm | None,
    *,
    ticked: Collection[str] = (),
    status: int = 200,
) -> HttpResponse:
    """Render the list, or for htmx the people who were found, under an address that leads to them again."""
    context = _context(request, member, filters) | {"bulk": bulk, "ticked": ticked}
    if not by_htmx(request, target="found"):
        return render(request, "people/list.html", context, status=status)
    response = render(request, "people/list.html#found", context | {"by_htmx": True}, status=status)
    unpaged = _without(request.GET, "after", "before")
    response["HX-Push-Url"] = f"{request.path}?{unpaged}" if unpaged else request.path
    return response


def _context(request: HttpRequest, member: Member, filters: FilterForm) -> dict[str, Any]:
    """Return one page of the people who fit, and what the member sees of them and may do."""
    chosen = filters.chosen()
    found = queries.people_found(**chosen, among=queries.directory_of(member))
    sort = request.GET.get("sort", "name")
    sees_visits = rules.see_visits_listed(member)
    order = queries.directory_order(sort, with_visits=sees_visits)
    page = order.page(queries.with_roles(found), request.GET.dict(), size=PER_PAGE)
    count = queries.count_found(found, chosen.get("words", ""))
    unsorted, unpaged = _without(request.GET, "sort", "after", "before"), _without(request.GET, "after", "before")
    return {
        "form": filters,
        "file_form": FileForm() if rules.export_directory(member) else None,
        "page": page,
        "sees_roles": rules.see_roles_listed(member),
        "sees_visits": sees_visits,
        "people": [(one, shown_name(one, viewer=member), queries.roles_told(one)) for one in page.rows],
        "count": count,
        "count_shown": grouped(count.number),
        "sort": sort,
        "query": f"{unsorted}&" if unsorted else "",
        "page_query": f"{unpaged}&" if unpaged else "",
        "here": _without(request.GET),  # with the page: what is ticked there is shown again when it is refused
        "may_import": rules.keep_directory(member),
        "may_add": rules.add_people(member),
        "section": "people",
    }


def _without(parameters: QueryDict, *names: str) -> str:
    """Return the parameters of an address without some of them, and without those that say nothing."""
    rest = parameters.copy()
    for name, value in parameters.items():
        if name in names or not (value or name == "state"):  # an empty state is "All"
            del rest[name]
    return rest.urlencode()
