from django.urls import path

from ideas.views import attaching, autosave, joining, linking, reading, taking_part, writing

app_name = "ideas"
urlpatterns = [
    path("", reading.mine, name="mine"),
    path("preview/", writing.preview, name="preview"),
    path("new/<slug:public_id>/", writing.new, name="new"),
    path("new/<slug:public_id>/terms/", writing.terms, name="terms"),
    path("new/<slug:public_id>/autosave/", autosave.autosave, name="autosave"),
    path("new/<slug:public_id>/attach/", attaching.attach_new, name="attach_new"),
    path("new/<slug:public_id>/similar/", writing.similar, name="similar"),
    path("invitations/<slug:public_id>/", joining.answer_invitation, name="answer_invitation"),
    path("comments/<slug:public_id>/edit/", taking_part.edit_comment, name="edit_comment"),
    path("comments/<slug:public_id>/helpful/", taking_part.helpful, name="helpful"),
    path("<slug:public_id>/", reading.detail, name="detail"),
    path("<slug:public_id>/revisions/", reading.revisions, name="revisions"),
    path("<slug:public_id>/edit/", writing.edit, name="edit"),
    path("<slug:public_id>/autosave/", autosave.save, name="save"),
    path("<slug:public_id>/attachments/", attaching.attach, name="attach"),
    path("<slug:public_id>/attachments/<slug:attachment_id>/", attaching.attachment, name="attachment"),
    path("<slug:public_id>/attachments/<slug:attachment_id>/remove/", attaching.remove, name="remove_attachment"),
    path("<slug:public_id>/submit/", writing.submit, name="submit"),
    path("<slug:public_id>/withdraw/", writing.withdraw, name="withdraw"),
    path("<slug:public_id>/vote/", taking_part.vote, name="vote"),
    path("<slug:public_id>/follow/", taking_part.follow, name="follow"),
    path("<slug:public_id>/comments/", taking_part.comment, name="comment"),
    path("<slug:public_id>/answer/", taking_part.answer, name="answer"),
    path("<slug:public_id>/team/", taking_part.team, name="team"),
    path("<slug:public_id>/team/leave/", taking_part.leave_team, name="leave_team"),
    path("<slug:public_id>/team/answer/", joining.answer_join, name="answer_join"),
    path("<slug:public_id>/links/", linking.links, name="links"),
    path("<slug:public_id>/links/remove/", linking.unlink, name="unlink"),
    path("<slug:public_id>/join/", joining.join, name="join"),
]
