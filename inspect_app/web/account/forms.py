"""Forms of the account pages."""

from flask_wtf import FlaskForm
from wtforms import PasswordField, StringField
from wtforms.validators import InputRequired, Length


class SignInForm(FlaskForm):  # type: ignore[misc]  # flask-wtf has no types
    login = StringField("账号或手机号", [InputRequired("请写账号或手机号。"), Length(max=80)])
    password = PasswordField("密码", [InputRequired("请写密码。"), Length(max=200)])


class PasswordForm(FlaskForm):  # type: ignore[misc]
    old = PasswordField("现在的密码", [InputRequired("请写现在的密码。"), Length(max=200)])
    new = PasswordField("新密码", [InputRequired("请写新密码。"), Length(max=200)])
    again = PasswordField("再写一遍新密码", [InputRequired("请再写一遍新密码。"), Length(max=200)])


class CodeForm(FlaskForm):  # type: ignore[misc]
    code = StringField("验证码", [InputRequired("请写 6 位验证码。"), Length(max=10)])
