# What graph.lua does, in Python.
import sys
import time
from collections import deque
from graphlib import TopologicalSorter

work, nodes, runs = sys.argv[1], sys.argv[2], int(sys.argv[3])
N, D = 100000, 10
seed = 1


def draw(n):
    global seed
    seed = (seed * 16807) % 2147483647
    return seed % n


text = nodes == "text"
names = [f"node{i}" if text else i + 1 for i in range(N)]
edges = {}
for i in range(1, N):
    edges[names[i]] = [names[i - 1]] + [names[draw(i)] for _ in range(D - 1)]


def bfs(start):
    seen, order, queue = {start}, [], deque([start])
    while queue:
        node = queue.popleft()
        order.append(node)
        for other in edges.get(node, ()):
            if other not in seen:
                seen.add(other)
                queue.append(other)
    return order


for _ in range(runs):
    before = time.perf_counter()
    if work == "toposort":
        total = len(list(TopologicalSorter(edges).static_order()))
    else:
        total = len(bfs(names[N - 1]))
    print(f"{(time.perf_counter() - before) * 1000:.1f} {total}")
