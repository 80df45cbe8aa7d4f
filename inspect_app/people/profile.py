"""The only writers of what an organisation may do and how its orders look: powers, officers, settings.

A power is entered by one administrator with the article it rests on and confirmed by a second one; until then it opens
nothing. Nothing is removed: a power and an officer end with a day, and what was done under them stays what it is.
"""

from dataclasses import dataclass, fields
from datetime import date
from uuid import UUID

from sqlalchemy import select

from inspect_app.kernel import clock, spelling
from inspect_app.kernel.columns import not_ended
from inspect_app.kernel.database import db
from inspect_app.kernel.errors import Faults, NotAllowed, Refused
from inspect_app.kernel.limits import whole

from .models import Organisation, OrganisationOfficer, OrganisationPower
from .rules import LawField, Power, Side


@dataclass(frozen=True)
class Article:
    """What a power rests on: field of law, law and article, and the list (权责清单, 赋权决定) it was taken from."""

    field: LawField
    document: str
    article: str
    source: str

    def checked(self) -> "Article":
        """Without blanks around the words and 《》 around the law; raises Refused naming what is missing."""
        document = self.document.strip().removeprefix("《").removesuffix("》").strip()
        faults = Faults()
        for name, value, label in (
            ("document", document, "依据的法律、法规名称"),
            ("article", self.article.strip(), "第几条"),
            ("source", self.source.strip(), "职权的出处"),
        ):
            faults.need(value, f"请写{label}。", name)
        faults.refuse()
        return Article(self.field, document, self.article.strip(), self.source.strip())


def grant_power(
    organisation_id: UUID, power: Power, article: Article, *, since: date, entered_by: UUID, until: date | None = None
) -> OrganisationPower:
    """Enter a power in one field of law; a second administrator confirms it. Congress offices hold none."""
    organisation = db.session.get_one(Organisation, organisation_id)
    if organisation.side != Side.GOVERNMENT:
        raise Refused("人大侧的单位没有执法职权，不能登记。", field="power")
    faults = Faults()
    checked = faults.of(article.checked)
    faults.need(until is None or until >= since, "结束日期不能早于开始日期。", "until")
    faults.refuse()
    article = checked or article
    _not_held_yet(organisation_id, power, article.field, since)
    row = OrganisationPower(
        organisation_id=organisation_id,
        power=power,
        field=article.field,
        document=article.document,
        article=article.article,
        since=since,
        until=until,
        source=article.source,
        entered_by_person_id=entered_by,
        entered_at=clock.now(),
    )
    db.session.add(row)
    db.session.flush()
    return row


def complete_power(row: OrganisationPower, article: Article, *, entered_by: UUID) -> None:
    """Give an entry from before fields were kept its field and article; it too is then confirmed by a second person.

    What it said before, power, days and source, stays.
    """
    if row.field:
        raise Refused("这一项已经写明领域和条文。要改，请结束它，另登记一项。", field="field")
    article = article.checked()
    _not_held_yet(row.organisation_id, Power(row.power), article.field, row.since)
    row.field, row.document, row.article = article.field, article.document, article.article
    row.entered_by_person_id, row.entered_at = entered_by, clock.now()
    db.session.flush()


def confirm_power(row: OrganisationPower, *, confirmed_by: UUID) -> None:
    """Confirm a power, by a second administrator who has compared field and article with the law: it is usable from now on.

    Raises NotAllowed for the one who entered it.
    """
    if not row.field or row.entered_by_person_id is None:
        raise Refused("还没有写明领域和条文，补上以后再确认。")
    db.session.refresh(row, with_for_update={"key_share": True})
    if row.confirmed_by_person_id is not None:
        raise Refused("这一项已经确认过了。")
    if row.entered_by_person_id == confirmed_by:
        raise NotAllowed("这一项是您登记的，要由另一位管理员核对后确认。")
    if row.until is not None and row.until < clock.today():
        raise Refused("这一项已经结束，不用再确认。")
    row.confirmed_by_person_id, row.confirmed_at = confirmed_by, clock.now()
    db.session.flush()


def end_power(row: OrganisationPower, until: date, *, ended_by: UUID) -> None:
    """End a power with a day; papers issued under it stay what they are."""
    if until < row.since:
        raise Refused("结束日期不能早于开始日期。", field="until")
    row.until, row.ended_by_person_id, row.ended_at = until, ended_by, clock.now()
    db.session.flush()


def add_officer(
    organisation_id: UUID,
    *,
    name: str,
    card_number: str,
    since: date,
    until: date | None = None,
    person_id: UUID | None = None,
    entered_by: UUID | None = None,
    so_far: Faults | None = None,
) -> OrganisationOfficer:
    """Put an officer with the number of the certificate on the list that orders choose from."""
    if db.session.get_one(Organisation, organisation_id).side != Side.GOVERNMENT:
        raise Refused("人大侧的单位没有执法人员，不能登记。", field="name")
    faults = so_far or Faults()
    name, card = (
        faults.of(spelling.name, name, lack="请写姓名。", limit="person") or "",
        "".join(spelling.plain(card_number).split()),
    )
    faults.need(card, "请写执法证号。", "card_number")
    faults.need(until is None or since is None or until >= since, "结束日期不能早于开始日期。", "until")
    faults.refuse()
    _hold(organisation_id)
    _not_listed_yet(organisation_id, card, since)
    row = OrganisationOfficer(
        organisation_id=organisation_id,
        name=name,
        card_number=card,
        since=since,
        until=until,
        person_id=person_id,
        entered_by_person_id=entered_by,
    )
    db.session.add(row)
    db.session.flush()
    return row


def _not_listed_yet(organisation_id: UUID, card: str, since: date) -> None:
    same = select(OrganisationOfficer.id).where(
        OrganisationOfficer.organisation_id == organisation_id,
        OrganisationOfficer.card_number == card,
        not_ended(OrganisationOfficer, since),
    )
    if db.session.scalar(same) is not None:
        raise Refused("这个执法证号已经登记过，还没有结束。", field="card_number")


def end_officer(row: OrganisationOfficer, until: date, *, ended_by: UUID) -> None:
    """End an officer's entry with a day: no later order names them."""
    if until < row.since:
        raise Refused("结束日期不能早于开始日期。", field="until")
    row.until, row.ended_by_person_id = until, ended_by
    db.session.flush()


@dataclass(frozen=True)
class OrderSettings:
    """What every order of an organisation prints, set once. Names of the fields are those of the columns."""

    order_title: str = ""
    section: str = ""
    address: str = ""
    consequence: str = ""
    review_body: str = ""
    court: str = ""


def set_order_settings(row: Organisation, settings: OrderSettings) -> None:
    """Title, 承办机构, address, consequence, 复议机关 and court of this organisation's orders.

    What stays empty is named when an order is to be issued; papers that are issued keep what they printed.
    """
    if row.side != Side.GOVERNMENT:
        raise Refused("人大侧的单位不出责令文书。", field="order_title")
    for one in fields(settings):
        setattr(row, one.name, getattr(settings, one.name).strip())
    db.session.flush()


def _hold(organisation_id: UUID) -> None:
    """Lock the office: of two who enter the same under it at once the second finds what the first has entered."""
    db.session.execute(
        select(Organisation.id).where(Organisation.id == organisation_id).with_for_update(key_share=True)
    )


def _not_held_yet(organisation_id: UUID, power: Power, field: LawField, since: date) -> None:
    _hold(organisation_id)
    held = select(OrganisationPower.id).where(
        OrganisationPower.organisation_id == organisation_id,
        OrganisationPower.power == power,
        OrganisationPower.field == field,
        not_ended(OrganisationPower, since),
    )
    if db.session.scalar(held) is not None:
        raise Refused("这一项职权在这个领域已经登记过，还没有结束。", field="power")


def set_sheet_head(row: Organisation, *, letterhead: str, seal_place: bool) -> None:
    """What stands at the head of an office's letters where that is not its name, and whether its sheets mark where the seal
    is put. Sheets that were issued stay as they are. Raises Refused for more than fits one line."""
    row.letterhead, row.seal_place = whole(spelling.plain(letterhead), "letterhead", "letterhead"), seal_place
    db.session.flush()
