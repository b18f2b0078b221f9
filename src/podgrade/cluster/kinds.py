"""The kinds podgrade knows: which API serves them, and under which path."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Kind:
    """One kind of the API; `plural` is its name in paths and in RBAC rules."""

    name: str
    api_version: str
    plural: str
    namespaced: bool = True

    @property
    def group(self) -> str:
        """The API group, empty for the core one."""
        return self.api_version.rpartition("/")[0]

    @property
    def root(self) -> str:
        """The path of the kind's API (`/api/v1`, `/apis/apps/v1`)."""
        return f"/apis/{self.api_version}" if self.group else f"/api/{self.api_version}"

    def path(self, namespace: str | None = None, name: str | None = None) -> str:
        """The path of all objects, of a namespace's, or of one object."""
        within = f"/namespaces/{namespace}" if namespace and self.namespaced else ""
        return f"{self.root}{within}/{self.plural}" + (f"/{name}" if name else "")


_TABLE = """
v1 Pod pods
v1 Service services
v1 ConfigMap configmaps
v1 Secret secrets
v1 ServiceAccount serviceaccounts
v1 PersistentVolumeClaim persistentvolumeclaims
v1 ResourceQuota resourcequotas
v1 LimitRange limitranges
v1 Event events
v1 Endpoints endpoints
v1 ReplicationController replicationcontrollers
v1 PodTemplate podtemplates
v1 Namespace namespaces cluster
v1 Node nodes cluster
v1 PersistentVolume persistentvolumes cluster
apps/v1 Deployment deployments
apps/v1 ReplicaSet replicasets
apps/v1 StatefulSet statefulsets
apps/v1 DaemonSet daemonsets
batch/v1 Job jobs
batch/v1 CronJob cronjobs
autoscaling/v2 HorizontalPodAutoscaler horizontalpodautoscalers
policy/v1 PodDisruptionBudget poddisruptionbudgets
networking.k8s.io/v1 NetworkPolicy networkpolicies
networking.k8s.io/v1 Ingress ingresses
networking.k8s.io/v1 IngressClass ingressclasses cluster
discovery.k8s.io/v1 EndpointSlice endpointslices
rbac.authorization.k8s.io/v1 Role roles
rbac.authorization.k8s.io/v1 RoleBinding rolebindings
rbac.authorization.k8s.io/v1 ClusterRole clusterroles cluster
rbac.authorization.k8s.io/v1 ClusterRoleBinding clusterrolebindings cluster
storage.k8s.io/v1 StorageClass storageclasses cluster
scheduling.k8s.io/v1 PriorityClass priorityclasses cluster
admissionregistration.k8s.io/v1 ValidatingWebhookConfiguration validatingwebhookconfigurations cluster
admissionregistration.k8s.io/v1 MutatingWebhookConfiguration mutatingwebhookconfigurations cluster
apiextensions.k8s.io/v1 CustomResourceDefinition customresourcedefinitions cluster
"""  # noqa: E501


def _kind(line: str) -> Kind:
    api_version, name, plural, *scope = line.split()
    return Kind(name, api_version, plural, namespaced=not scope)


KINDS = {kind.name: kind for kind in map(_kind, _TABLE.strip().splitlines())}


def path_of(kind: str, namespace: str | None = None, name: str | None = None) -> str:
    """The API path of a kind's objects, or of one of them. KeyError for an unknown kind."""
    return KINDS[kind].path(namespace, name)


def log_path(namespace: str, pod: str) -> str:
    """The API path of a Pod's logs."""
    return path_of("Pod", namespace, pod) + "/log"
