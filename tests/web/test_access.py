"""Every route × every role, with one's own rows and rows of another street, against a table written by hand."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from uuid import UUID

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from inspect_app.casework import handing_in
from inspect_app.casework.holding import hold
from inspect_app.checklists.from_excel import Parsed
from inspect_app.checklists.models import BasisEnd
from inspect_app.demo.people import SINCE
from inspect_app.evidence import actions as evidence
from inspect_app.hazards.actions import handing
from inspect_app.hazards.case import actor_of
from inspect_app.hazards.clocks import TimeLimit
from inspect_app.hazards.locking import lock
from inspect_app.hazards.models import Hazard
from inspect_app.hazards.photos import PhotoFlag
from inspect_app.hazards.rules import Actor
from inspect_app.hazards.saved_views import SavedView
from inspect_app.imports.models import ImportJob, ImportRow
from inspect_app.intake import devices, pending
from inspect_app.intake.actions import take
from inspect_app.intake.dating import date_all
from inspect_app.intake.phones import read_phone
from inspect_app.intake.rules import parse
from inspect_app.kernel import clock
from inspect_app.kernel.database import db
from inspect_app.kernel.ids import new_id
from inspect_app.papers import actions as papers
from inspect_app.papers import queries as paper_queries
from inspect_app.papers.drafts import PaperDraft
from inspect_app.papers.filed import FiledScan
from inspect_app.papers.models import Paper
from inspect_app.papers.proofs import PaperProof
from inspect_app.people import actions as people
from inspect_app.people import profile, sessions, structure
from inspect_app.people.models import Account, Area, Organisation, OrganisationSignatory
from inspect_app.people.queries import scope_for
from inspect_app.people.rules import LawField, Power, Role, Scope, Side
from inspect_app.premises import actions as premises
from inspect_app.premises import merging
from inspect_app.premises.models import Premises, PremisesParty
from inspect_app.printing.models import PrintFile, PrintJob
from inspect_app.scans.models import PaperFace, ScannedPage, ScanUpload
from inspect_app.slips import actions as slips
from inspect_app.slips import binding as slip_binding
from inspect_app.slips import queries as slip_queries
from inspect_app.urgent_calls import actions as calls
from inspect_app.visits import actions as visits
from inspect_app.visits.models import Visit
from tests.operations import operation
from tests.support import PIXEL, District, changed_workbook, statements, upload_of

# D deputy · C, G supervisors of the street (congress, government) · W supervisor of the district · H handler
# L leader of the street · A auditor of the district · M administrator of the district
LOGINS = {
    "D": "daibiao1",
    "C": "du1",
    "G": "zheng1",
    "W": "du3",
    "H": "jiedao1",
    "L": "lingdao2",
    "A": "shenji1",
    "M": "guanli1",
}
EVERYBODY = "DCGWHLAM"

# method, rule → who may open it, who of them sees the whole district
TABLE: dict[tuple[str, str], tuple[str, str]] = {
    ("GET", "/"): (EVERYBODY, ""),
    ("GET", "/account"): (EVERYBODY, ""),
    ("POST", "/account/lost"): (EVERYBODY, ""),
    ("POST", "/account/sign-ins/<sign_in>/end"): (EVERYBODY, ""),
    ("GET", "/term-over"): (EVERYBODY, ""),
    ("GET", "/messages"): (EVERYBODY, ""),
    ("POST", "/messages/read"): (EVERYBODY, ""),
    ("GET", "/password"): (EVERYBODY, ""),
    ("POST", "/password"): (EVERYBODY, ""),
    ("GET", "/desk/"): ("CGW", ""),
    ("POST", "/desk/do/assign"): ("CGW", ""),
    ("POST", "/desk/do/assign/register"): ("CGW", ""),
    ("GET", "/desk/hazards"): ("CGWLA", ""),
    ("GET", "/desk/hazards/new"): ("CGW", ""),
    ("POST", "/desk/hazards/new"): ("CGW", ""),
    ("GET", "/desk/hazards/new/places"): ("CGW", ""),
    ("GET", "/desk/hazards/new/items"): ("CGW", ""),
    ("GET", "/desk/hazards/<hazard>/registered"): ("CGW", "W"),
    ("GET", "/desk/hazards/map"): ("CGWLA", ""),
    ("GET", "/desk/hazards/map/points"): ("CGWLA", ""),
    ("GET", "/desk/hazards/map/places/<place>"): ("CGWLA", "WA"),
    ("GET", "/desk/map/outlines.json"): ("CGWLA", ""),
    ("GET", "/desk/hazards/papers"): ("CGWLA", ""),
    ("POST", "/desk/hazards/papers"): ("CGWLA", ""),
    ("POST", "/desk/hazards/picked"): ("CGWLA", ""),
    ("GET", "/desk/hazards/tabs"): ("CGWLA", ""),
    ("GET", "/desk/hazards/many/urge"): ("CGW", ""),
    ("POST", "/desk/hazards/many/urge"): ("CGW", ""),
    ("GET", "/desk/hazards/issue"): ("CGW", ""),
    ("POST", "/desk/hazards/issue"): ("CGW", ""),
    ("GET", "/desk/hazards/register"): ("CGWLA", ""),
    ("POST", "/desk/hazards/register"): ("CGWLA", ""),
    ("GET", "/desk/hazards/export"): ("CGWLA", ""),
    ("POST", "/desk/hazards/export"): ("CGWLA", ""),
    ("POST", "/desk/do/assign/export"): ("CGW", ""),
    ("GET", "/desk/places/export"): ("CGWLM", ""),
    ("POST", "/desk/places/export"): ("CGWLM", ""),
    ("GET", "/inbox/export"): ("H", ""),
    ("POST", "/inbox/export"): ("H", ""),
    ("GET", "/papers/export"): ("CGWHLA", ""),
    ("POST", "/papers/export"): ("CGWHLA", ""),
    ("GET", "/exports/"): ("CGWHLAM", ""),
    ("GET", "/exports/log"): ("AM", ""),
    ("GET", "/desk/places/doors"): ("CGWLM", ""),
    ("POST", "/desk/places/doors"): ("CGWLM", ""),
    ("POST", "/desk/places/<place>/file"): ("CGWLA", "WA"),
    ("POST", "/desk/hazards/views"): ("CGWLA", ""),
    ("POST", "/desk/hazards/views/<view>/drop"): ("CGWLA", ""),
    ("GET", "/desk/hazards/<hazard>"): ("CGWLA", "WA"),
    ("GET", "/desk/hazards/<hazard>/chain.json"): ("CGWLA", "WA"),
    ("POST", "/desk/hazards/<hazard>/steps/urge"): ("CGWL", "W"),
    ("POST", "/desk/hazards/<hazard>/flags/<flag>"): ("CGW", "W"),
    ("POST", "/desk/hazards/<hazard>/urge"): ("CGW", "W"),
    ("POST", "/desk/hazards/<hazard>/close"): ("CGW", "W"),
    ("GET", "/desk/phones"): ("CGW", ""),
    ("POST", "/desk/phones/<device>/gap"): ("CGW", "W"),
    ("GET", "/desk/pending"): ("CGW", ""),
    ("POST", "/desk/pending/<receipt>/confirm"): ("CGW", "W"),
    ("POST", "/desk/pending/<receipt>/decline"): ("CGW", "W"),
    ("GET", "/desk/backups"): ("CGW", ""),
    ("POST", "/desk/backups"): ("CGW", ""),
    ("GET", "/desk/calls"): ("CGW", ""),
    ("GET", "/desk/urgent"): ("CGW", ""),
    ("GET", "/desk/urgent/<call>"): ("CGW", "W"),
    ("POST", "/hazards/<hazard>/papers/closure"): ("CGWH", "W"),
    ("POST", "/papers/<paper>/service"): ("CGWH", "W"),
    ("POST", "/papers/<paper>/service/correct"): ("CGWH", "W"),
    ("POST", "/papers/<paper>/void"): ("CGWH", "W"),
    ("POST", "/papers/<paper>/draw"): ("CGWH", "W"),
    ("GET", "/papers/<paper>/code"): ("CGWH", "W"),
    ("POST", "/papers/<paper>/code"): ("CGWH", "W"),
    ("GET", "/desk/assignments"): ("CGW", ""),
    ("POST", "/desk/assignments"): ("CGW", ""),
    ("POST", "/desk/assignments/<assignment>/cancel"): ("CGW", "W"),
    ("GET", "/desk/visits"): ("CGWLA", ""),
    ("GET", "/desk/visits/<visit>"): ("CGWLA", "WA"),
    ("POST", "/desk/visits/<visit>/questions/other_deep"): ("CGW", "W"),
    ("POST", "/desk/visits/<visit>/record"): ("CW", "W"),
    ("GET", "/desk/places"): ("CGWLM", ""),
    ("GET", "/desk/places/new"): ("CGWM", ""),
    ("POST", "/desk/places/new"): ("CGWM", ""),
    ("GET", "/desk/places/<place>"): ("CGWLM", "WM"),
    ("GET", "/desk/places/<place>/change"): ("CGWM", "WM"),
    ("POST", "/desk/places/<place>/change"): ("CGWM", "WM"),
    ("POST", "/desk/places/<place>/confirm"): ("CGWM", "WM"),
    ("POST", "/desk/places/<place>/another"): ("CGWM", "WM"),
    ("POST", "/desk/places/<place>/party"): ("CGWM", "WM"),
    ("POST", "/desk/places/<place>/parties/<holding>/end"): ("CGWM", "WM"),
    ("GET", "/desk/parties/<party>"): ("CGWLM", "WM"),
    ("GET", "/desk/places/<place>/merge"): ("CGWM", "WM"),
    ("POST", "/desk/places/<place>/merge"): ("CGWM", "WM"),
    ("POST", "/desk/places/<place>/merges/<merge>/undo"): ("CGWM", "WM"),
    ("GET", "/desk/places/<place>/door"): ("CGWLM", "WM"),
    ("POST", "/desk/urgent/<call>/acknowledge"): ("CGW", "W"),
    ("POST", "/desk/urgent/<call>/end"): ("CGW", "W"),
    ("GET", "/field/"): ("D", ""),
    ("GET", "/field/door/<door>"): ("D", ""),
    ("GET", "/field/hazards/<hazard>"): ("D", ""),
    ("POST", "/field/hazards/<hazard>/steps/look_back_open"): ("D", ""),
    ("GET", "/field/lists/<version>"): ("D", "D"),
    ("GET", "/field/mine"): ("D", ""),
    ("GET", "/field/outbox"): ("D", ""),
    ("GET", "/field/places"): ("D", ""),
    ("GET", "/field/places/<place>"): ("D", "D"),
    ("GET", "/field/places/new"): ("D", ""),
    ("GET", "/field/visits/<visit>"): ("D", "D"),
    ("GET", "/field/hazards/<hazard>/look-back"): ("D", "D"),
    ("GET", "/field/data"): ("D", ""),
    ("GET", "/field/data/places"): ("D", ""),
    ("GET", "/field/data/places/<place>"): ("D", ""),
    ("GET", "/field/data/register"): ("D", ""),
    ("GET", "/field/data/register/ids"): ("D", ""),
    ("GET", "/field/data/register/more"): ("D", ""),
    ("GET", "/field/data/register/open"): ("D", ""),
    ("GET", "/field/data/visits/<visit>"): ("D", ""),
    ("GET", "/inbox/"): ("H", ""),
    ("POST", "/inbox/do/accept"): ("H", ""),
    ("GET", "/inbox/all"): ("H", ""),
    ("GET", "/inbox/papers"): ("H", ""),
    ("POST", "/inbox/papers"): ("H", ""),
    ("GET", "/inbox/issue"): ("H", ""),
    ("POST", "/inbox/issue"): ("H", ""),
    ("GET", "/inbox/<hazard>"): ("H", ""),
    ("POST", "/inbox/<hazard>/steps/accept"): ("H", ""),
    ("POST", "/intake/operations"): ("D", ""),
    ("PUT", "/intake/photos/<photo>"): ("D", ""),
    ("POST", "/intake/photos/receipts"): ("D", ""),
    ("POST", "/intake/uploads"): ("D", ""),
    ("PATCH", "/intake/uploads/<photo>"): ("D", ""),
    ("POST", "/intake/uploads/<photo>"): ("D", ""),
    ("GET", "/intake/token"): ("D", ""),
    ("GET", "/papers"): ("CGWHLA", ""),
    ("GET", "/papers/print"): ("CGWHLA", ""),
    ("POST", "/papers/print"): ("CGWHLA", ""),
    ("GET", "/hazards/<hazard>/papers/closure/new"): ("CGWH", "W"),
    ("POST", "/hazards/<hazard>/papers/closure/new"): ("CGWH", "W"),
    ("GET", "/papers/proofs/<proof>"): ("CGWH", ""),
    ("GET", "/papers/proofs/<proof>/file"): ("CGWH", ""),
    ("POST", "/papers/proofs/<proof>/issue"): ("CGWH", ""),
    ("GET", "/imports/places"): ("CGWM", ""),
    ("POST", "/imports/places"): ("CGWM", ""),
    ("GET", "/imports/places/template.xlsx"): ("CGWM", ""),
    ("GET", "/imports/accounts"): ("M", ""),
    ("POST", "/imports/accounts"): ("M", ""),
    ("GET", "/imports/accounts/template.xlsx"): ("M", ""),
    ("POST", "/imports/jobs/<import>/slips"): ("M", ""),
    ("GET", "/imports/jobs/<import>"): ("CGWM", ""),
    ("GET", "/imports/jobs/<import>/progress"): ("CGWM", ""),
    ("GET", "/imports/jobs/<import>/faults.xlsx"): ("CGWM", ""),
    ("POST", "/imports/jobs/<import>/decide"): ("CGWM", ""),
    ("POST", "/imports/jobs/<import>/confirm"): ("CGWM", ""),
    ("POST", "/imports/jobs/<import>/cancel"): ("CGWM", ""),
    ("GET", "/prints"): ("CGWHLAM", ""),
    ("GET", "/papers/drafts"): ("CGWHLA", ""),
    ("GET", "/papers/drafts/<sheet>"): ("CGWHLA", ""),
    ("GET", "/papers/drafts/<sheet>/file"): ("CGWHLA", ""),
    ("POST", "/papers/drafts/<sheet>/proof"): ("CGWHLA", ""),
    ("POST", "/papers/drafts"): ("CGWHLA", ""),
    ("POST", "/papers/drafts/<sheet>/sign"): ("CGWHLA", ""),
    ("POST", "/papers/drafts/<sheet>/return"): ("CGWHLA", ""),
    ("POST", "/papers/drafts/<sheet>/withdraw"): ("CGWHLA", ""),
    ("GET", "/prints/<print>"): ("CGWHLAM", ""),
    ("POST", "/prints/<print>/cancel"): ("CGWHLAM", ""),
    ("GET", "/prints/<print>/pdf"): ("CGWHLAM", ""),
    ("GET", "/papers/<paper>.pdf"): ("DCGWHLA", "WA"),
    ("GET", "/papers/<paper>.docx"): ("DCGWHLA", "WA"),
    ("GET", "/papers/<paper>/scans/1"): ("DCGWHLA", "WA"),
    ("GET", "/scans"): ("CGWH", ""),
    ("POST", "/scans"): ("CGWH", ""),
    ("GET", "/scans/reading"): ("CGWH", ""),
    ("GET", "/scans/<scan>"): ("CGWH", ""),
    ("GET", "/scans/<scan>/picture"): ("CGWH", ""),
    ("GET", "/scans/<scan>/paper/1"): ("CGWH", ""),
    ("POST", "/scans/<scan>/assign"): ("CGWH", ""),
    ("POST", "/scans/<scan>/apart"): ("CGWH", ""),
    ("POST", "/scans/<scan>/drop"): ("CGWH", ""),
    ("POST", "/scans/<scan>/serve"): ("CGWH", ""),
    ("POST", "/scans/<scan>/file"): ("CGWH", ""),
    ("POST", "/scans/<scan>/bind"): ("CGW", ""),
    ("GET", "/slips"): ("CGWLA", ""),
    ("GET", "/slips/pads"): ("CGW", ""),
    ("POST", "/slips/pads"): ("CGW", ""),
    ("POST", "/slips/pads/<pad>/print"): ("CGW", ""),
    ("GET", "/slips/void"): ("CGW", ""),
    ("POST", "/slips/void"): ("CGW", ""),
    ("GET", "/slips/bind"): ("DCGW", ""),
    ("POST", "/slips/bind"): ("DCGW", ""),
    ("GET", "/slips/<slip>"): ("CGWLA", "A"),
    ("POST", "/slips/<slip>/void"): ("CGW", ""),
    ("POST", "/slips/<slip>/off"): ("CGW", ""),
    ("GET", "/slips/<slip>/scans/1"): ("DCGWHLA", "WA"),
    ("POST", "/desk/visits/<visit>/slips"): ("CGW", "W"),
    ("GET", "/photos/<photo>/thumb"): ("DCGWHLA", "WA"),
    ("GET", "/field/urgent/<call>"): ("D", ""),
    ("GET", "/field/visits/<visit>/answers"): ("D", ""),
    ("GET", "/admin/"): ("M", ""),
    ("GET", "/admin/accounts"): ("M", ""),
    ("GET", "/admin/accounts/new"): ("M", ""),
    ("POST", "/admin/accounts/new"): ("M", ""),
    ("GET", "/admin/accounts/<account>"): ("M", "M"),
    ("POST", "/admin/accounts/<account>/reset"): ("M", "M"),
    ("POST", "/admin/accounts/<account>/terms"): ("M", "M"),
    ("POST", "/admin/accounts/<account>/correct"): ("M", "M"),
    ("POST", "/admin/terms/<term>/correct"): ("M", "M"),
    ("POST", "/admin/organisations/<organisation>/correct"): ("M", "M"),
    ("POST", "/admin/areas/<area>/correct"): ("M", "M"),
    ("GET", "/admin/stations/<station>"): ("M", "M"),
    ("POST", "/admin/stations/<station>"): ("M", "M"),
    ("GET", "/admin/acts"): ("AM", ""),
    ("GET", "/admin/map"): ("M", ""),
    ("POST", "/admin/map"): ("M", ""),
    ("POST", "/admin/map/outlines"): ("M", ""),
    ("GET", "/admin/areas"): ("M", ""),
    ("POST", "/admin/areas"): ("M", ""),
    ("GET", "/admin/areas/<area>"): ("M", "M"),
    ("POST", "/admin/areas/<area>/numbers"): ("M", "M"),
    ("POST", "/admin/areas/<area>/successor"): ("M", "M"),
    ("GET", "/admin/stations"): ("M", ""),
    ("POST", "/admin/stations"): ("M", ""),
    ("GET", "/admin/duty"): ("M", ""),
    ("POST", "/admin/duty"): ("M", ""),
    ("GET", "/admin/terms"): ("M", ""),
    ("POST", "/admin/terms"): ("M", ""),
    ("POST", "/admin/duty/<duty>/end"): ("M", "M"),
    ("GET", "/admin/recusals"): ("M", ""),
    ("POST", "/admin/recusals"): ("M", ""),
    ("POST", "/admin/recusals/<recusal>/withdraw"): ("M", "M"),
    ("GET", "/admin/sign-ins"): ("M", ""),
    ("GET", "/admin/second-factor"): ("M", ""),
    ("POST", "/admin/second-factor"): ("M", ""),
    ("GET", "/admin/system"): ("M", ""),
    ("GET", "/patterns"): ("M", ""),
    ("POST", "/admin/system/papers/<paper>/again"): ("M", "M"),
    ("POST", "/admin/system/photos/<photo>/again"): ("M", "M"),
    ("GET", "/admin/organisations"): ("M", ""),
    ("GET", "/admin/organisations/new"): ("M", ""),
    ("POST", "/admin/organisations/new"): ("M", ""),
    ("GET", "/admin/organisations/<organisation>"): ("M", "M"),
    ("POST", "/admin/organisations/<organisation>"): ("M", "M"),
    ("POST", "/admin/organisations/<organisation>/powers"): ("M", "M"),
    ("POST", "/admin/organisations/<organisation>/unopposed"): ("M", "M"),
    ("POST", "/admin/powers/<power>/end"): ("M", "M"),
    ("POST", "/admin/powers/<power>/complete"): ("M", "M"),
    ("POST", "/admin/powers/<power>/confirm"): ("M", "M"),
    ("POST", "/admin/organisations/<organisation>/officers"): ("M", "M"),
    ("POST", "/admin/organisations/<organisation>/orders"): ("M", "M"),
    ("POST", "/admin/officers/<officer>/end"): ("M", "M"),
    ("GET", "/admin/organisations/<organisation>/papers"): ("M", "M"),
    ("POST", "/admin/organisations/<organisation>/papers/head"): ("M", "M"),
    ("POST", "/admin/organisations/<organisation>/papers/kinds"): ("M", "M"),
    ("POST", "/admin/organisations/<organisation>/signatories"): ("M", "M"),
    ("POST", "/admin/signatories/<signatory>/end"): ("M", "M"),
    ("POST", "/admin/terms/<term>/end"): ("M", "M"),
    ("GET", "/library/"): (EVERYBODY, ""),
    ("GET", "/library/lists/<list>"): (EVERYBODY, EVERYBODY),
    ("GET", "/library/lists/<list>/blank"): (EVERYBODY, EVERYBODY),
    ("GET", "/library/walks/small_shop"): (EVERYBODY, EVERYBODY),
    ("GET", "/library/walks/places/<place>"): ("CGWLM", "WM"),
    ("GET", "/library/lists/<list>/versions"): (EVERYBODY, EVERYBODY),
    ("GET", "/library/items/<item>"): (EVERYBODY, EVERYBODY),
    ("GET", "/library/bases"): (EVERYBODY, ""),
    ("GET", "/library/bases/<basis_id>"): (EVERYBODY, EVERYBODY),
    ("POST", "/library/bases/<basis_id>/end"): ("M", "M"),
    ("POST", "/library/bases/<basis_id>/end/<end>/confirm"): ("M", "M"),
    ("POST", "/library/bases/<basis_id>/end/<end>/drop"): ("M", "M"),
    ("GET", "/library/review"): ("CGWM", ""),
    ("GET", "/library/lists/<list>/excel"): ("M", "M"),
    ("GET", "/library/lists/<list>/xlsform"): ("M", "M"),
    ("GET", "/library/drafts"): ("M", ""),
    ("POST", "/library/drafts"): ("M", ""),
    ("GET", "/library/drafts/<draft>"): ("M", "M"),
    ("GET", "/library/drafts/<draft>/file"): ("M", "M"),
    ("GET", "/library/drafts/<draft>/excel"): ("M", "M"),
    ("GET", "/library/drafts/<draft>/trial"): ("M", "M"),
    ("POST", "/library/drafts/<draft>/trial"): ("M", "M"),
    ("POST", "/library/drafts/<draft>/publish"): ("M", "M"),
    ("POST", "/library/drafts/<draft>/drop"): ("M", "M"),
    ("POST", "/library/versions/<version>/withdraw"): ("M", "M"),
}  # fmt: skip
# Open to anybody, signed in or not; tested by their own tests.
PUBLIC = {
    "/authority.crt", "/sign-in", "/sign-out", "/second-factor", "/z/<mark>", "/z/<mark>/<int:line>", "/z/<mark>/<int:line>/later", "/z/<mark>/<int:line>/wrong",
    "/z/<mark>/<int:line>/then", "/z/<mark>/gone", "/z/<mark>/photos", "/z/<mark>/photos/<uuid:photo_id>", "/static/<path:filename>", "/field/shell", "/field/urgent", "/field/worker.js",
    "/field/manifest.webmanifest", "/healthz",
}  # fmt: skip
_NAMES = {
    "<uuid:hazard_id>": "<hazard>", "<uuid:flag_id>": "<flag>", "<uuid:paper_id>": "<paper>", "<uuid:photo_id>": "<photo>",
    "/door/<code>": "/door/<door>", "/lists/<code>": "/lists/<list>", "/items/<code>": "/items/<item>",
    "<uuid:draft_id>": "<draft>", "<uuid:version_id>": "<version>",
    "<uuid:premises_id>": "<place>", "<uuid:merge_id>": "<merge>", "<uuid:party_id>": "<party>", "<uuid:link_id>": "<holding>", "<uuid:visit_id>": "<visit>", "<uuid:call_id>": "<call>",
    "<uuid:account_id>": "<account>", "<uuid:area_id>": "<area>", "<uuid:organisation_id>": "<organisation>",
    "<uuid:term_id>": "<term>", "<uuid:assignment_id>": "<assignment>", "<uuid:duty_id>": "<duty>",
    "<device_id>": "<device>", "<uuid:receipt_id>": "<receipt>", "<uuid:recusal_id>": "<recusal>", "<uuid:power_id>": "<power>",
    "<uuid:officer_id>": "<officer>", "<uuid:sign_in_id>": "<sign_in>", "<uuid:end_id>": "<end>",
    "<uuid:station_id>": "<station>", "<uuid:job_id>": "<print>", "<uuid:proof_id>": "<proof>", "<uuid:import_id>": "<import>",
    "<uuid:sheet_id>": "<sheet>", "<uuid:signatory_id>": "<signatory>",
    "<uuid:page_id>": "<scan>", "<uuid:view_id>": "<view>", "<uuid:slip_id>": "<slip>", "<uuid:pad_id>": "<pad>",
    "<int:number>": "1",
}  # fmt: skip


@dataclass(frozen=True)
class Rows:
    """One row of each kind in a street, as text for an address."""

    names: dict[str, str]

    def address(self, rule: str) -> str:
        for name, value in self.names.items():
            rule = rule.replace(f"<{name}>", value)
        return rule


@pytest.fixture
def own(app: Flask, district: District) -> Rows:
    """Rows of the street in which the signed-in people work."""
    return _rows(
        app,
        district.versions,
        district.scope("daibiao1"),
        district.places[0],
        district.cast.offices["street"],
        district.actor("du1"),
    )


@pytest.fixture
def foreign(app: Flask, district: District) -> Rows:
    """Rows of another street of the district, with people and offices of its own."""
    parent = db.session.get_one(Area, district.cast.street).parent_id
    since = SINCE
    area = Area(
        code="320199009",
        code_year=2026,
        name="北桥街道",
        kind="street",
        parent_id=parent,
        valid_from=since,
        valid_to=None,
    )
    db.session.add(area)
    db.session.flush()
    committee = structure.create_organisation(
        name="北桥人大工委",
        short_name="北桥",
        side=Side.CONGRESS,
        area_id=area.id,
        letter_code="青人北",
        phone="025-55550101",
        is_desk=False,
    )
    office = structure.create_organisation(
        name="北桥街道办",
        short_name="北桥街道",
        side=Side.GOVERNMENT,
        area_id=area.id,
        letter_code="北街",
        phone="025-55550102",
    )
    scopes = []
    for login, role in (("beiqiao1", Role.DEPUTY), ("beiqiao2", Role.SUPERVISOR)):
        account, _ = people.create_account(
            name=login,
            login=login,
            role=role,
            organisation_id=committee.id,
            area_id=area.id,
            since=since,
            password="x" * 12,
        )
        scope = scope_for(account.id, clock.today())
        assert scope is not None
        scopes.append(scope)
    place = premises.register(
        scopes[0], name="北桥面馆", kind="small_restaurant", address="北桥", area_id=area.id, facts={}
    )
    return _rows(app, district.versions, scopes[0], place.id, office.id, actor_of(scopes[1]))


def _answering(place_id: UUID) -> dict[str, str]:
    """Who answers for the place in one part, and the holding of another that may be ended."""
    row = db.session.get_one(Premises, place_id)
    party, other = (
        premises.set_party(row, name=name, role=role) for name, role in (("王福来", "manager"), ("李新", "user"))
    )
    link = db.session.scalars(select(PremisesParty.id).where(PremisesParty.party_id == other.id)).one()
    return {"party": str(party.id), "holding": str(link)}


@cache
def _merged(deputy: Scope, place_id: UUID) -> UUID:
    place = db.session.get_one(Premises, place_id)
    twice = premises.register(deputy, name="又一家", kind="small_shop", address="南头", area_id=place.area_id, facts={})
    return merging.merge(deputy, twice.id, place_id, "x").id


def _workbook_of(place: str) -> tuple[bytes, Parsed]:
    """A changed list for the rows of one street; written and read once, for every test that has rows needs one."""
    return changed_workbook("gas-kitchen", look=f"看一看{place}。")


def _rows(
    app: Flask, versions: tuple[UUID, ...], deputy: Scope, place_id: UUID, office: UUID, supervisor: Actor
) -> Rows:
    storage, visit_id = app.extensions["storage"], new_id()
    shot = evidence.receive_photo(storage, PIXEL, photo_id=new_id(), account_id=deputy.account_id)
    visits.start(
        visit_id,
        deputy,
        premises_id=place_id,
        captured_at=clock.now(),
        asked_on=dict.fromkeys(versions, clock.today()),
        times={},
    )
    body = {
        "visit": str(visit_id),
        "item": "F-EXIT-01",
        "value": "fail",
        "wordings": ["门上了锁"],
        "photos": [str(shot.id)],
    }
    row = db.session.get_one(Visit, visit_id)
    visits.add_taps([visits.Tap(new_id(), visit_id, "device-1", 1, clock.now(), body)], deputy, {visit_id: row})
    made = handing_in.hand_in(
        row, deputy, hold([visit_id]), text_sha256=None, device=None, address="http://127.0.0.1:8000"
    )
    hazard = made.hazards[0]
    paper = paper_queries.of_visit(visit_id)[0]
    sha256 = evidence.keep(storage, b"%PDF-1.7 " + paper.id.bytes, "application/pdf")
    papers.attach(paper.id, file_sha256=sha256, key_id="k", signature="s")
    handing.hand_over(
        lock(hazard.id),
        supervisor,
        handler_id=office,
        reply=TimeLimit(5),
        mending=TimeLimit(7),
        paper="1号",  # type: ignore[arg-type]
    )
    call, _ = calls.report_urgent(new_id(), deputy, area_id=deputy.area_id, where="x", captured_at=clock.now())
    flag = PhotoFlag(hazard_id=hazard.id, photo_id=shot.id, kind="no_time", details={}, made_at=clock.now())
    db.session.add(flag)
    db.session.flush()
    organisation = db.session.get_one(Organisation, office)
    place = db.session.get_one(Premises, place_id)
    draft = upload_of(storage, deputy.person_id, _workbook_of(place.name))
    assignment = visits.assign(
        deputy, premises_id=place_id, person_id=deputy.person_id, on_day=clock.today(), checklist_codes=["x"]
    )  # fmt: skip
    duty = people.set_duty(deputy.area_id, deputy.person_id, since=clock.today(), until=clock.today())
    basis = profile.Article(LawField.SECURITY, "某法", "第一条", "x")
    power = profile.grant_power(
        office, Power.TRANSFER_ENFORCEMENT, basis, since=clock.today(), entered_by=deputy.person_id
    )
    officer = profile.add_officer(office, name="甲", card_number="1", since=clock.today())
    station = structure.create_station(name="某家站", kind="家站", area_id=deputy.area_id)
    recusal = people.declare_recusal(deputy.person_id, premises_id=place_id, party_id=None, reason="x")
    device, receipt = _phone(app, deputy)
    sign_in = sessions.begin(
        db.session.get_one(Account, deputy.account_id), since=clock.now(), address="", agent="", browser=""
    )
    job = _printed(app, supervisor)
    end = BasisEnd(
        basis_id=f"law-{deputy.person_id}", reason="x", asked_by_person_id=deputy.person_id, asked_at=clock.now()
    )
    db.session.add(end)
    db.session.flush()
    return Rows(
        {
            "hazard": str(hazard.id), "paper": str(paper.id), "photo": str(shot.id), "door": place.door_code,
            "place": str(place_id), "visit": str(visit_id), "call": str(call.id), "account": str(deputy.account_id),
            "area": str(deputy.area_id), "organisation": str(organisation.id), "term": str(deputy.term_id),
            "assignment": str(assignment.id), "duty": str(duty.id), "recusal": str(recusal.id), "power": str(power.id),
            "officer": str(officer.id), "sign_in": str(sign_in), "station": str(station.id),
            "draft": str(draft.id), "version": str(versions[0]), "list": "gas-kitchen", "item": "F-EXIT-01",
            "basis_id": "fire-28", "device": device, "receipt": str(receipt), "flag": str(flag.id), "end": str(end.id),
            "print": str(job), "proof": str(_proved(app, supervisor, hazard)), "scan": str(_scanned(app, supervisor, paper)),
            "view": str(_saved_view(supervisor)), "merge": str(_merged(deputy, place_id)),
            **_answering(place_id),
            **_slipped(app, supervisor, visit_id),
            "sheet": str(_handed_in(app, supervisor, hazard)), "signatory": str(_signing(supervisor)),
            "import": str(_brought(supervisor)),
        }
    )  # fmt: skip


def _signing(supervisor: Actor) -> UUID:
    """An appointment to sign papers off."""
    assert supervisor.organisation_id is not None
    row = OrganisationSignatory(
        organisation_id=supervisor.organisation_id, person_id=supervisor.person_id, duty="", since=clock.today()
    )
    db.session.add(row)
    db.session.flush()
    return row.id


def _handed_in(app: Flask, supervisor: Actor, hazard: Hazard) -> UUID:
    """A draft of the supervisor's own, with its 样张."""
    proof = db.session.get_one(PaperProof, _proved(app, supervisor, hazard))
    assert supervisor.person_id is not None
    draft = PaperDraft(
        kind="urging", organisation_id=proof.organisation_id, premises_id=proof.premises_id, hazards=proof.hazards,
        typed={}, content=proof.content | {"title": "催办函", "place_name": "x"}, content_sha256="x", made_at=clock.now(),
        account_id=proof.account_id, term_id=supervisor.term_id, made_by_person_id=supervisor.person_id, proof_id=proof.id,
    )  # fmt: skip
    db.session.add(draft)
    db.session.flush()
    return draft.id


def _printed(app: Flask, supervisor: Actor) -> UUID:
    """A finished print job of the supervisor's own."""
    account = db.session.scalars(select(Account).where(Account.person_id == supervisor.person_id)).one()
    assert supervisor.term_id is not None
    job = PrintJob(
        account_id=account.id, term_id=supervisor.term_id, kind="paper", title="x", made_at=clock.now(),
        state="done", ended_at=clock.now(),
    )  # fmt: skip
    db.session.add(job)
    db.session.flush()
    sha256 = app.extensions["prints"].put(b"%PDF-1.7 of " + job.id.bytes)
    db.session.add(PrintFile(job_id=job.id, form="pdf", sha256=sha256, size=28))
    db.session.flush()
    return job.id


def _saved_view(supervisor: Actor) -> UUID:
    """A view of the supervisor's own, which the office does not share."""
    account = db.session.scalars(select(Account).where(Account.person_id == supervisor.person_id)).one()
    view = SavedView(
        account_id=account.id, organisation_id=supervisor.organisation_id, name="x", filters="tab=major", shared=False,
        made_at=clock.now(),
    )  # fmt: skip
    db.session.add(view)
    db.session.flush()
    return view.id


def _brought(supervisor: Actor) -> UUID:
    """An import of the supervisor's own in which one row is wrong."""
    account = db.session.scalars(select(Account).where(Account.person_id == supervisor.person_id)).one()
    assert supervisor.term_id is not None
    job = ImportJob(
        kind="places", account_id=account.id, term_id=supervisor.term_id, organisation_id=supervisor.organisation_id,
        file_name="x.xlsx", file_sha256="0" * 64, made_at=clock.now(), state="faulty", faulty=1, columns={"name": 1},
    )  # fmt: skip
    db.session.add(job)
    db.session.flush()
    db.session.add(ImportRow(job_id=job.id, number=2, cells={"name": "x"}, verdict="faulty", faults=[["name", "x"]]))
    db.session.flush()
    return job.id


def _proved(app: Flask, supervisor: Actor, hazard: Hazard) -> UUID:
    """A 样张 of the supervisor's own."""
    account = db.session.scalars(select(Account).where(Account.person_id == supervisor.person_id)).one()
    proof = PaperProof(
        kind="closure", account_id=account.id, organisation_id=supervisor.organisation_id, premises_id=hazard.premises_id,
        hazards=[str(hazard.id)], typed={}, content={"title": "x"}, lacking=[], made_at=clock.now(), state="drawn", pages=1,
        file_sha256=app.extensions["prints"].put(b"%PDF-1.7 of " + hazard.id.bytes),
    )  # fmt: skip
    db.session.add(proof)
    db.session.flush()
    return proof.id


def _scanned(app: Flask, supervisor: Actor, paper: Paper) -> UUID:
    """A page in the tray of the supervisor's office, proposed for a paper that has a filed scan already."""
    account = db.session.scalars(select(Account).where(Account.person_id == supervisor.person_id)).one()
    scope = scope_for(account.id, clock.today())
    assert scope is not None
    storage = app.extensions["storage"]
    shot = evidence.keep(storage, PIXEL + paper.id.bytes, "image/jpeg")
    upload = ScanUpload(
        organisation_id=scope.organisation_id, account_id=account.id, received_at=clock.now(), files=[shot],
        read_at=clock.now(),
    )  # fmt: skip
    db.session.add(upload)
    db.session.flush()
    page = ScannedPage(
        upload_id=upload.id, file=0, page=1, of_pages=1, state="proposed", copy_sha256=shot, paper_id=paper.id
    )
    filed = FiledScan(
        paper_id=paper.id, position=1, received_sha256=shot, page=2, copy_sha256=shot, filed_at=clock.now(),
        filed_by_person_id=scope.person_id,
    )  # fmt: skip
    face = PaperFace(paper_id=paper.id, pages=1, pictures=[shot])
    db.session.add_all((page, filed, face))
    db.session.flush()
    return page.id


def _slipped(app: Flask, supervisor: Actor, visit_id: UUID) -> dict[str, str]:
    """A pad of the supervisor's office, and a slip of it that was left on a visit and came back."""
    account = db.session.scalars(select(Account).where(Account.person_id == supervisor.person_id)).one()
    scope = scope_for(account.id, clock.today())
    assert scope is not None
    pad = slips.ask_pad(scope, 2, None, "http://127.0.0.1:8000")
    slip = slip_queries.slips_of(pad.id)[0]
    slip_binding.bind(scope, slip.id, visit_id)
    shot = evidence.keep(app.extensions["storage"], PIXEL + slip.id.bytes, "image/jpeg")
    slips.file_pages(scope, supervisor, slip.id, [slips.PageBack(shot, 1, shot)])
    return {"slip": str(slip.id), "pad": str(pad.id)}


def _phone(app: Flask, deputy: Scope) -> tuple[str, UUID]:
    """A phone that lost a number, and an operation of its owner that waits for a confirmation."""
    device, now = f"phone-{deputy.account_id}", clock.now()
    devices.note_contact(deputy.account_id, "", read_phone({"device": device, "counter": 3}), {device: {1, 2}}, now)
    begun = {"visit": str(new_id()), "premises": str(new_id())}
    raw = operation("visit.start", begun, 2, at=now, device=device)
    hold = pending.holder(deputy.account_id, pending.RESCUE)
    return device, take(
        date_all([parse(raw)], deputy.account_id, now), deputy, app.extensions["appliers"], app.extensions["keys"], hold
    ).receipt.id


def _rules(app: Flask) -> set[tuple[str, str]]:
    found = set()
    for rule in app.url_map.iter_rules():
        if rule.rule in PUBLIC:
            continue
        address = rule.rule
        for name, short in _NAMES.items():
            address = address.replace(name, short)
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}:
            found.add((method, address))
    return found


def test_every_route_stands_in_the_table(app: Flask) -> None:
    general = {
        "/desk/hazards/<hazard>/steps/<slug>": "urge", "/field/hazards/<hazard>/steps/<slug>": "look_back_open",
        "/inbox/<hazard>/steps/<slug>": "accept", "/hazards/<hazard>/papers/<kind>": "closure",
        "/hazards/<hazard>/papers/<kind>/new": "closure",
        "/photos/<photo>/<kind>": "thumb", "/prints/<print>/<form>": "pdf", "/library/walks/<kind>": "small_shop",
        "/desk/visits/<visit>/questions/<kind>": "other_deep", "/admin/accounts/<account>/<verb>": "reset",
        "/desk/hazards/many/<slug>": "urge", "/desk/do/<verb>": "assign", "/desk/do/<verb>/register": "assign",
        "/desk/do/<verb>/export": "assign", "/inbox/do/<verb>": "accept",
    }  # fmt: skip

    def concrete(rule: str) -> str:
        return (
            rule.replace("<slug>", general.get(rule, ""))
            .replace("<kind>", general.get(rule, ""))
            .replace("<verb>", general.get(rule, ""))
            .replace("<form>", general.get(rule, ""))
        )

    assert {(method, concrete(rule)) for method, rule in _rules(app)} == set(TABLE)


def _send(client: FlaskClient, method: str, address: str) -> int:
    extra: dict[str, object] = {"data": PIXEL} if method == "PUT" else {}
    if address.startswith("/intake/uploads"):
        extra["headers"] = {"Tus-Resumable": "1.0.0", "X-HTTP-Method-Override": "PATCH"} | PART
    return client.open(address, method=method, **extra).status_code  # type: ignore[arg-type]


# A photo that is complete takes no more bytes; a request that names no photo is not clear.
PART = {"Content-Type": "application/offset+octet-stream", "Upload-Offset": "0"}
GOOD = {
    "GET": {200, 302, 303},
    "POST": {200, 303, 400, 409, 422},
    "PUT": {200, 201, 409, 422},
    "PATCH": {204, 409},
}
# A paper is served and voided by the office that issued it (here: the street's congress office), a report follows closing.
ISSUERS_ONLY = {
    "/papers/<paper>/service",
    "/papers/<paper>/void",
    "/papers/<paper>/draw",
    "/papers/<paper>/code",
    "/hazards/<hazard>/papers/closure",
}
# One's own, and nobody else's whatever their office.
THE_DEPUTYS_OWN = {"/account/sign-ins/<sign_in>/end"}
DECIDED_BY_ANOTHER = {"/papers/drafts/<sheet>/sign", "/papers/drafts/<sheet>/return"}  # than whoever drafted it
THE_SUPERVISORS_OWN = {
    *(f"/papers/drafts/<sheet>{more}" for more in ("", "/file", "/proof", "/sign", "/return", "/withdraw")),
    "/prints/<print>", "/prints/<print>/cancel", "/prints/<print>/pdf", "/desk/hazards/views/<view>/drop",
    *(f"/imports/jobs/<import>{more}" for more in ("", "/progress", "/faults.xlsx", "/decide", "/confirm", "/cancel", "/slips")),
    "/papers/proofs/<proof>", "/papers/proofs/<proof>/file", "/papers/proofs/<proof>/issue",
    *(f"/scans/<scan>{more}" for more in ("", "/picture", "/paper/1", "/assign", "/apart", "/drop", "/serve", "/file", "/bind")),
}  # fmt: skip

# Of an office: those of another office have slips of their own, whatever they may see of hazards.
THE_OFFICES_OWN = {
    "/slips/<slip>": "CLA",
    "/slips/<slip>/void": "C",
    "/slips/<slip>/off": "C",
    "/slips/pads/<pad>/print": "C",
}


def _expected(role: str, method: str, rule: str, *, is_own: bool) -> set[int]:
    who, whole = TABLE[method, rule]
    if role not in who:
        return {403}
    if not is_own and role not in whole:
        return {404}
    if role not in THE_OFFICES_OWN.get(rule, role):
        return {404}
    if rule in THE_DEPUTYS_OWN and role != "D":
        return {404}
    if rule in THE_SUPERVISORS_OWN and role != "C":
        return {404}
    if rule in DECIDED_BY_ANOTHER:
        return {403}
    if rule in ISSUERS_ONLY and role != "C":
        return {403, 422}
    return GOOD[method]


@pytest.mark.slow
@pytest.mark.parametrize("role", list(LOGINS))
def test_each_role_opens_its_own_and_nothing_else(
    role: str, app: Flask, own: Rows, foreign: Rows, client_of: Callable[[str], FlaskClient]
) -> None:
    wrong: list[str] = []
    db.session.commit()
    for method, rule in TABLE:
        client = client_of(LOGINS[role])
        for rows, is_own in ((foreign, False), (own, True)):
            if not is_own and "<" not in rule:
                continue
            with statements() as sent:
                status = _send(client, method, rows.address(rule))
            db.session.expire_all()
            line = f"{method} {rule} {'own' if is_own else 'foreign'}: {status}"
            if status not in _expected(role, method, rule, is_own=is_own):
                wrong.append(line)
            written = [statement for statement in sent if statement.startswith(("INSERT", "UPDATE", "DELETE"))]
            if status in (403, 404) and written:
                wrong.append(f"{line}, and something was written: {written}")
    assert wrong == []


def test_nobody_signed_in_reads_nothing(app: Flask, own: Rows) -> None:
    client, wrong = app.test_client(), []
    for method, rule in TABLE:
        if rule == "/":
            continue
        address = own.address(rule)
        plain = client.open(address, method=method)
        fragment = client.open(address, method=method, headers={"HX-Request": "true"})
        sent_to_sign_in = plain.status_code == 302 and "/sign-in" in plain.headers["Location"]
        if not (
            sent_to_sign_in
            or (rule.startswith(("/intake/", "/field/data", "/field/lists/")) and plain.status_code == 401)
        ):
            wrong.append(f"{method} {rule}: {plain.status_code}")
        if fragment.status_code != 401:
            wrong.append(f"{method} {rule} by htmx: {fragment.status_code}")
    assert wrong == []
