package main

import (
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"

	v1 "github.com/google/go-containerregistry/pkg/v1"
	"sigs.k8s.io/yaml"
)

// Recipe is one file of node/images; the README there says what each key means.
type Recipe struct {
	Title    string            `json:"-"`        // the file's name without .yaml
	Names    []string          `json:"names"`    // full names: registry, repository, tag
	Differs  string            `json:"differs"`  // what a learner could notice
	Base     string            `json:"base"`     // the recipe whose image this one is built upon
	Packages []string          `json:"packages"` // Debian's, with what they depend on
	Without  []string          `json:"without"`  // what of the packages is left out, by prefix
	Merged   bool              `json:"merged"`   // /bin is /usr/bin; only looked at when unpacking
	Early    bool              `json:"early"`    // imported before the cluster is ready, not pulled
	Programs map[string]string `json:"programs"` // path in the image: our program
	Applets  string            `json:"applets"`  // path of busybox, linked once for each applet
	Folders  map[string]Folder `json:"folders"`
	Links    map[string]string `json:"links"` // path: what it points to
	Files    map[string]File   `json:"files"`
	Run      Run               `json:"run"`
}

// Folder is an empty folder, perhaps somebody's.
type Folder struct {
	Mode  int64 `json:"mode"` // octal digits as written, e.g. 1777
	Owner int   `json:"owner"`
}

// File is a text file of ours.
type File struct {
	Text string `json:"text"`
	Mode int64  `json:"mode"`
}

// Run is how a container of the image starts.
type Run struct {
	Environment []string `json:"environment"`
	Entrypoint  []string `json:"entrypoint"`
	Command     []string `json:"command"`
	Ports       []string `json:"ports"`
	StopSignal  string   `json:"stopSignal"`
	Folder      string   `json:"folder"`
	User        string   `json:"user"`
}

// Sources is where the parts of images lie.
type Sources struct{ roots, programs string }

func (s Sources) root(title string) string { return filepath.Join(s.roots, title+".tar") }

// readRecipes reads a folder of recipes. A base has no base itself.
func readRecipes(folder string) ([]Recipe, error) {
	paths, err := filepath.Glob(filepath.Join(folder, "*.yaml"))
	if err != nil {
		return nil, err
	}
	var recipes []Recipe
	bases := map[string]string{}
	for _, path := range paths {
		recipe, err := readRecipe(path)
		if err != nil {
			return nil, err
		}
		recipes = append(recipes, recipe)
		bases[recipe.Title] = recipe.Base
	}
	for _, recipe := range recipes {
		if of, known := bases[recipe.Base]; recipe.Base != "" && (!known || of != "") {
			return nil, fmt.Errorf("%s: its base %q is no recipe, or has a base itself", recipe.Title, recipe.Base)
		}
	}
	return recipes, nil
}

func readRecipe(path string) (Recipe, error) {
	var recipe Recipe
	data, err := os.ReadFile(path)
	if err != nil {
		return recipe, err
	}
	if err := yaml.UnmarshalStrict(data, &recipe); err != nil {
		return recipe, fmt.Errorf("%s: %w", path, err)
	}
	recipe.Title = strings.TrimSuffix(filepath.Base(path), ".yaml")
	if len(recipe.Names) == 0 {
		return recipe, fmt.Errorf("%s: no names", path)
	}
	return recipe, nil
}

func (r Recipe) config() v1.Config {
	ports := map[string]struct{}{}
	for _, port := range r.Run.Ports {
		ports[port] = struct{}{}
	}
	environment := r.Run.Environment
	if len(environment) == 0 {
		environment = []string{
			"PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
		}
	}
	return v1.Config{
		Env: environment, Entrypoint: r.Run.Entrypoint, Cmd: r.Run.Command, ExposedPorts: ports,
		StopSignal: r.Run.StopSignal, WorkingDir: r.Run.Folder, User: r.Run.User,
	}
}

func architecture() string { return runtime.GOARCH }
