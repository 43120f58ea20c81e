r"""Keyboard layouts: a wedge scanner types key strokes of a US keyboard, the computer takes them for another's.

>>> "httpsÖ--id.gs1.org-01-06901234567892".translate(GERMAN)
'https://id.gs1.org/01/06901234567892'
>>> "-çàé\"".translate(FRENCH)
'69023'
"""

# Keys row by row from the upper left, first alone and then with Shift.
_US = r"`1234567890-=qwertyuiop[]\asdfghjkl;'zxcvbnm,./" + r'~!@#$%^&*()_+QWERTYUIOP{}|ASDFGHJKL:"ZXCVBNM<>?'
_FRENCH = r"""²&é"'(-è_çà)=azertyuiop^$*qsdfghjklmùwxcvbn,;:!""" + "~1234567890°+AZERTYUIOP¨£µQSDFGHJKLM%WXCVBN?./§"
_GERMAN = "^1234567890ß´qwertzuiopü+#asdfghjklöäyxcvbnm,.-" + "°!\"§$%&/()=?`QWERTZUIOPÜ*'ASDFGHJKLÖÄYXCVBNM;:_"

FRENCH = str.maketrans(_FRENCH, _US)
GERMAN = str.maketrans(_GERMAN, _US)
# A Chinese input method left on: the same keys give the marks of Chinese text.
CHINESE = str.maketrans("。．、，：；？！（）【】《》‘’“”·￥～—", "../,:;?!()[]<>''\"\"`$~-")
