package main

import (
	"context"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"testing"
	"time"
)

func ask(t *testing.T, server *httptest.Server) string {
	t.Helper()
	recorder := httptest.NewRecorder()
	server.Config.Handler.ServeHTTP(recorder, httptest.NewRequest(http.MethodGet, "/logs", nil))
	return recorder.Body.String()
}

func TestAnswersRepeatEarlierLines(t *testing.T) {
	path := filepath.Join(t.TempDir(), "file.log")
	if err := os.WriteFile(path, []byte("Mon <1>#one#more\nplain"), 0o644); err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer((&Server{path: path}).routes())
	defer server.Close()
	once := `{"time":"Mon <1>","message":"one"},{"time":"plain"}`
	if seen := ask(t, server); seen != "["+once+"]" {
		t.Error(seen)
	}
	if seen := ask(t, server); seen != "["+once+","+once+"]" {
		t.Error(seen)
	}
}

func TestNoAnswerWhileTheFileIsMissing(t *testing.T) {
	server := httptest.NewServer((&Server{path: filepath.Join(t.TempDir(), "none")}).routes())
	defer server.Close()
	ctx, cancel := context.WithTimeout(context.Background(), 50*time.Millisecond)
	defer cancel()
	request, _ := http.NewRequestWithContext(ctx, http.MethodGet, server.URL+"/logs", nil)
	if answer, err := http.DefaultClient.Do(request); err == nil {
		t.Error(answer.Status)
	}
}
