"""一店一档 on the screen: the page of one place, as it is opened or with what was refused."""

from flask.typing import ResponseReturnValue

from inspect_app.casework import papers, place_file
from inspect_app.casework.papers.entry import MOST_LINES
from inspect_app.kernel import clock
from inspect_app.kernel.errors import Refused
from inspect_app.papers.kinds import codes
from inspect_app.papers.standing import NAMES
from inspect_app.people.rules import Role
from inspect_app.premises import merged
from inspect_app.premises import queries as premises
from inspect_app.premises.actions import SameName
from inspect_app.premises.models import Premises
from inspect_app.premises.rules import FACT_NAMES, PARTY_ROLES, STATUS_NAMES, fact_words
from inspect_app.visits import register as visits
from inspect_app.visits.last_checked import last_checked

from ..access import TABLE, Permission, scope
from ..fields import page_of
from ..told import full_walk_rule


def place_page(row: Premises, refusal: Refused | None) -> ResponseReturnValue:
    """The page of a place. Who keeps the register only sees no hazard, and is told of none."""
    me = scope()
    found = place_file.found_file(me, row, MOST_LINES) if me.role in TABLE[Permission.HAZARDS_LIST] else None
    return page_of(
        "desk/place.html",
        refusal,
        premises=row,
        twin=premises.twin(me, row),
        parties=premises.parties_of(row.id),
        merges=merged.merges_of(row.id),
        former={one.id: f"{one.name}（{one.code}）" for one in merged.merged_into(row.id)},
        earlier=premises.earlier_parties(row.id),
        roles=PARTY_ROLES,
        facts=[(FACT_NAMES[name], fact_words(name, row.facts[name])) for name in FACT_NAMES if name in row.facts],
        statuses=STATUS_NAMES,
        history=premises.status_history(row.id),
        namesakes=refusal.found if isinstance(refusal, SameName) else (),
        found=found,
        reasons=place_file.reasons_of(row, found.there, full_walk_rule()) if found else [],
        together=papers.together(me, found.fit) if found and me.role in TABLE[Permission.PAPERS] else [],
        standings=NAMES,
        servable=codes(lambda kind: bool(kind.ways)),
        walked=visits.of_premises(row.id),
        checked=last_checked(row, full_walk_rule(), clock.today()),
        may_write=me.role in TABLE[Permission.REGISTER],
        may_assign=me.role is Role.SUPERVISOR,
    )
