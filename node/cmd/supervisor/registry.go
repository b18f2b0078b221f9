package main

import (
	"fmt"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"time"
)

const (
	registryAddress = "127.0.0.1:5000"
	registryURL     = "http://" + registryAddress
	nameAnnotation  = "io.containerd.image.name" // full name with registry and tag
)

// Descriptor is what an OCI index says of one image.
type Descriptor struct {
	MediaType   string            `json:"mediaType"`
	Digest      string            `json:"digest"`
	Annotations map[string]string `json:"annotations"`
}

// Registry answers pulls of every registry from one OCI layout, read-only, in the words that the
// real ones use: Docker Hub does not tell an unknown repository from a private one. What is put
// into the layout later is served, too.
type Registry struct {
	folder string
	lock   sync.Mutex
	stamp  time.Time // of the index that is served
	served *contents
}

type contents struct {
	blobs        string
	images       map[string]Descriptor // "docker.io/library/nginx:latest"
	repositories map[string]bool       // "docker.io/library/nginx"
}

func readLayout(folder string) (*Registry, error) {
	registry := &Registry{folder: folder}
	return registry, registry.refresh()
}

// refresh reads the index again if it is another one now; it is only ever replaced whole.
func (r *Registry) refresh() error {
	path := filepath.Join(r.folder, "index.json")
	info, err := os.Stat(path)
	if err != nil {
		return err
	}
	if r.served != nil && info.ModTime().Equal(r.stamp) {
		return nil
	}
	var index struct{ Manifests []Descriptor }
	if err := readJSON(path, &index); err != nil {
		return err
	}
	served := &contents{
		filepath.Join(r.folder, "blobs"), map[string]Descriptor{}, map[string]bool{},
	}
	for _, image := range index.Manifests {
		name := image.Annotations[nameAnnotation]
		served.images[name] = image
		served.repositories[name[:strings.LastIndex(name, ":")]] = true
	}
	r.served, r.stamp = served, info.ModTime()
	return nil
}

// current is what is served now; an index that cannot be read leaves what was known.
func (r *Registry) current() *contents {
	r.lock.Lock()
	defer r.lock.Unlock()
	_ = r.refresh()
	return r.served
}

func (r *Registry) serve() error {
	listener, err := net.Listen("tcp", registryAddress)
	if err != nil {
		return err
	}
	go func() { _ = http.Serve(listener, r) }()
	return nil
}

var pullPath = regexp.MustCompile(`^/v2/(.+)/(manifests|blobs)/([^/]+)$`)

func (r *Registry) ServeHTTP(response http.ResponseWriter, request *http.Request) {
	parts := pullPath.FindStringSubmatch(request.URL.Path)
	switch {
	case request.URL.Path == "/token":
		response.Header().Set("Content-Type", "application/json")
		fmt.Fprint(response, `{"token": "anonymous", "expires_in": 300}`)
	case request.URL.Path == "/v2/":
		response.WriteHeader(http.StatusOK) // yes, this is a registry
	case parts == nil:
		notFound(response, "UNSUPPORTED", "only pulls are answered")
	default:
		registry := request.URL.Query().Get("ns")
		if registry == "" {
			registry = "docker.io"
		}
		r.current().answer(response, request, registry+"/"+parts[1], parts[2], parts[3])
	}
}

func (r *contents) answer(response http.ResponseWriter, request *http.Request,
	repository, kind, reference string,
) {
	if !r.repositories[repository] {
		refuse(response, repository)
		return
	}
	digest, mediaType := reference, "application/octet-stream"
	if kind == "manifests" {
		image, known := r.find(repository, reference)
		if !known {
			notFound(response, "MANIFEST_UNKNOWN", "manifest unknown")
			return
		}
		digest, mediaType = image.Digest, image.MediaType
	}
	path, valid := r.blobPath(digest)
	if !valid {
		notFound(response, "BLOB_UNKNOWN", "blob unknown to registry")
		return
	}
	response.Header().Set("Content-Type", mediaType)
	response.Header().Set("Docker-Content-Digest", digest)
	http.ServeFile(response, request, path)
}

func (r *contents) find(repository, reference string) (Descriptor, bool) {
	if image, known := r.images[repository+":"+reference]; known {
		return image, true
	}
	for _, image := range r.images {
		if image.Digest == reference {
			return image, true
		}
	}
	return Descriptor{}, false
}

var digestForm = regexp.MustCompile(`^sha256:[0-9a-f]{64}$`)

func (r *contents) blobPath(digest string) (string, bool) {
	if !digestForm.MatchString(digest) {
		return "", false
	}
	path := filepath.Join(r.blobs, "sha256", strings.TrimPrefix(digest, "sha256:"))
	_, err := os.Stat(path)
	return path, err == nil
}

// refuse says what the named registry says of a repository it does not have.
func refuse(response http.ResponseWriter, repository string) {
	if !strings.HasPrefix(repository, "docker.io/") {
		notFound(response, "NAME_UNKNOWN", "repository name not known to registry")
		return
	}
	response.Header().Set("WWW-Authenticate", fmt.Sprintf(
		`Bearer realm="%s/token",service="registry.docker.io",scope="repository:%s:pull",error="insufficient_scope"`,
		registryURL, strings.TrimPrefix(repository, "docker.io/")))
	writeError(response, http.StatusUnauthorized, "UNAUTHORIZED", "authentication required")
}

func notFound(response http.ResponseWriter, code, message string) {
	writeError(response, http.StatusNotFound, code, message)
}

func writeError(response http.ResponseWriter, status int, code, message string) {
	response.Header().Set("Content-Type", "application/json")
	response.WriteHeader(status)
	fmt.Fprintf(response, `{"errors": [{"code": %q, "message": %q}]}`, code, message)
}
