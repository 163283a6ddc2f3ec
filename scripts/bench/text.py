"""The workloads of text.lua as a Python user writes them."""
import html
import re
import sys

name, times = sys.argv[1], int(sys.argv[2])
page = '<p class="x">Tom & Jerry\'s "day"</p> plain words between them, and more of them\n' * 7600
big = "the quick brown fox jumps over the lazy dog 12345 " * 200000
items = ["item" for _ in range(1000000)] if name == "concat" else []


def escape():
    entities = {"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#39;"}
    return len(re.sub("[&<>\"']", lambda m: entities[m[0]], page))


def gmatch():
    return sum(len(m[0]) for m in re.finditer("[A-Za-z]+", big))


def concat():
    return len(",".join(items))


def format():
    return sum(len("%d %5.2f %s %x" % (i, i / 3, "name", i)) for i in range(1, 200001))


def find():
    s = "a" * 2000 + "b"
    pattern = re.compile(".*?b")
    return sum(pattern.search(s).end() for _ in range(20000))


for _ in range(times):
    result = globals()[name]()
print(result)
