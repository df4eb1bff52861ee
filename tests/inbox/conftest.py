from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from challenges.enums import Visibility
from challenges.models import Challenge, Invitation
from ideas.models import Idea
from tests import factories
from tests.harness.cast import Cast
from tests.harness.services import WORKER
from tests.inbox.mails import Mailbox, ask


@pytest.fixture
def mailbox(settings: Any) -> Mailbox:
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST = "127.0.0.1"
    settings.EMAIL_PORT = int(os.environ["CROWDHUB_TEST_SMTP_PORT"])
    sender = f"{WORKER}@crowdhub.invalid"
    settings.DEFAULT_FROM_EMAIL = f"CrowdHub <{sender}>"
    return Mailbox(Path(os.environ["CROWDHUB_TEST_MAILBOX"]), sender)


@pytest.fixture
def challenge(in_acme: Cast) -> Challenge:
    return factories.challenge(in_acme.carol, title="How do we save heat?", visibility=Visibility.INVITED)


@pytest.fixture
def asked(in_acme: Cast, challenge: Challenge) -> Invitation:
    """Alice is asked; her digest has something to say."""
    return ask(challenge, in_acme.alice)


@pytest.fixture
def idea(in_acme: Cast, challenge: Challenge) -> Idea:
    return factories.idea(challenge, in_acme.alice, title="Close the gates <b>")


@pytest.fixture
def alice(in_acme: Cast, as_member: Any) -> Client:
    return as_member(in_acme.alice)
