"""What whoever took a photo is told of it once the decoder has looked: the phone has its receipt and let the photo go."""

from inspect_app.kernel import clock
from inspect_app.kernel.database import db
from inspect_app.messages import actions as messages
from inspect_app.messages.queries import told_about
from inspect_app.people.models import Account

from .models import Photo


def tell_unreadable(photo: Photo) -> None:
    """Tell whoever took a photo that it must be taken again."""
    _tell(photo, "照片打不开，请补拍。其他内容不受影响。")


def tell_looked_at(photo: Photo, flaw: str, *, was_seen: bool) -> None:
    """Tell of a photo that is kept and shown. Where it is not whole its taker decides, asked once; whoever was told to take it
    again need not. One that `was_seen` already, whose copies were lost, is nothing to tell of."""
    told = told_about("photo", photo.id)
    if told and not flaw and not was_seen:
        _tell(photo, "照片现在能打开了，不用补拍。")
    elif flaw and not told:
        _tell(photo, f"照片{flaw}。请看一眼，看不清要紧的地方就补拍一张。")


def _tell(photo: Photo, words: str) -> None:
    """3月4日 10:11 “王记面馆”的一张…"""
    account = db.session.get(Account, photo.account_id) if photo.account_id else None
    if account is not None:
        about = f"“{photo.lines[0]}”的" if photo.lines else ""
        text = f"{clock.to_local(photo.known_at):%-m月%-d日 %H:%M} {about}一张{words}"
        messages.tell(account.person_id, text, about="photo", subject_id=photo.id)
