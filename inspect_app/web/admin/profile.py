"""What a government organisation may do and how its orders look: powers with a second confirmation, officers, settings."""

from dataclasses import fields
from typing import Any
from uuid import UUID

from flask import request
from flask.typing import ResponseReturnValue

from inspect_app.kernel.errors import Faults, Refused
from inspect_app.people import district, profile
from inspect_app.people.models import Organisation
from inspect_app.people.rules import LawField, Power

from ..access import Permission, allowed, scope
from ..fields import attempt, maybe_posted_day, posted, posted_day
from .organisations import organisation_answer
from .pages import pages


@pages.post("/organisations/<uuid:organisation_id>/powers")
@allowed(Permission.ADMINISTER)
def grant_power(organisation_id: UUID) -> ResponseReturnValue:
    """Enter a power; it opens nothing until another administrator has confirmed it."""
    row = district.organisation(organisation_id)
    _, refusal = attempt(lambda: _grant(row))
    return organisation_answer(row, refusal, "power", "职权登记好了，请另一位管理员核对后确认。")


@pages.post("/powers/<uuid:power_id>/complete")
@allowed(Permission.ADMINISTER)
def complete_power(power_id: UUID) -> ResponseReturnValue:
    """Give an old entry its field and article."""
    power = district.power(power_id)
    _, refusal = attempt(lambda: profile.complete_power(power, _article(power.source), entered_by=scope().person_id))
    row = district.organisation(power.organisation_id)
    return organisation_answer(row, refusal, f"complete-{power.id}", "补全了，请另一位管理员核对后确认。")


@pages.post("/powers/<uuid:power_id>/confirm")
@allowed(Permission.ADMINISTER)
def confirm_power(power_id: UUID) -> ResponseReturnValue:
    """The second administrator has compared the entry with the law."""
    power = district.power(power_id)
    _, refusal = attempt(lambda: profile.confirm_power(power, confirmed_by=scope().person_id))
    row = district.organisation(power.organisation_id)
    return organisation_answer(row, refusal, f"confirm-{power.id}", "确认了，从现在起可以用。")


@pages.post("/powers/<uuid:power_id>/end")
@allowed(Permission.ADMINISTER)
def end_power(power_id: UUID) -> ResponseReturnValue:
    """End a power on a day; what was issued under it stays."""
    power = district.power(power_id)
    _, refusal = attempt(lambda: profile.end_power(power, posted_day("until", "到哪天止"), ended_by=scope().person_id))
    row = district.organisation(power.organisation_id)
    return organisation_answer(row, refusal, f"end-{power.id}", "职权的结束日期记好了。")


@pages.post("/organisations/<uuid:organisation_id>/officers")
@allowed(Permission.ADMINISTER)
def add_officer(organisation_id: UUID) -> ResponseReturnValue:
    """Register an officer with the certificate that is printed on orders."""
    row = district.organisation(organisation_id)
    _, refusal = attempt(lambda: _add_officer(row))
    return organisation_answer(row, refusal, "officer", "执法人员登记好了。")


@pages.post("/officers/<uuid:officer_id>/end")
@allowed(Permission.ADMINISTER)
def end_officer(officer_id: UUID) -> ResponseReturnValue:
    """End an officer's certificate on a day."""
    officer = district.officer(officer_id)
    _, refusal = attempt(
        lambda: profile.end_officer(officer, posted_day("until", "到哪天止"), ended_by=scope().person_id)
    )
    row = district.organisation(officer.organisation_id)
    return organisation_answer(row, refusal, f"leave-{officer.id}", "执法人员的结束日期记好了。")


@pages.post("/organisations/<uuid:organisation_id>/orders")
@allowed(Permission.ADMINISTER)
def order_settings(organisation_id: UUID) -> ResponseReturnValue:
    """What every order of the organisation prints."""
    row = district.organisation(organisation_id)
    given = {one.name: posted(one.name, "words") for one in fields(profile.OrderSettings)}
    _, refusal = attempt(lambda: profile.set_order_settings(row, profile.OrderSettings(**given)))
    return organisation_answer(row, refusal, "orders", "文书上印的内容存好了。已经出的文书不变。")


def _add_officer(row: Organisation) -> None:
    faults = Faults()
    days: dict[str, Any] = {
        "since": faults.of(posted_day, "since", "从哪天起"),
        "until": faults.of(maybe_posted_day, "until"),
    }
    profile.add_officer(
        row.id,
        name=request.form.get("name", ""),
        card_number=posted("card_number", "card_number"),
        entered_by=scope().person_id,
        so_far=faults,
        **days,
    )


def _grant(row: Organisation) -> None:
    faults = Faults()
    power, article = faults.of(_power), faults.of(_article, posted("source"))
    since, until = faults.of(posted_day, "since", "从哪天起"), faults.of(maybe_posted_day, "until")
    faults.refuse()
    assert power is not None
    assert article is not None
    assert since is not None
    profile.grant_power(row.id, power, article, since=since, until=until, entered_by=scope().person_id)


def _power() -> Power:
    try:
        return Power(posted("power"))
    except ValueError:
        raise Refused("请选一项职权。", field="power") from None


def _law_field() -> LawField:
    try:
        return LawField(posted("field"))
    except ValueError:
        raise Refused("请选在哪个领域。", field="field") from None


def _article(source: str) -> profile.Article:
    faults = Faults()
    law_field = faults.of(_law_field)
    article = profile.Article(law_field or LawField.FIRE, posted("document"), posted("article"), source)
    faults.of(article.checked)
    faults.refuse()
    return article
