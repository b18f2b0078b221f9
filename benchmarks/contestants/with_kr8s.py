"""A folder of manifests with kr8s and asyncio: with_kr8s.py FOLDER AT_ONCE."""

import asyncio
import secrets
import sys
from pathlib import Path

import kr8s
import yaml
from kr8s.asyncio.objects import Namespace, Pod


async def grade(api, file, room):
    async with room:
        namespace = f"podgrade-bench-{file.stem}"
        made = await Namespace({"metadata": {"name": namespace}}, api=api)
        await made.create()
        pod = await Pod(yaml.safe_load(file.read_text()), namespace=namespace, api=api)
        await created(pod)
        await pod.wait("condition=Ready", timeout=90)
        for _ in range(2):
            nonce = secrets.token_hex(8)
            command = ["curl", "-s", "-o", "/dev/null", f"http://127.0.0.1/?{nonce}"]
            await pod.exec(command, container="nginx")
            while nonce not in "\n".join([line async for line in pod.logs("log-sidecar")]):
                await asyncio.sleep(0.1)
        await made.delete()
        print(f"passed {file}")


async def created(pod):
    for _ in range(100):
        try:
            return await pod.create()
        except kr8s.ServerError as error:
            if error.response.status_code != 403:  # the ServiceAccount is not there yet
                raise
            await asyncio.sleep(0.1)
    raise SystemExit("no Pod could be created")


async def main():
    api = await kr8s.asyncio.api()
    room = asyncio.Semaphore(int(sys.argv[2]))
    files = sorted(Path(sys.argv[1]).glob("*.yaml"))
    await asyncio.gather(*(grade(api, file, room) for file in files))


asyncio.run(main())
