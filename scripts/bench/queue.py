# 100,000 numbers through one bounded queue, from one thread to another.
import queue, sys, threading, time

n = int(sys.argv[1]) if len(sys.argv) > 1 else 100000


def run():
    q = queue.Queue(1000)
    begin = threading.Barrier(2)
    out = []

    def produce():
        begin.wait()
        for i in range(1, n + 1):
            q.put(i)

    def consume():
        begin.wait()
        start, total = time.perf_counter(), 0
        for _ in range(n):
            total += q.get()
        out.append((time.perf_counter() - start, total))

    threads = [threading.Thread(target=produce), threading.Thread(target=consume)]
    for t in threads:
        t.start()
    for t in threads:
        t.join()
    took, total = out[0]
    assert total == n * (n + 1) // 2
    return took


times = sorted(run() for _ in range(7))
print("%.0f" % (times[3] * 1e6))
