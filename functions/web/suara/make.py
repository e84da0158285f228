#!/usr/bin/env python3
"""Makes the spoken numbers of the hall display: one file for each language, and where each word is in it.

    functions/web/suara/make.py [RECORDINGS]

on Debian with espeak-ng and opus-tools. RECORDINGS may hold an office's own: `id/nomor.wav` and the like, named by the
words of `words.json` (`id/number.wav`, `en/14.wav`), mono, 16 bits, 22,050 Hz; what it lacks is spoken by espeak-ng.
"""

import array
import json
import pathlib
import subprocess
import sys
import tempfile
import wave

HERE = pathlib.Path(__file__).resolve().parent
ASSETS = HERE.parent / "assets"
VOICES = {"id": ["-v", "id", "-s", "135"], "en": ["-v", "en-gb", "-s", "140"]}
RATE = 22_050
# Between two words: one that is cut a little late takes nothing of the next.
PAUSE = RATE // 8
# What is quieter, of 32,767, is silence before or after a word.
SILENCE = 60


def samples(path):
    with wave.open(str(path)) as file:
        form = (file.getnchannels(), file.getsampwidth(), file.getframerate())
        if form != (1, 2, RATE):
            raise SystemExit(f"{path}: mono, 16 bits and {RATE} Hz are wanted, not {form}")
        return array.array("h", file.readframes(file.getnframes()))


def trimmed(sound):
    loud = [at for at, value in enumerate(sound) if abs(value) > SILENCE]
    return sound[max(loud[0] - RATE // 100, 0) : loud[-1] + RATE // 50]


def word(language, name, text, recordings, folder):
    own = recordings / language / f"{name}.wav" if recordings else None
    if own and own.exists():
        return trimmed(samples(own))
    path = folder / f"{name}.wav"
    subprocess.run(["espeak-ng", *VOICES[language], "-w", path, text], check=True)
    return trimmed(samples(path))


def make(language, words, recordings, folder):
    joined, index = array.array("h", bytes(2 * PAUSE)), {}
    for name, text in words.items():
        sound = word(language, name, text, recordings, folder)
        index[name] = [round(len(joined) / RATE, 3), round(len(sound) / RATE, 3)]
        joined.extend(sound)
        joined.extend(array.array("h", bytes(2 * PAUSE)))
    path = folder / f"{language}.wav"
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(RATE)
        file.writeframes(joined.tobytes())
    # A serial of its own: the same words make the same file.
    options = ["--quiet", "--bitrate", "24", "--speech", "--serial", "1", "--discard-comments"]
    subprocess.run(["opusenc", *options, path, ASSETS / f"suara-{language}.opus"], check=True)
    text = json.dumps(index, separators=(",", ":"))
    (ASSETS / f"suara-{language}.json").write_text(text + "\n")


def main():
    recordings = pathlib.Path(sys.argv[1]) if len(sys.argv) > 1 else None
    for language, words in json.loads((HERE / "words.json").read_text()).items():
        with tempfile.TemporaryDirectory() as folder:
            make(language, words, recordings, pathlib.Path(folder))


if __name__ == "__main__":
    main()
