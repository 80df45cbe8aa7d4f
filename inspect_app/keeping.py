"""The flask commands that keep what there is: photos without a verdict, and what follows below."""

import sys
from uuid import UUID

import click
from flask.cli import AppGroup

from inspect_app.kernel.database import writing
from inspect_app.kernel.errors import Refused

photos = AppGroup("photos", help="Photos that the decoder came to no verdict on, or refused.")


@photos.command("list")
def list_photos() -> None:
    """Photos that wait again and again, and those that were refused, each with its id and the reason."""
    from inspect_app.evidence import queries

    for photo in queries.stuck_photos():
        print(f"{photo.id}  试了 {photo.attempts} 次没有结果：{photo.trouble}")
    for photo in queries.refused_photos():
        print(f"{photo.id}  打不开：{photo.refused_reason}{'' if photo.refused_at else '（没有判定的记录）'}")


@photos.command("retry")
@click.argument("photo_ids", nargs=-1, type=click.UUID)
def retry_photos(photo_ids: tuple[UUID, ...]) -> None:
    """Look again at these photos; without any, at all whose refusal was no verdict of a decoder that ended by itself."""
    from inspect_app.evidence import actions

    try:
        with writing():
            for photo_id in photo_ids:
                actions.try_again(photo_id)
            count = len(photo_ids) if photo_ids else actions.retry_unfounded()
    except Refused as refusal:
        print(refusal.message)
        sys.exit(1)
    print(f"{count} 张照片会再试一次，后台几分钟内处理。")
