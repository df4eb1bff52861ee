from django.urls import path

from crowdhub.operator import demo

app_name = "demo"
urlpatterns = [
    path("sign-in/", demo.sign_in, name="sign-in"),
    path("mailbox/", demo.mailbox, name="mailbox"),
    path("mailbox/<slug:name>/", demo.letter, name="letter"),
    path("mailbox/<slug:name>/html/", demo.letter_html, name="letter-html"),
]
