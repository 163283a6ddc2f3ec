import asyncio
import sys


async def nap():
    await asyncio.sleep(1)
    return 1


async def main(n):
    print(sum(await asyncio.gather(*[asyncio.create_task(nap()) for _ in range(n)])))


asyncio.run(main(int(sys.argv[1])))
