"""Images that cannot be had: which refusals are final, and which are not the learner's.

Sources: the kubelet's pkg/kubelet/images/types.go for the reasons; containerd, Docker and CRI-O
for the messages behind ErrImagePull.
"""

from __future__ import annotations

import re
from enum import StrEnum

from podgrade.model.reason import Doom
from podgrade.model.text import Message, say
from podgrade.workspace.doom.case import Case
from podgrade.workspace.doom.near import meant_image, split_image
from podgrade.workspace.doom.part import Part

PULLING = ("ErrImagePull", "ImagePullBackOff")
_TROUBLE = ("RegistryUnavailable", "ImageInspectError", "SignatureValidationFailed")


class Refusal(StrEnum):
    """What a failed pull means."""

    ABSENT = "absent"
    LIMIT = "limit"
    PLATFORM = "platform"
    OLD = "old"
    TROUBLE = "trouble"


# the first that is found counts: "no match for platform … not found" is about the platform
_MEANINGS = (
    (Refusal.PLATFORM, r"no match(ing)? (for platform|manifest)|exec format error"),
    (Refusal.OLD, r"no longer supported|unsupported media ?type|manifest\.v1\+|schema ?1"),
    (Refusal.LIMIT, r"toomanyrequests|too many requests|\b429\b|rate.?limit|qps exceeded"),
    (
        Refusal.TROUBLE,
        r"time-?out|timed out|deadline exceeded|no such host|connection re(fused|set)|"
        r"server misbehaving|\b50[0234]\b|\bEOF\b|x509|certificate|no space left|network is "
        r"unreachable|no route to host|proxyconnect|temporary failure|cancell?ed",
    ),
    (
        Refusal.ABSENT,
        r"repository does not exist|pull access denied|insufficient_scope|manifest unknown|"
        r"name unknown|name_unknown|manifest_unknown|repository .*not found|: not found|"
        r"requested access to the resource is denied",
    ),
)


def meaning(message: str) -> Refusal | None:
    """What the message of a failed pull says; None where it names no cause."""
    for refusal, pattern in _MEANINGS:
        if re.search(pattern, message, re.IGNORECASE):
            return refusal
    return None


def image_doom(case: Case, part: Part) -> Doom | None:
    """Final: a name that is none, an image nobody may pull, an image that is not there."""
    reason, _ = part.why_waiting
    if reason == "InvalidImageName":
        return _invalid(case, part)
    if reason == "ErrImageNeverPull":
        return _never_pulled(part)
    if reason not in PULLING or newest_meaning(case, part) is not Refusal.ABSENT:
        return None
    return _not_found(case, part) if _refused_twice(case, part, reason) else None


def image_refused(case: Case) -> Doom | None:
    """An image whose pull has failed twice, whoever is to blame; a rate limit passes by itself."""
    for part in case.parts:
        if newest_meaning(case, part) is not Refusal.LIMIT and _pulls(case, part) > 1:
            return image_obstacle(case, part)
    return None


def image_obstacle(case: Case, part: Part) -> Doom | None:
    """At the limit: an image that has not come, and whose doing that is."""
    reason, message = part.why_waiting
    if reason in _TROUBLE:
        return _infrastructure(part, "image-pull-trouble", _trouble(part, message))
    if reason not in PULLING:
        return None
    refusal = newest_meaning(case, part)
    if refusal is Refusal.ABSENT:
        return _not_found(case, part)
    return _not_theirs(part, refusal, _cause(case, part) or message)


def newest_meaning(case: Case, part: Part) -> Refusal | None:
    """The meaning of the newest refusal that names its cause."""
    return meaning(_cause(case, part))


def _cause(case: Case, part: Part) -> str:
    """The newest message that says why: the status', else an earlier status', else an Event's."""
    messages = [seen.why_waiting[1] for seen in reversed(case.history(part))]
    events = reversed(case.events_of(part, "Failed"))
    messages += [str(event.get("message", "")) for event in events]
    return next((message for message in messages if meaning(message)), "")


def _refused_twice(case: Case, part: Part, reason: str) -> bool:
    """The kubelet backs off only after a refusal, so a back-off is the second time."""
    if reason == "ImagePullBackOff":
        return True
    return _pulls(case, part) > 1


def _pulls(case: Case, part: Part) -> int:
    """How many pulls have failed."""
    failures = case.events_of(part, "Failed")
    pulls = [event for event in failures if "Failed to pull" in str(event.get("message"))]
    return sum(int(event.get("count") or 1) for event in pulls)


def _not_found(case: Case, part: Part) -> Doom:
    meant = meant_image(part.image, case.scene.images)
    return Doom(
        "image-not-found",
        say(
            "container `{container}`: image `{image}` was not found",
            container=part.name,
            image=part.image,
        ),
        say("did you mean `{name}`?", name=meant) if meant else _spelling(part),
        part.name,
    )


def _spelling(part: Part) -> Message:
    if split_image(part.image)[2]:
        return say("check the image's name and its tag, letter by letter")
    return say("check the image's name, letter by letter")


def _invalid(case: Case, part: Part) -> Doom:
    meant = meant_image(part.image.lower().replace(" ", ""), case.scene.images)
    plain = part.image.lower().replace(" ", "")
    guess = meant or (plain if plain != part.image else None)
    return Doom(
        "image-name-invalid",
        say(
            "container `{container}`: `{image}` is no valid image name",
            container=part.name,
            image=part.image,
        ),
        say("did you mean `{name}`?", name=guess)
        if guess
        else say("write it as `name` or `name:tag`, in small letters and without spaces"),
        part.name,
    )


def _never_pulled(part: Part) -> Doom:
    return Doom(
        "image-not-found",
        say(
            "container `{container}`: image `{image}` is not on the node, and "
            "`imagePullPolicy: Never` forbids to pull it",
            container=part.name,
            image=part.image,
        ),
        say("take `imagePullPolicy` out, or write `IfNotPresent`"),
        part.name,
    )


def _not_theirs(part: Part, refusal: Refusal | None, message: str) -> Doom:
    names = {"container": part.name, "image": part.image}
    if refusal is Refusal.LIMIT:
        why = say(
            "container `{container}`: the registry limits how often image `{image}` may be "
            "pulled; this is not your mistake",
            **names,
        )
        return _infrastructure(part, "image-pull-limit", why)
    if refusal is Refusal.PLATFORM:
        why = say(
            "container `{container}`: image `{image}` does not exist for this machine's "
            "processor; this is not your mistake",
            **names,
        )
        return _infrastructure(part, "wrong-architecture", why)
    if refusal is Refusal.OLD:
        why = say(
            "container `{container}`: image `{image}` has an old format that this cluster "
            "no longer reads; this is not your mistake",
            **names,
        )
        return _infrastructure(part, "image-pull-trouble", why)
    return _infrastructure(part, "image-pull-trouble", _trouble(part, message))


def _trouble(part: Part, message: str) -> Message:
    return say(
        "container `{container}`: image `{image}` could not be pulled; this is not your "
        "mistake: {message}",
        container=part.name,
        image=part.image,
        message=message[-300:],
    )


def _infrastructure(part: Part, code: str, why: Message) -> Doom:
    return Doom(code, why, say("try again later"), part.name, infrastructure=True)
