"""The lives that a grown demo repeats, each with how often it is lived among those that end alike.

Each goes through the actions a user's button goes through. A life happens at whole hours, so that whoever casts it again may
move the minutes of all of it.
"""

from . import lives_open as begun
from . import lives_settled as done
from .life import FIRE, OFFICES, ONE_OF_EACH, Life

_SUSPECTED = {"suspected": True}
OPEN = (
    Life(begun.untouched, 13, 1),
    Life(begun.untouched, 0.6, 1, ONE_OF_EACH, found={"unconfirmed": True}),
    Life(begun.sighted, 2, 2, ONE_OF_EACH),
    Life(begun.handed_over, 12, 2),
    Life(begun.declined, 4, 3, ONE_OF_EACH),
    Life(begun.taken, 26, 3),
    Life(begun.urged, 5, 16, ONE_OF_EACH),
    Life(begun.extension_asked, 4, 6, ONE_OF_EACH),
    Life(begun.disputed, 2, 3, ONE_OF_EACH),
    Life(begun.submitted, 11, 7),
    Life(begun.seen_mended, 2, 8, ONE_OF_EACH),
    Life(begun.old_photo, 2, 7, ONE_OF_EACH),
    Life(begun.failed_once, 3, 8, ONE_OF_EACH),
    Life(begun.confirmed, 6, 9),
    Life(begun.seen_too_late, 0.7, 10, ONE_OF_EACH),
    Life(begun.watched, 1.5, 5, ONE_OF_EACH),
    Life(begun.suspected, 3, 3, (OFFICES[1], OFFICES[3]), found=_SUSPECTED),
    Life(begun.listed, 1, 12, FIRE, found=_SUSPECTED),
    Life(begun.void_asked, 0.5, 1, ONE_OF_EACH, today_only=True),
    Life(done.reopened, 1, 17, ONE_OF_EACH),
)
SETTLED = (
    Life(done.closed, 66, 12),
    Life(done.fixed_on_spot, 10, 4, (OFFICES[0],), found={"on_the_spot": True}),
    Life(done.closed_at_second_try, 7, 18, ONE_OF_EACH),
    Life(done.extended_and_closed, 4, 22, (OFFICES[0], OFFICES[4])),
    Life(done.ordered_and_closed, 3, 16, (OFFICES[1], OFFICES[3], OFFICES[6])),
    Life(done.not_major, 1, 12, (OFFICES[1], OFFICES[3]), found=_SUSPECTED),
    Life(done.major_and_closed, 0.5, 16, FIRE, found=_SUSPECTED),
    Life(done.ended, 3, 4, ONE_OF_EACH),
    Life(done.voided, 2, 4, ONE_OF_EACH),
    Life(done.merged, 2, 16, ONE_OF_EACH, found={"two": True}),
)
