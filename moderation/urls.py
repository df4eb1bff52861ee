from django.urls import path

from moderation.views import queue, reasons, reporting

app_name = "moderation"
urlpatterns = [
    path("", queue.queue, name="queue"),
    path("bulk/", queue.decide_many, name="bulk"),
    path("undo/", queue.undo, name="undo"),
    path("log/", reasons.log, name="log"),
    path("reasons/", reasons.templates, name="templates"),
    path("reasons/new/", reasons.add_template, name="add_template"),
    path("reasons/<slug:public_id>/", reasons.edit_template, name="edit_template"),
    path("reasons/<slug:public_id>/delete/", reasons.delete_template, name="delete_template"),
    path("report/idea/<slug:public_id>/", reporting.report_idea, name="report_idea"),
    path("report/comment/<slug:public_id>/", reporting.report_comment, name="report_comment"),
    path("<slug:public_id>/", queue.case, name="case"),
    path("<slug:public_id>/decide/", queue.decide, name="decide"),
]
