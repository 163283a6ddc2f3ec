# Round trips through an executor for scripts/bench/pool: kind of worker, number
# of jobs. Prints the microseconds of one submit and its result.
import sys, time
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor

def f(x):
    return x

if __name__ == "__main__":
    kind, n = sys.argv[1], int(sys.argv[2])
    with {"thread": ThreadPoolExecutor, "process": ProcessPoolExecutor}[kind](2) as p:
        for i in range(100):
            assert p.submit(f, i).result() == i
        before = time.perf_counter()
        for i in range(n):
            assert p.submit(f, i).result() == i
        print("%.2f" % ((time.perf_counter() - before) / n * 1e6))
