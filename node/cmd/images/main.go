// Command images turns the recipes of node/images into one OCI layout, which the node's registry
// serves and containerd imports. Root file systems come from Debian packages, unpacked before.
//
//	images RECIPES ROOTS PROGRAMS OUTPUT
//
// RECIPES is the folder of *.yaml, ROOTS holds <recipe>.tar for each recipe with packages,
// PROGRAMS the programs that recipes name, OUTPUT is the new layout's folder.
package main

import (
	"fmt"
	"os"
	"slices"

	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/empty"
	"github.com/google/go-containerregistry/pkg/v1/layout"
	"github.com/google/go-containerregistry/pkg/v1/mutate"
	"github.com/google/go-containerregistry/pkg/v1/types"
)

const (
	// What containerd and the node's registry read an image's full name from.
	nameAnnotation = "io.containerd.image.name"
	// Marks images that the supervisor imports before the cluster counts as ready.
	earlyAnnotation = "dev.podgrade.early"
)

func main() {
	if len(os.Args) != 5 {
		fmt.Fprintln(os.Stderr, "usage: images RECIPES ROOTS PROGRAMS OUTPUT")
		os.Exit(2)
	}
	sources := Sources{roots: os.Args[2], programs: os.Args[3]}
	if err := build(os.Args[1], sources, os.Args[4]); err != nil {
		fmt.Fprintln(os.Stderr, "images:", err)
		os.Exit(1)
	}
}

func build(folder string, sources Sources, output string) error {
	recipes, err := readRecipes(folder)
	if err != nil {
		return err
	}
	index, err := layout.Write(output, empty.Index)
	if err != nil {
		return err
	}
	layers := map[string][]v1.Layer{}
	for _, recipe := range recipes {
		if layers[recipe.Title], err = layersOf(recipe, sources); err != nil {
			return fmt.Errorf("%s: %w", recipe.Title, err)
		}
	}
	for _, recipe := range recipes {
		image, err := makeImage(recipe, slices.Concat(layers[recipe.Base], layers[recipe.Title]))
		if err != nil {
			return fmt.Errorf("%s: %w", recipe.Title, err)
		}
		if err := publish(index, recipe, image); err != nil {
			return err
		}
		fmt.Println(recipe.Title)
	}
	return nil
}

// layersOf are the recipe's packages and what it adds itself, without those of its base.
func layersOf(recipe Recipe, sources Sources) ([]v1.Layer, error) {
	var layers []v1.Layer
	for _, makeLayer := range []func(Recipe, Sources) (v1.Layer, error){packageLayer, ownLayer} {
		layer, err := makeLayer(recipe, sources)
		if err != nil {
			return nil, err
		}
		if layer != nil {
			layers = append(layers, layer)
		}
	}
	return layers, nil
}

func makeImage(recipe Recipe, layers []v1.Layer) (v1.Image, error) {
	image := mutate.MediaType(empty.Image, types.OCIManifestSchema1)
	image = mutate.ConfigMediaType(image, types.OCIConfigJSON)
	image, err := mutate.AppendLayers(image, layers...)
	if err != nil {
		return nil, err
	}
	config, err := image.ConfigFile()
	if err != nil {
		return nil, err
	}
	config = config.DeepCopy()
	config.OS, config.Architecture = "linux", architecture()
	config.Config = recipe.config()
	return mutate.ConfigFile(image, config)
}

func publish(index layout.Path, recipe Recipe, image v1.Image) error {
	for _, name := range recipe.Names {
		annotations := map[string]string{nameAnnotation: name}
		if recipe.Early {
			annotations[earlyAnnotation] = "true"
		}
		if err := index.AppendImage(image, layout.WithAnnotations(annotations)); err != nil {
			return err
		}
	}
	return nil
}
