"""What the watch brought about broken Pods, cut down to what is judged, for unit tests.

`PODGRADE_RECORD=tests/unit/data/doomed.json pytest tests/cluster/test_doom.py` writes it anew.
"""

from __future__ import annotations

import json
from pathlib import Path

CONTAINER = ("name", "image", "command", "restartPolicy", "volumeMounts", "resources")
STATUS = ("name", "restartCount", "ready", "started", "state", "lastState", "containerID")
NOISE = ("Scheduled", "Created", "Started", "BackOff", "SuccessfulCreate", "ScalingReplicaSet")


def write(path, recorder, items, about):
    """One JSON object: target → its Pods' fixed parts and the news about it, in order."""
    targets = {item["metadata"]["name"]: target(recorder, item, about) for item in items}
    lines = [f"{json.dumps(name)}: {text(found)}" for name, found in targets.items()]
    Path(path).write_text("{\n" + ",\n".join(lines) + "\n}\n", encoding="utf-8")


def text(found):
    news = ",\n  ".join(json.dumps(entry, separators=(",", ":")) for entry in found["news"])
    pods = json.dumps(found["pods"], separators=(",", ":"))
    return f'{{"pods": {pods}, "news": [\n  {news}]}}'


def target(recorder, item, about):
    pods, news = {}, []
    for _, kind, thing in recorder.news:
        if about(thing, kind, item):
            entry = pod_entry(pods, thing) if kind == "pod" else event_entry(thing)
            if entry and entry not in news[-1:]:
                news.append(entry)
    return {"pods": pods, "news": news}


def pod_entry(pods, pod):
    metadata, spec, status = pod["metadata"], pod["spec"], pod["status"]
    fixed = pick(spec, "restartPolicy", "nodeSelector")
    for field in ("initContainers", "containers"):
        fixed |= {field: [container(one) for one in spec[field]]} if spec.get(field) else {}
    fixed |= pick({"volumes": [v for v in spec.get("volumes", ()) if own(v)]}, "volumes")
    owners = [pick(owner, "kind", "name") for owner in metadata.get("ownerReferences", ())]
    pods[metadata["uid"]] = {
        "metadata": pick(metadata, "name", "uid") | pick({"ownerReferences": owners}),
        "spec": fixed,
    }
    return ["pod", metadata["uid"], status_of(status)]


def status_of(status):
    kept = pick(status, "phase", "reason", "message")
    kept["conditions"] = [
        pick(one, "type", "status", "reason", "message")
        for one in status.get("conditions", ())
        if one["type"] == "PodScheduled" and one["status"] != "True"
    ]
    for field in ("initContainerStatuses", "containerStatuses"):
        if status.get(field):
            kept[field] = [pick(one, *STATUS) for one in status[field]]
    return kept


def event_entry(event):
    if event["reason"] in NOISE:
        return None
    about = pick(event["involvedObject"], "kind", "name", "uid", "fieldPath")
    kept = pick(event, "reason", "message", "count")
    return ["event", event["metadata"]["uid"], kept | {"involvedObject": about}]


def container(spec):
    kept = pick(spec, *CONTAINER)
    kept["volumeMounts"] = [
        m for m in kept.get("volumeMounts", ()) if "serviceacc" not in m["mountPath"]
    ]
    return pick(kept, *kept)


def own(volume):
    return not volume["name"].startswith("kube-api-access")


def pick(thing, *fields):
    """The fields that hold something; all of them where none is named."""
    wanted = fields or thing
    return {name: thing[name] for name in wanted if thing.get(name) not in (None, [], {})}
