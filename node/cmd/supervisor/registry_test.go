package main

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// layoutWith writes a layout with one image of one blob and returns the registry and the digest.
func layoutWith(t *testing.T, name string) (*Registry, string) {
	t.Helper()
	folder := t.TempDir()
	digest := writeLayout(t, folder, name)
	registry, err := readLayout(folder)
	if err != nil {
		t.Fatal(err)
	}
	return registry, digest
}

func writeLayout(t *testing.T, folder, name string) string {
	t.Helper()
	digest := "sha256:" + strings.Repeat("ab", 32)
	blobs := filepath.Join(folder, "blobs", "sha256")
	if err := os.MkdirAll(blobs, 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(blobs, digest[7:]), []byte(`{"a": 1}`), 0o644); err != nil {
		t.Fatal(err)
	}
	index, _ := json.Marshal(map[string]any{"manifests": []Descriptor{{
		MediaType: "application/vnd.oci.image.manifest.v1+json", Digest: digest,
		Annotations: map[string]string{nameAnnotation: name},
	}}})
	if err := os.WriteFile(filepath.Join(folder, "index.json"), index, 0o644); err != nil {
		t.Fatal(err)
	}
	return digest
}

func TestWhatComesLaterIsServedToo(t *testing.T) {
	registry, _ := layoutWith(t, "docker.io/library/nginx:latest")
	index := filepath.Join(registry.folder, "index.json")
	writeLayout(t, registry.folder, "docker.io/podgrade/podgrade:1")
	later := time.Now().Add(time.Hour)
	if err := os.Chtimes(index, later, later); err != nil {
		t.Fatal(err)
	}
	path := "/v2/podgrade/podgrade/manifests/1?ns=docker.io"
	if answer := ask(registry, path); answer.Code != http.StatusOK {
		t.Errorf("%d %s", answer.Code, answer.Body)
	}
	if err := os.Remove(index); err != nil {
		t.Fatal(err)
	}
	if answer := ask(registry, path); answer.Code != http.StatusOK {
		t.Errorf("without an index: %d %s", answer.Code, answer.Body)
	}
}

func ask(registry *Registry, path string) *httptest.ResponseRecorder {
	answer := httptest.NewRecorder()
	registry.ServeHTTP(answer, httptest.NewRequest(http.MethodGet, path, nil))
	return answer
}

func TestKnownImage(t *testing.T) {
	registry, digest := layoutWith(t, "docker.io/library/nginx:latest")
	for _, path := range []string{
		"/v2/library/nginx/manifests/latest?ns=docker.io",
		"/v2/library/nginx/manifests/latest",
		"/v2/library/nginx/manifests/" + digest + "?ns=docker.io",
		"/v2/library/nginx/blobs/" + digest + "?ns=docker.io",
	} {
		answer := ask(registry, path)
		if answer.Code != http.StatusOK || answer.Body.String() != `{"a": 1}` {
			t.Errorf("%s: %d %s", path, answer.Code, answer.Body)
		}
		if answer.Header().Get("Docker-Content-Digest") != digest {
			t.Errorf("%s: no digest", path)
		}
	}
}

func TestUnknownRepositoryOfDockerHubIsDenied(t *testing.T) {
	registry, _ := layoutWith(t, "docker.io/library/nginx:latest")
	answer := ask(registry, "/v2/library/nginxx/manifests/latest?ns=docker.io")
	if answer.Code != http.StatusUnauthorized {
		t.Errorf("status %d", answer.Code)
	}
	if !strings.Contains(answer.Header().Get("WWW-Authenticate"), `error="insufficient_scope"`) {
		t.Errorf("challenge %q", answer.Header().Get("WWW-Authenticate"))
	}
}

func TestUnknownTagAndOtherRegistriesAreNotFound(t *testing.T) {
	registry, _ := layoutWith(t, "docker.io/library/nginx:latest")
	for _, path := range []string{
		"/v2/library/nginx/manifests/9.99?ns=docker.io",
		"/v2/library/nginx/manifests/latest?ns=quay.io",
		"/v2/library/nginx/blobs/sha256:..%2f..%2findex.json?ns=docker.io",
	} {
		if answer := ask(registry, path); answer.Code != http.StatusNotFound {
			t.Errorf("%s: %d", path, answer.Code)
		}
	}
}

func TestVersionCheckAndToken(t *testing.T) {
	registry, _ := layoutWith(t, "docker.io/library/nginx:latest")
	if answer := ask(registry, "/v2/"); answer.Code != http.StatusOK {
		t.Errorf("/v2/: %d", answer.Code)
	}
	var token struct{ Token string }
	if json.Unmarshal(ask(registry, "/token").Body.Bytes(), &token) != nil || token.Token == "" {
		t.Error("no token")
	}
}
