package main

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// ran is what one wget with -O - wrote, said, and how it ended.
func ran(t *testing.T, args ...string) (written, said string, code int) {
	t.Helper()
	options, err := wgetSyntax.parse(args)
	if err != nil {
		t.Fatal(err)
	}
	download, err := newDownload(options)
	if err != nil {
		t.Fatal(err)
	}
	var output, log bytes.Buffer
	download.output, download.log = &output, &log
	for _, url := range options.rest {
		if err = download.one(url); err != nil {
			err = download.told(err)
			break
		}
	}
	return output.String(), log.String(), exitCode("wget", "", err)
}

func server(t *testing.T, answer http.HandlerFunc) string {
	t.Helper()
	server := httptest.NewServer(answer)
	t.Cleanup(server.Close)
	return server.URL
}

func TestWgetWritesToStdout(t *testing.T) {
	url := server(t, func(w http.ResponseWriter, r *http.Request) {
		fmt.Fprintf(w, "%s %s %s", r.Method, r.URL, r.UserAgent())
	})
	written, said, code := ran(t, "-qO-", url+"/page?a=b", "-T2")
	if written != "GET /page?a=b Wget" || said != "" || code != 0 {
		t.Error(written, said, code)
	}
	host := strings.TrimPrefix(url, "http://")
	_, said, _ = ran(t, "-O", "-", host)
	expected := fmt.Sprintf("Connecting to %s (%s)\nwriting to stdout\nwritten to stdout\n", host, host)
	if said != expected {
		t.Error(said)
	}
}

func TestWgetSavesOnce(t *testing.T) {
	url := server(t, func(w http.ResponseWriter, r *http.Request) { fmt.Fprint(w, "text") })
	folder := t.TempDir()
	if _, said, code := ran(t, "-q", "-P", folder, url+"/dir/file"); code != 0 {
		t.Error(said)
	}
	place := filepath.Join(folder, "file")
	if data, _ := os.ReadFile(place); string(data) != "text" {
		t.Error(data)
	}
	_, said, code := ran(t, "-q", "-P", folder, url+"/dir/file")
	if said != "wget: can't open '"+place+"': File exists\n" || code != 1 {
		t.Error(said, code)
	}
	if _, said, code := ran(t, "-q", "-O", place, url+"/dir/file"); code != 0 {
		t.Error(said)
	}
}

func TestWgetGoesOnWithAFile(t *testing.T) {
	url := server(t, func(w http.ResponseWriter, r *http.Request) {
		http.ServeContent(w, r, "file", time.Time{}, strings.NewReader("0123456789"))
	})
	place := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(place, []byte("0123"), 0o644); err != nil {
		t.Fatal(err)
	}
	if _, said, code := ran(t, "-qc", "-O", place, url+"/file"); code != 0 {
		t.Error(said)
	}
	if data, _ := os.ReadFile(place); string(data) != "0123456789" {
		t.Error(string(data))
	}
}

func TestWgetSendsWhatItIsGiven(t *testing.T) {
	url := server(t, func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		user, password, _ := r.BasicAuth()
		fmt.Fprint(w, r.Method, " ", r.Host, " ", r.Header["X-Own"], " ", r.UserAgent(), " ", user, password,
			" ", r.Header.Get("Content-Type"), " ", string(body))
	})
	url = strings.Replace(url, "http://", "http://me:se%63ret@", 1)
	written, said, _ := ran(t, "-q", "-O-", "--header", "Host: name", "--header=X-Own: 1",
		"--header=X-Own: 2", "-U", "me", "--post-data=a=b", url)
	if written != "POST name [1 2] me mesecret application/x-www-form-urlencoded a=b" {
		t.Error(written, said)
	}
}

func TestWgetFollowsAndReadsChunks(t *testing.T) {
	url := server(t, func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/":
			w.Header()["Location"] = []string{"/next"}
			w.WriteHeader(http.StatusFound)
		case "/next":
			http.Redirect(w, r, "http://"+r.Host+"/last", http.StatusMovedPermanently)
		default:
			fmt.Fprint(w, strings.Repeat("x", 5000))
			w.(http.Flusher).Flush()
			fmt.Fprint(w, "end")
		}
	})
	written, said, _ := ran(t, "-qO-", url)
	if written != strings.Repeat("x", 5000)+"end" {
		t.Error(len(written), said)
	}
}

func TestWgetShowsTheAnswer(t *testing.T) {
	url := server(t, func(w http.ResponseWriter, r *http.Request) { http.NotFound(w, r) })
	_, said, code := ran(t, "-qS", "--spider", url)
	expected := "  HTTP/1.1 404 Not Found\nwget: server returned error: HTTP/1.1 404 Not Found\n"
	if said != expected || code != 1 {
		t.Error(said, code)
	}
}

func TestWgetWithTLS(t *testing.T) {
	server := httptest.NewTLSServer(http.HandlerFunc(
		func(w http.ResponseWriter, r *http.Request) { fmt.Fprint(w, "safe") }))
	defer server.Close()
	written, said, _ := ran(t, "-qO-", server.URL)
	if written != "safe" || said != "wget: note: TLS certificate validation not implemented\n" {
		t.Error(written, said)
	}
	if _, said, _ := ran(t, "-qO-", "--no-check-certificate", server.URL); said != "" {
		t.Error(said)
	}
}

func TestWgetFails(t *testing.T) {
	silent, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer silent.Close()
	closed, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	closed.Close()
	short := server(t, func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Length", "9")
		fmt.Fprint(w, "1")
	})
	for url, expected := range map[string]string{
		"gopher://x":                       "not an http or ftp url: gopher://x",
		"http://no-such.invalid:8/":        "bad address 'no-such.invalid:8'",
		"http://" + closed.Addr().String(): "can't connect to remote host (127.0.0.1): Connection refused",
		"http://" + silent.Addr().String(): "download timed out",
		short:                              "connection closed prematurely",
	} {
		if _, said, code := ran(t, "-q", "-T", "1", "-O-", url); said != "wget: "+expected+"\n" || code != 1 {
			t.Error(url, said, code)
		}
	}
}

func TestWgetIsMisused(t *testing.T) {
	for _, args := range [][]string{{}, {"-q"}, {"-Z", "http://x"}, {"--post-data=a", "--post-file=b", "x"}} {
		var misuse Misuse
		if err := wget(args); !errors.As(err, &misuse) {
			t.Error(args, err)
		}
	}
}

func TestTheBarAtTheEnd(t *testing.T) {
	expected := "null                 100% |********************************| 2929k  0:00:00 ETA"
	if bar := progress("null", 3000000, 100); bar != expected {
		t.Error(bar)
	}
	if bar := progress("index.html", 612, 50); bar != "index.html            50% |****************                |   612  0:00:00 ETA" {
		t.Error(bar)
	}
}
