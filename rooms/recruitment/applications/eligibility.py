"""Compares a candidate with the prerequisites of a job, before they apply, so that each learns what is missing."""

from collections.abc import Mapping
from typing import NamedTuple

from rooms.recruitment.candidates.messages import ProfileView
from rooms.recruitment.jobs.messages import Degree, JobView

ORDER = list(Degree)


class Prerequisite(NamedTuple):
    """`kind`: degree, language, permit, years or question; `value`: what the job asks for: a degree, the tag of a language, a country, a number, or
    the key of a question. `met` None: the profile does not say, or the question has no answer yet."""

    kind: str
    value: str
    met: bool | None


def prerequisites(
    job: JobView, profile: ProfileView | None, answers: Mapping[str, bool] | None = None
) -> list[Prerequisite]:
    """All prerequisites of a job. `answers` None: the candidate has not been asked yet."""
    found: list[Prerequisite] = []
    if job.degree is not Degree.NONE:
        held = profile.degree if profile else Degree.NONE
        enough = None if held is Degree.NONE else ORDER.index(held) >= ORDER.index(job.degree)
        found.append(Prerequisite("degree", job.degree.value, enough))
    spoken = profile.languages if profile else []
    found += [Prerequisite("language", tag, tag in spoken if spoken else None) for tag in job.languages]
    if job.permit:
        permits = profile.permits if profile else []
        found.append(Prerequisite("permit", job.country, job.country in permits if permits else None))
    if job.years:
        years = profile.years if profile else None
        found.append(Prerequisite("years", str(job.years), None if years is None else years >= job.years))
    for question in job.questions:
        given = None if answers is None else answers.get(question.key)
        found.append(Prerequisite("question", question.key, None if given is None else given == question.expected))
    return found
