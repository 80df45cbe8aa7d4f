"""Passwords, lock-out, two phones on one visit, when to urge again."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import permutations
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inspect_app.checklists.conditions import facts_named
from inspect_app.kernel import spelling
from inspect_app.kernel.errors import Refused
from inspect_app.kernel.hashing import sha256_hex
from inspect_app.kernel.ids import new_code, new_id
from inspect_app.people.passwords import check_new_password
from inspect_app.people.rules import DEMO_PASSWORD, LONGEST_LOCK, locked_for, network_of
from inspect_app.premises.rules import check_credit_code, clean_facts
from inspect_app.urgent_calls.rules import Rung, rings_with, urge_due
from inspect_app.visits.rules import Answer, Merged, check_signed_text, mates, merge

NOON = datetime(2026, 11, 24, 4, 0, tzinfo=UTC)


def test_four_failures_lock_nothing_and_the_fifth_locks_for_half_a_minute() -> None:
    assert locked_for(4, NOON, NOON) == timedelta(0)
    assert locked_for(5, NOON, NOON) == timedelta(seconds=30)
    assert locked_for(6, NOON, NOON) == timedelta(seconds=60)


@given(st.integers(5, 10**9))
def test_no_lock_is_longer_than_a_quarter_of_an_hour_and_each_ends_by_itself(failures: int) -> None:
    assert timedelta(0) < locked_for(failures, NOON, NOON) <= LONGEST_LOCK
    assert locked_for(failures, NOON, NOON + LONGEST_LOCK) == timedelta(0)


def test_no_clock_that_ran_ahead_locks_a_door_for_longer_than_any_lock() -> None:
    """Before: until the instant it had shown came by, 1127 days."""
    assert locked_for(6, datetime(2030, 1, 1, tzinfo=UTC), NOON) == timedelta(minutes=1)
    assert locked_for(99, datetime(2030, 1, 1, tzinfo=UTC), NOON) == LONGEST_LOCK


@pytest.mark.parametrize(
    "password",
    [
        "short", "daibiao1-daibiao1", "password-2026", "aaaaaaaaaaaa", "x" * 201, "a123456789", "woaini1314", "1q2w3e4r5t",
        "P@ssw0rd2026", "13800001111", "柳荫街柳荫街柳荫街", DEMO_PASSWORD, DEMO_PASSWORD.upper() + "!",
    ],
)  # fmt: skip
def test_a_password_easy_to_guess_is_refused(password: str) -> None:
    with pytest.raises(Refused):
        check_new_password(password, "daibiao1")


@pytest.mark.parametrize(
    "typed", ["daibiao5", " DaiBiao5 ", "ｄａｉｂｉａｏ５", "dai\u200bbiao5\u3000", "daibiao5\t\u00a0\x00"]
)
def test_a_name_counts_as_one_however_it_is_dressed(typed: str) -> None:
    assert spelling.login_key(typed) == "daibiao5"


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("192.0.2.7", "192.0.2.7"),
        ("::ffff:192.0.2.7", "192.0.2.7"),
        ("2001:db8:1:2:a:b:c:d", "2001:db8:1:2::/64"),
        ("2001:db8:1:2::1", "2001:db8:1:2::/64"),
        ("", "unknown"),
        ("x\r\ny", "unknown"),
    ],
)
def test_whoever_has_a_network_of_their_own_guesses_from_one_place(address: str, network: str) -> None:
    assert network_of(address) == network


def test_a_sentence_is_a_good_password() -> None:
    check_new_password("雨天也要去看厨房的阀门", "daibiao1")


def test_a_credit_code_is_checked_by_its_last_digit() -> None:
    assert check_credit_code("91350100m000100y43") == "91350100M000100Y43"
    with pytest.raises(Refused, match="校验位"):
        check_credit_code("91350100M000100Y44")


def test_facts_that_are_unknown_are_left_out_and_never_guessed() -> None:
    assert clean_facts({"gas_kind": "steam", "seats": "", "floor_area": "45.0", "x": 1}) == {"floor_area": 45}
    with pytest.raises(Refused, match="数字"):
        clean_facts({"seats": "many"})


@pytest.mark.parametrize("year", ["3000", "2027", "2026.5", "0", "999"])
def test_a_building_of_a_year_that_nobody_can_mean_is_refused_with_everything_else(year: str) -> None:
    with pytest.raises(Refused) as refused:
        clean_facts({"seats": "many", "year_built": year}, this_year=2026)
    assert [fault.field for fault in refused.value.faults] == ["seats", "year_built"]
    assert "2026 之间" in refused.value.about("year_built")
    assert clean_facts({"year_built": "1998"}, this_year=2026) == {"year_built": 1998}


def _tap(device: str, minute: int, value: str | None, *, chosen: bool = False, seq: int | None = None) -> Answer:
    order = (NOON + timedelta(minutes=minute), minute if seq is None else seq)
    return Answer("F-1", device, order, {"value": value}, chosen)


def test_while_two_phones_differ_the_stricter_answer_shows_until_a_person_chooses() -> None:
    taps = [_tap("a", 1, "pass"), _tap("b", 2, "fail")]
    assert (merge(taps)["F-1"].answer.value, merge(taps)["F-1"].contested) == ("fail", True)
    chosen = [*taps, _tap("a", 3, "pass", chosen=True)]
    assert (merge(chosen)["F-1"].answer.value, merge(chosen)["F-1"].contested) == ("pass", False)


def test_the_last_tap_on_one_phone_counts() -> None:
    assert merge([_tap("a", 1, "fail"), _tap("a", 2, "pass")])["F-1"].answer.value == "pass"


def test_a_clock_set_back_between_two_taps_does_not_bring_the_first_one_back() -> None:
    taps = [_tap("a", 300, "fail", seq=1), _tap("a", 2, "pass", seq=2)]
    assert merge(taps)["F-1"].answer.value == "pass"
    settled = [_tap("a", 300, "pass", seq=1, chosen=True), _tap("b", 1, "fail", seq=9), _tap("a", 2, "fail", seq=2)]
    assert merge(settled)["F-1"].answer.value == "fail", "said after the choice, whatever the clock says"


@pytest.mark.parametrize("value", ["pass", "fail", "na", "unsure"])
def test_a_zone_that_was_closed_over_an_item_never_stands_in_the_way_of_what_was_said_of_it(value: str) -> None:
    for device in "ab":
        taps = [_tap("a", 1, value), _tap(device, 2, "not_looked"), _tap(device, 3, "seen")]
        assert merge(taps)["F-1"] == Merged(taps[0], contested=False)
    settled = [_tap("a", 1, value, chosen=True), _tap("b", 2, "fail", seq=0), _tap("a", 3, "seen")]
    assert merge([settled[0], settled[2]])["F-1"].answer.value == value


def test_of_two_who_closed_a_zone_the_one_who_looked_counts_and_an_answer_taken_back_uncovers_it() -> None:
    assert merge([_tap("a", 1, "seen"), _tap("b", 2, "not_looked")])["F-1"].answer.value == "seen"
    taken_back = [_tap("a", 1, "seen"), _tap("a", 2, "fail"), _tap("a", 3, None)]
    assert merge(taken_back)["F-1"].answer.value == "seen"


_TAPS = st.builds(
    _tap,
    st.sampled_from("abc"),
    st.integers(0, 5),
    st.sampled_from(["pass", "fail", "na", "unsure", "seen", "not_looked", None]),
    chosen=st.booleans(),
    seq=st.integers(0, 5),
)


@given(st.lists(_TAPS, min_size=1, max_size=4, unique_by=lambda tap: (tap.device_id, tap.order)))
def test_the_order_of_arrival_and_a_repeat_never_matter(taps: list[Answer]) -> None:
    results = {(merged.answer.value, merged.contested) for way in permutations(taps) for merged in merge(way).values()}
    assert len(results) == 1
    assert merge([*taps, *taps]) == merge(taps)


@pytest.mark.parametrize("words", ["合格 3 项", "不合格 1 项，门上了锁，\n建议 11月30日前完成"])
def test_a_signature_speaks_only_for_the_text_it_names(words: str) -> None:
    own = sha256_hex(words.encode())
    assert check_signed_text(words, own, [own]) == own
    assert check_signed_text(words, own, ["0" * 64, own]) == own  # one made over an earlier text stays beside it
    assert check_signed_text("", "", []) == ""  # a visit that could not be has no summary
    for text, named, drawn in ((words + "。", own, [own]), (words, own, ["0" * 64]), ("", "", [own]), ("", own, [])):
        with pytest.raises(Refused, match="再签一次"):
            check_signed_text(text, named, drawn)


def test_a_condition_tells_which_facts_to_ask_for() -> None:
    condition = {
        "all": [
            {"fact": "gas_kind", "eq": "bottled"},
            {"any": [{"not": {"fact": "high_rise", "eq": True}}, {"fact": "storeys", "at_most": 1}]},
        ]
    }
    assert facts_named(condition) == {"gas_kind", "high_rise", "storeys"}
    assert facts_named(None) == set()


def test_each_of_a_team_sees_the_names_of_the_others() -> None:
    lead, mate = new_id(), new_id()
    companions = [{"person_id": str(mate), "name": "周国平"}]
    assert mates(lead, lead, "陈玉兰", companions) == ["周国平"]
    assert mates(mate, lead, "陈玉兰", companions) == ["陈玉兰"]


def test_an_unanswered_call_is_urged_every_three_minutes() -> None:
    assert not urge_due(NOON, None, NOON + timedelta(minutes=2, seconds=59))
    assert urge_due(NOON, None, NOON + timedelta(minutes=3))
    assert not urge_due(NOON, NOON + timedelta(minutes=3), NOON + timedelta(minutes=5))


def test_an_urgent_call_by_a_clock_that_ran_ahead_is_urged_and_swallows_no_other() -> None:
    year = timedelta(days=365)
    assert urge_due(NOON + year, None, NOON)
    assert urge_due(NOON - timedelta(minutes=1), NOON + year, NOON)
    assert not urge_due(NOON + timedelta(seconds=1), None, NOON), "it came while others were being looked for"
    earlier = [Rung(uuid4(), ("gas", "王记面馆"), NOON + year) for _ in range(9)]
    assert rings_with(Rung(uuid4(), ("gas", "王记面馆"), NOON), earlier) == (None, True)


def test_codes_hold_nothing_that_is_misread_and_ids_sort_by_time() -> None:
    assert not set("".join(new_code(40) for _ in range(50))) & set("01OILAEU")
    ids = [new_id() for _ in range(50)]
    assert ids == sorted(ids)
    assert len(set(ids)) == 50


def test_calls_of_one_person_ring_together_from_the_fourth_on_and_a_second_press_rings_nothing() -> None:
    calls: list[Rung] = []
    came = []
    for number in range(6):
        call = Rung(uuid4(), ("fire", f"{number}号楼"), NOON + timedelta(seconds=20 * number))
        bundle, rings = rings_with(call, calls)
        calls.append(replace(call, bundle=bundle))
        came.append((bundle, rings))
    assert came[:3] == [(None, True)] * 3
    assert came[3:] == [(calls[3].id, True)] * 3
    again = Rung(uuid4(), ("fire", "0号楼"), NOON + timedelta(seconds=110))
    assert rings_with(again, calls) == (calls[0].id, False)
    assert rings_with(again, []) == (None, True)
