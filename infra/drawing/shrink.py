"""`shrink.py FROM TO`: a picture with 256 colours, which is all that a drawing of a dashboard needs."""

import sys

from PIL import Image

source, target = sys.argv[1:3]
picture = Image.open(source).convert("RGB").quantize(256, dither=Image.Dither.NONE)
picture.save(target, optimize=True)
