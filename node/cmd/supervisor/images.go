package main

import (
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
)

// earlyAnnotation marks what is imported before the node counts as ready.
const earlyAnnotation = "dev.podgrade.early"

// importImages puts the images that most Pods have into containerd, so that these wait for no
// pull. The others are pulled from the registry here when a Pod first wants them: to import all
// would cost every start several seconds.
func importImages() error {
	early := filepath.Join(runFolder, "podgrade", "early")
	blobs, err := writeEarlyIndex(imagesPath, early)
	if err != nil {
		return err
	}
	// One stream from the layout: a second copy on the disk would only take room.
	archive := "tar --create --file=- --directory=" + imagesPath + " oci-layout " +
		strings.Join(blobs, " ") + " --directory=" + early + " index.json"
	return until(patience, func() error {
		command := exec.Command("sh", "-c", archive+" | ctr --namespace=k8s.io images import --local -")
		command.Env = []string{"PATH=" + programPath()}
		output, err := runHelper(command)
		if err != nil {
			return fmt.Errorf("%w: %s", err, output)
		}
		return nil
	})
}

// writeEarlyIndex writes an index of the early images alone, and names the blobs they consist of.
func writeEarlyIndex(layout, folder string) ([]string, error) {
	var index struct {
		SchemaVersion int               `json:"schemaVersion"`
		MediaType     string            `json:"mediaType"`
		Manifests     []json.RawMessage `json:"manifests"`
	}
	if err := readJSON(filepath.Join(layout, "index.json"), &index); err != nil {
		return nil, err
	}
	var early []Descriptor
	index.Manifests = slices.DeleteFunc(index.Manifests, func(raw json.RawMessage) bool {
		var image Descriptor
		_ = json.Unmarshal(raw, &image) // an image that cannot be read is not an early one
		if image.Annotations[earlyAnnotation] == "" {
			return true
		}
		early = append(early, image)
		return false
	})
	data, err := json.Marshal(index)
	if err != nil {
		return nil, err
	}
	if err := os.MkdirAll(folder, 0o755); err != nil {
		return nil, err
	}
	if err := os.WriteFile(filepath.Join(folder, "index.json"), data, 0o644); err != nil {
		return nil, err
	}
	return blobsOf(layout, early)
}

// blobsOf are the manifests, configurations and layers of the images, each named once.
func blobsOf(layout string, images []Descriptor) ([]string, error) {
	var blobs []string
	for _, image := range images {
		var manifest struct {
			Config Descriptor
			Layers []Descriptor
		}
		if err := readJSON(filepath.Join(layout, blobName(image)), &manifest); err != nil {
			return nil, err
		}
		for _, part := range append(manifest.Layers, image, manifest.Config) {
			blobs = append(blobs, blobName(part))
		}
	}
	slices.Sort(blobs)
	return slices.Compact(blobs), nil
}

func blobName(part Descriptor) string {
	return filepath.Join("blobs", strings.Replace(part.Digest, ":", "/", 1))
}

func readJSON(path string, into any) error {
	data, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	return json.Unmarshal(data, into)
}
