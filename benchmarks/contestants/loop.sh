#!/usr/bin/env bash
# What a shell loop of kubectl makes of a folder of manifests: loop.sh FOLDER AT_ONCE
set -u
one() {
  set -eu
  local file=$1 ns
  ns=podgrade-bench-$(basename "$file" .yaml)
  kubectl create namespace "$ns" >/dev/null
  until kubectl get serviceaccount default -n "$ns" >/dev/null 2>&1; do sleep 0.1; done
  kubectl apply -n "$ns" -f "$file" >/dev/null
  kubectl wait -n "$ns" --for=condition=Ready pod/nginx-sidecar --timeout=90s >/dev/null
  for _ in 1 2; do
    nonce=$(od -An -N8 -tx1 /dev/urandom | tr -d ' ')
    kubectl exec -n "$ns" nginx-sidecar -c nginx -- curl -s -o /dev/null "http://127.0.0.1/?$nonce"
    until kubectl logs -n "$ns" nginx-sidecar -c log-sidecar | grep -q "$nonce"; do sleep 0.1; done
  done
  kubectl delete namespace "$ns" --wait=false >/dev/null
  echo "passed $file"
}
export -f one
find "$1" -name '*.yaml' -print0 | sort -z | xargs -0 -n 1 -P "$2" bash -c 'one "$0"'
