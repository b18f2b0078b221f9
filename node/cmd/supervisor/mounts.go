package main

import (
	"fmt"
	"os"
	"path/filepath"

	"golang.org/x/sys/unix"
)

// arrangeMounts gives this mount namespace a /run, /var/lib, /var/log and /tmp of its own.
// Everything of the node then has its usual path and nothing of the host's is written to. The
// new /run is put together first and moved last: the folders it shows may be below /run, /tmp or
// /var/lib themselves.
func arrangeMounts(config Config) error {
	staging := filepath.Join(config.Folder, "run")
	if err := os.MkdirAll(staging, 0o755); err != nil {
		return err
	}
	if err := unix.Mount("tmpfs", staging, "tmpfs", 0, "mode=0755"); err != nil {
		return fmt.Errorf("mount tmpfs on %s: %w", staging, err)
	}
	shown := []struct{ from, to string }{
		{config.Programs, programsPath}, {config.Images, imagesPath}, {config.Folder, folderPath},
	}
	if config.further() { // keys that only this node has, volumes that all nodes have
		shown = append(shown, []struct{ from, to string }{
			{config.Keys, filesPath}, {volumesPath, sharedPath},
		}...)
	}
	for _, bind := range shown {
		if err := bindInto(bind.from, filepath.Join(staging, bind.to[len(runFolder):])); err != nil {
			return err
		}
	}
	if err := unix.Mount(staging, runFolder, "", unix.MS_MOVE, ""); err != nil {
		return fmt.Errorf("move %s to %s: %w", staging, runFolder, err)
	}
	if err := bindData(); err != nil {
		return err
	}
	if config.further() {
		return bindInto(sharedPath, volumesPath)
	}
	return nil
}

// ownView makes a mount namespace that began as the control plane's one of the node's own: it
// sees what is unmounted there, and shows only its own processes.
func ownView() error {
	if err := unix.Mount("", "/", "", unix.MS_SLAVE|unix.MS_REC, ""); err != nil {
		return fmt.Errorf("make / a slave: %w", err)
	}
	flags := uintptr(unix.MS_NOSUID | unix.MS_NODEV | unix.MS_NOEXEC)
	if err := unix.Mount("proc", "/proc", "proc", flags, ""); err != nil {
		return fmt.Errorf("mount /proc: %w", err)
	}
	return nil
}

func bindData() error {
	for _, target := range []string{"/var/lib", "/var/log", "/tmp"} {
		source := filepath.Join(folderPath, "data", filepath.Base(target))
		if err := bindInto(source, target); err != nil {
			return err
		}
	}
	if err := os.Chmod("/tmp", 0o1777); err != nil {
		return err
	}
	// The kubelet's volumes must be seen by containers that ask for mount propagation.
	if err := unix.Mount("", "/", "", unix.MS_SHARED|unix.MS_REC, ""); err != nil {
		return fmt.Errorf("make / shared: %w", err)
	}
	return os.MkdirAll(filesPath, 0o700)
}

func bindInto(source, target string) error {
	for _, folder := range []string{source, target} {
		if err := os.MkdirAll(folder, 0o755); err != nil {
			return err
		}
	}
	if err := unix.Mount(source, target, "", unix.MS_BIND, ""); err != nil {
		return fmt.Errorf("bind %s to %s: %w", source, target, err)
	}
	return nil
}
